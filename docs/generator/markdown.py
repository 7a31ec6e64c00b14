"""The few forms that all generated pages have."""

from collections.abc import Iterable, Iterator

__all__ = ["cell", "heading", "table"]

_GENERATED = "<!-- Written by docs/generate.py; run `make generate` after a change. -->"


def heading(title: str) -> str:
    """A page's beginning."""
    return f"# {title}\n\n{_GENERATED}\n"


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table, with the empty line above that Markdown wants."""
    names = list(columns)
    yield f"\n{_row(names)}\n{_row('---' for _ in names)}"
    for row in rows:
        yield _row(cell(text) for text in row)


def cell(text: str) -> str:
    """Text on one line that ends no cell too early."""
    return " ".join(text.split()).replace("|", "\\|")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
