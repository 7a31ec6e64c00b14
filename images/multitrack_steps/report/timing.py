"""The compact word times from which the page's script finds the word that sounds.

The page holds each turn's text once, as plain text. For each turn the script gets a flat list of
integers: start and end of the turn in centiseconds, then for every word its start after the word
before (after the turn's start for the first), in centiseconds, and its length in UTF-16 code units,
blanks included. 40,000 words take about 250 kB.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from multitrack_steps.publication.turns import Turn
from workflow_templates.contracts.transcript import Word

__all__ = ["TimedText", "timed_text"]

# What an HTML parser would change, or what has no place on a page.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class TimedText:
    """A turn's text and where its words lie in it."""

    text: str
    timing: tuple[int, ...]


def timed_text(turn: Turn, words: Sequence[Word]) -> TimedText:
    """Text and timing of one turn; the pieces that the lengths speak of make up the text."""
    texts = [_BLANKS.sub(" ", _CONTROL.sub("", words[index].text)) for index in turn.words]
    texts[0] = texts[0].lstrip()
    texts[-1] = texts[-1].rstrip()
    start = round(turn.start * 100)
    timing = [start, round(turn.end * 100)]
    for index, text in zip(turn.words, texts, strict=True):
        word_start = round(words[index].start * 100)
        timing += [word_start - start, len(text.encode("utf-16-le")) // 2]
        start = word_start
    return TimedText("".join(texts), tuple(timing))
