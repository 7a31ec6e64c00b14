"""comparison.html: a comparison as one page, complete without JavaScript."""

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_templates.contracts.comparison import Comparison
from workflow_templates.contracts.comparison_summary import ComparisonSummary
from workflow_templates.runtime.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["render_page", "write_page", "write_summary_page"]


def write_page(comparison: Comparison, file: Path) -> None:
    """Write the page, replacing `file` in one move.

    Raises:
        SettingsError: Jinja2 is not installed.
        OSError: The file cannot be written.
    """
    _write(render_page(comparison), file)


def write_summary_page(summary: ComparisonSummary, file: Path) -> None:
    """Write the page of many comparisons, replacing `file` in one move.

    Raises:
        SettingsError: Jinja2 is not installed.
        OSError: The file cannot be written.
    """
    _write(_render("summary.html.j2", {"s": summary}), file)


def _write(text: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fragment = file.with_name(f".{file.name}.part")
    fragment.write_text(text, encoding="utf-8")
    fragment.replace(file)


def render_page(comparison: Comparison) -> str:
    """The page; it loads nothing and runs nothing.

    Raises:
        SettingsError: Jinja2 is not installed.
    """
    return _render("page.html.j2", {"c": comparison})


def _render(template: str, shown: "Mapping[str, object]") -> str:
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - of the extra `language`
        from markupsafe import Markup  # noqa: PLC0415 - as above
    except ImportError as error:
        raise SettingsError(
            f"comparison.html needs the package {error.name}; "
            "run: pip install 'multitrack[language]'"
        ) from error
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    style = Markup(_source("page.css"))  # noqa: S704 - our own file
    return environment.from_string(_source(template)).render(style=style, **shown)


def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").strip()
