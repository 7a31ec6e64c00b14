"""Which voice of a shared track said each word.

A word is its turn's. Where two voices speak at once the model heard one of them: the one that was
speaking goes on until its sentence ends. Where nobody is said to speak, the nearest turn has it.

Moving a change of voice to a sentence's end close by was tried, and is left out: on the meeting
that thresholds are tuned on it made more errors (one word) than it mended.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.turns import Turn
from workflow_templates.contracts.words import TrackWord

__all__ = ["attribute_words"]

_CLEARLY = 1.5
"""A voice that covers so many times as much of a word as any other said it."""
_SENTENCE_END = re.compile(r"""[.?!…。？！．｡؟।][\s"'”’»)\]]*$""")  # noqa: RUF001 - other scripts' full stops


def attribute_words(words: Sequence[TrackWord], turns: Sequence[Turn]) -> list[str]:
    """The label of the voice that said each word.

    Args:
        words: Of one track, by start.
        turns: Of the same track, by start; at least one.
    """
    timeline = _Timeline(turns)
    labels: list[str] = []
    for place, word in enumerate(words):
        before = labels[-1] if labels else None
        ended = place > 0 and _ends_sentence(words[place - 1])
        labels.append(_label(word, timeline, before, sentence_ended=ended))
    return labels


class _Timeline:
    """Turns that can be asked for a time without looking at all of them."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._starts = [turn.start for turn in turns]
        self._longest = max(turn.end - turn.start for turn in turns)

    def near(self, start: Seconds, end: Seconds) -> Sequence[Turn]:
        """Every turn that may overlap, by start."""
        first = bisect_left(self._starts, start - self._longest)
        return self._turns[first : bisect_left(self._starts, end)]

    def nearest(self, word: TrackWord) -> Turn:
        """The turn next to a word that lies in none."""
        after = bisect_left(self._starts, word.end)
        around = [*self.near(word.start - self._longest, word.end), *self._turns[after : after + 1]]
        candidates = around or [self._turns[max(0, after - 1)]]
        return min(candidates, key=lambda turn: max(turn.start - word.end, word.start - turn.end))


def _label(
    word: TrackWord, timeline: _Timeline, before: str | None, *, sentence_ended: bool
) -> str:
    covered: dict[str, Seconds] = {}
    begun: dict[str, Seconds] = {}
    for turn in timeline.near(word.start, word.end):
        common = min(turn.end, word.end) - max(turn.start, word.start)
        if common > 0:
            covered[turn.label] = covered.get(turn.label, 0.0) + common
            begun[turn.label] = turn.start
    if not covered:
        return timeline.nearest(word).label
    best = max(covered, key=lambda label: covered[label])
    close = [label for label in covered if covered[label] * _CLEARLY > covered[best]]
    if before not in close or len(close) == 1:
        return best
    if not sentence_ended:
        return str(before)
    # Whoever began last takes over when the other's sentence is complete.
    return max(close, key=lambda label: begun[label])


def _ends_sentence(word: TrackWord) -> bool:
    return _SENTENCE_END.search(word.text) is not None
