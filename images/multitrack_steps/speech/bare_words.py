"""Blanks and punctuation for words that a transcription service gives bare."""

import re
from collections.abc import Sequence

__all__ = ["restore_text"]

_FARTHEST = 40
"""Characters ahead of the word before in which a word is looked for in the text."""


def restore_text(text: str, words: Sequence[str]) -> list[str]:
    """Give bare words the blanks and punctuation that they have in the text.

    Args:
        text: ` Hello, world.`
        words: `Hello`, `world`, in the order of the text.

    Returns:
        ` Hello,` and ` world.`: one string a word; joined, they are the text if every word was
        found in it. A word that was not found keeps its own spelling, after a blank.
    """
    spans = _find_in_order(text, words)
    borders = [_border_before(text, span[0]) if span else None for span in spans]
    borders.append(len(text))
    restored = []
    for index, (word, span) in enumerate(zip(words, spans, strict=True)):
        border, following = borders[index], borders[index + 1]
        if span is None or border is None:
            restored.append(" " + word.strip())
            continue
        end = _end_with_marks(text, span[1]) if following is None else following
        restored.append(text[border:end])
    return restored


def _find_in_order(text: str, words: Sequence[str]) -> list[tuple[int, int] | None]:
    spans: list[tuple[int, int] | None] = []
    position = 0
    for word in words:
        bare = re.escape(word.strip())
        match = re.compile(bare, re.IGNORECASE).search(text, position) if bare else None
        if match is None or match.start() - position > _FARTHEST:
            spans.append(None)
            continue
        spans.append(match.span())
        position = match.end()
    return spans


def _end_with_marks(text: str, end: int) -> int:
    while end < len(text) and not text[end].isspace() and not text[end].isalnum():
        end += 1
    return end


def _border_before(text: str, start: int) -> int:
    """Where a word's own text begins: with the blank, or the blank and quote, before it."""
    blank = start
    while blank > 0 and not text[blank - 1].isspace() and not text[blank - 1].isalnum():
        blank -= 1
    if blank > 0 and text[blank - 1].isspace():
        return blank - 1
    return start
