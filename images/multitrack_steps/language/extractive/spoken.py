"""Patterns of speech: regular expressions that are mostly long lists of phrases."""

import re

__all__ = ["one_of", "spoken"]


def spoken(text: str) -> re.Pattern[str]:
    """Compile a pattern that may run over several lines; blanks inside a line are what was said.

    Args:
        text: A regular expression. Line breaks and the blanks around them are layout.
    """
    return re.compile(one_of(text), re.IGNORECASE)


def one_of(text: str) -> str:
    """The same for a part of a pattern: joins its lines."""
    return "".join(line.strip() for line in text.splitlines())
