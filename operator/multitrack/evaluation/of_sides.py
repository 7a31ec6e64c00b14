"""A side of a comparison in the shape in which results are evaluated."""

import bisect
from collections.abc import Sequence

from multitrack.evaluation.spoken import Spoken, TimedWord, Utterance
from workflow_templates.comparison.side import Side, SideSegment, SideWord

__all__ = ["spoken_of"]


def spoken_of(side: Side) -> Spoken:
    """What was said; words are timed where the side times them."""
    words: dict[int, list[SideWord]] = {}
    for word in side.words if side.words_timed else ():
        words.setdefault(word.speaker, []).append(word)
    utterances = tuple(
        Utterance(
            _label(side, segment.speaker),
            segment.text,
            segment.start,
            segment.end,
            _within(words.get(segment.speaker, ()), segment),
        )
        for segment in side.segments or ()
    )
    return Spoken(utterances, side.language)


def _label(side: Side, speaker: int) -> str:
    """The name; two people of one name get their speaker's index, so that they stay two."""
    name = side.name_of(speaker)
    shared = sum(side.name_of(other) == name for other in side.speakers()) > 1
    return f"{name} ({speaker})" if shared else name


def _within(words: Sequence[SideWord], segment: SideSegment) -> tuple[TimedWord, ...]:
    """The speaker's words that start in a segment; `words` are in order of their starts."""
    first = bisect.bisect_left(words, segment.start, key=lambda word: word.start)
    last = bisect.bisect_left(words, segment.end, lo=first, key=lambda word: word.start)
    return tuple(TimedWord(word.text, word.start, word.end) for word in words[first:last])
