"""logs.md: what processes in the cluster log."""

import ast
from collections.abc import Iterator
from pathlib import Path

from docs.generator.markdown import heading, table
from docs.generator.source import calls, text_of
from multitrack.logs import FIELDS

__all__ = ["page"]

_OPERATOR = Path(__file__).resolve().parents[2] / "operator" / "multitrack"
_LEVELS = {f"_log.{name}": name for name in ("debug", "info", "warning", "error", "critical")}
_LEVELS["_log.exception"] = "error"


def page() -> Iterator[str]:
    """The page's lines.

    Raises:
        ValueError: A field is logged that `multitrack.logs.FIELDS` does not explain.
    """
    yield heading("Logs")
    yield "After this page you can search the logs of Multitrack's processes in the cluster: one"
    yield "JSON object a line, a constant `message`, and facts as fields beside it. No transcript,"
    yield "secret or signed address is ever logged."
    yield "\n## Messages"
    yield from table(("message", "level", "fields", "from"), sorted(set(_messages())))
    yield "\n## Fields"
    yield from table(("field", "meaning"), ((f"`{name}`", FIELDS[name]) for name in FIELDS))


def _messages() -> Iterator[tuple[str, str, str, str]]:
    for file, function, call in calls(_OPERATOR, *_LEVELS):
        fields = list(_fields(call))
        if unexplained := [name for name in fields if name not in FIELDS]:
            place = f"{file.name} line {call.lineno}"
            raise ValueError(f"{place}: say in multitrack/logs.py what {unexplained[0]} means")
        level, module = _LEVELS[function], file.relative_to(_OPERATOR).with_suffix("")
        named = ", ".join(f"`{name}`" for name in fields)
        yield text_of(call.args[0]), level, named, f"`{module}`"


def _fields(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg == "extra" and isinstance(keyword.value, ast.Dict):
            yield from (text_of(key) for key in keyword.value.keys if key is not None)
