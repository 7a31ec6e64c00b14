"""logs.md: what processes in the cluster log."""

import ast
from collections.abc import Iterator
from pathlib import Path

from docs.generator.markdown import heading, table
from docs.generator.source import calls, text_of
from multitrack.logs import FIELDS

__all__ = ["page"]

_ROOT = Path(__file__).resolve().parents[2]
_SERVICES = _ROOT / "operator" / "multitrack"
_STEPS = _ROOT / "images" / "multitrack_steps"
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
    yield "\n## Operator and gateway"
    yield from table(("message", "level", "fields", "from"), sorted(set(_messages(_SERVICES))))
    yield "\n## Steps"
    yield "\nIn a pod `MULTITRACK_LOG_FORMAT=json` is set; elsewhere lines are plain, and warnings"
    yield "alone. `multitrack logs JOB STEP` shows JSON as lines to read. Whatever the format, a"
    yield "step that fails ends with one plain sentence, which the Workflow's node shows too."
    yield "Argo's executor and libraries below Python write lines of their own between these."
    yield from table(("message", "level", "fields", "from"), sorted(set(_messages(_STEPS))))
    yield "\n## Fields"
    yield from table(("field", "meaning"), ((f"`{name}`", FIELDS[name]) for name in FIELDS))


def _messages(sources: Path) -> Iterator[tuple[str, str, str, str]]:
    for file, function, call in calls(sources, *_LEVELS):
        fields = list(_fields(call))
        if unexplained := [name for name in fields if name not in FIELDS]:
            place = f"{file.name} line {call.lineno}"
            raise ValueError(f"{place}: say in multitrack/logs.py what {unexplained[0]} means")
        level, module = _LEVELS[function], file.relative_to(sources).with_suffix("")
        named = ", ".join(f"`{name}`" for name in fields)
        yield text_of(call.args[0]), level, named, f"`{module}`"


def _fields(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg == "extra" and isinstance(keyword.value, ast.Dict):
            yield from (text_of(key) for key in keyword.value.keys if key is not None)
