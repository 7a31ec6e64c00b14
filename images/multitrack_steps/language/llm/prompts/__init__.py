"""What the model is told: one Markdown file a prompt, `$name` where a value goes."""

from functools import cache
from importlib.resources import files
from string import Template

__all__ = ["prompt"]


def prompt(name: str, **values: str | int) -> str:
    """The text of a prompt with its values filled in; `$` inside a value means nothing.

    Raises:
        KeyError: A value is missing.
    """
    return _template(name).substitute(values)


@cache
def _template(name: str) -> Template:
    text = (files(__package__) / f"{name}.md").read_text(encoding="utf-8")
    return Template(text.strip())
