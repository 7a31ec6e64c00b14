"""metrics.md: what Prometheus finds."""

import ast
from collections.abc import Iterator
from pathlib import Path

from docs.generator.markdown import heading, table
from docs.generator.source import calls, text_of

__all__ = ["page"]

_OPERATOR = Path(__file__).resolve().parents[2] / "operator" / "multitrack"


def page() -> Iterator[str]:
    """The page's lines."""
    yield heading("Metrics")
    yield "After this page you can write a query or an alert for every figure that a process of"
    yield "Multitrack offers at `/metrics`. No label holds a job's name: their values stay few."
    yield from table(("metric", "type", "labels", "meaning"), sorted(_metrics()))


def _metrics() -> Iterator[tuple[str, str, str, str]]:
    for _, kind, call in calls(_OPERATOR, "Gauge", "Counter", "Histogram"):
        name, meaning, *more = call.args
        labels = [text_of(each) for part in more for each in _entries(part)]
        named = ", ".join(f"`{label}`" for label in labels)
        yield f"`{text_of(name)}`", kind.lower(), named, text_of(meaning)


def _entries(labels: ast.expr) -> list[ast.expr]:
    if isinstance(labels, ast.List | ast.Tuple):
        return labels.elts
    raise ValueError(f"line {labels.lineno}: a metric's labels are a list of constant texts")
