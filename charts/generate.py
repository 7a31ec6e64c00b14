# ruff: noqa: INP001 - a script, not a package
"""Writes what the chart holds in copy: its README's table of values and the job's definition.

`make generate` runs it; a test compares what it would write with what is there.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from multitrack.api.crd import custom_resource_definition

CHART = Path(__file__).resolve().parent / "multitrack"
_TEMPLATE = Path(__file__).resolve().parent / "README.template.md"
_PLACE = "<!-- values -->"
_MARK = "# -- "


def files() -> dict[Path, str]:
    """Every generated file: text by path."""
    # Copied through JSON: YAML would write a part that stands in two places as an alias.
    body = json.loads(json.dumps(custom_resource_definition()))
    definition = yaml.safe_dump(body, sort_keys=False, width=100, allow_unicode=True)
    table = "\n".join(values_table((CHART / "values.yaml").read_text(encoding="utf-8")))
    return {
        CHART / "files" / "recordingjobs.yaml": definition,
        CHART / "README.md": _TEMPLATE.read_text(encoding="utf-8").replace(_PLACE, table),
    }


def values_table(text: str) -> Iterator[str]:
    """The table's lines, one for each value that a comment `# -- …` stands above.

    Args:
        text: Of values.yaml.

    Raises:
        ValueError: A value has no comment, neither of its own nor above what holds it.
    """
    yield "| value | default | meaning |\n| --- | --- | --- |"
    for name, default, meaning in _values(yaml.compose(text), text.splitlines()):
        shown = json.dumps(default, ensure_ascii=False).replace("|", "\\|")
        yield f"| `{name}` | `{shown}` | {meaning.replace('|', chr(92) + '|')} |"


def _values(
    node: yaml.Node | None, lines: list[str], parent: str = ""
) -> Iterator[tuple[str, object, str]]:
    """Name, default and meaning. A commented map is one value, whatever it holds."""
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise ValueError(f"values.yaml: {parent} has no comment; write `{_MARK}…` above it")
    for key, value in node.value:
        name = f"{parent}.{key.value}" if parent else str(key.value)
        meaning = _comment(lines, key.start_mark.line)
        if meaning:
            yield name, yaml.safe_load(yaml.serialize(value)), meaning
        else:
            yield from _values(value, lines, name)


def _comment(lines: list[str], line: int) -> str:
    """The comment that ends right above a line; empty where there is none with the mark."""
    parts: list[str] = []
    while line and (text := lines[line - 1].strip()).startswith("#"):
        line -= 1
        if text.startswith(_MARK):
            return " ".join([text.removeprefix(_MARK), *parts])
        parts.insert(0, text.removeprefix("#").strip())
    return ""


if __name__ == "__main__":
    for file, content in files().items():
        file.write_text(content, encoding="utf-8")
    sys.exit(0)
