"""How both sides divide the meeting, and what their texts have in common."""

import bisect
import math
from collections import Counter
from collections.abc import Iterator, Sequence

from workflow_templates.comparison.side import Side, SideTopic
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.comparison import (
    DurationMeasure,
    FormatMeasure,
    SegmentMeasure,
    TextMeasure,
    TopicMatch,
    TopicMeasure,
)

__all__ = [
    "measure_duration",
    "measure_formats",
    "measure_segments",
    "measure_text",
    "measure_topics",
    "similarity",
]

_SEGMENT_TOLERANCE: Seconds = 1.0
_SHORT_WORD = 3
"""Words up to this length are articles and prepositions in most languages with short words."""
_GRAM = 3


def measure_duration(a: Side, b: Side) -> DurationMeasure | None:
    """None where one side does not say it."""
    if a.duration is None or b.duration is None:
        return None
    return DurationMeasure(
        a=round(a.duration, 3),
        b=round(b.duration, 3),
        difference=round(b.duration - a.duration, 3),
    )


def measure_segments(a: Side, b: Side) -> SegmentMeasure | None:
    """None where one side has none."""
    if a.segments is None or b.segments is None:
        return None
    starts_a, starts_b = (
        sorted(segment.start for segment in side.segments or ()) for side in (a, b)
    )
    return SegmentMeasure(
        a=len(starts_a),
        b=len(starts_b),
        agreement=_border_agreement(starts_a, starts_b, _SEGMENT_TOLERANCE),
    )


def measure_topics(a: Side, b: Side, tolerance: Seconds) -> TopicMeasure | None:
    """None where one side has none."""
    if a.topics is None or b.topics is None:
        return None
    inner_a, inner_b = ([topic.start for topic in side[1:]] for side in (a.topics, b.topics))
    return TopicMeasure(
        a=len(a.topics),
        b=len(b.topics),
        agreement=_border_agreement(inner_a, inner_b, tolerance),
        matches=tuple(_matches(a.topics, b.topics)),
    )


def measure_text(a: str | None, b: str | None) -> TextMeasure | None:
    """None where one side has none; two empty texts are equal."""
    if a is None or b is None:
        return None
    return TextMeasure(a=a, b=b, similarity=similarity(a, b))


def measure_formats(a: Side, b: Side) -> tuple[FormatMeasure, ...]:
    """The formats that both sides have, line by line, wherever the lines stand."""
    return tuple(
        _format(name, a.formats[name], b.formats[name]) for name in a.formats if name in b.formats
    )


def similarity(a: str, b: str) -> float:
    """Cosine of the counts of letter trigrams within the longer words, 0 to 1.

    It needs no model and no list of words, knows every language, and forgives other endings.
    """
    if a.split() == b.split():
        return 1.0
    left, right = Counter(_grams(a)), Counter(_grams(b))
    product = sum(count * right[gram] for gram, count in left.items())
    length = math.sqrt(sum(n * n for n in left.values()) * sum(n * n for n in right.values()))
    return round(min(1.0, product / length), 4) if length else 0.0


def _grams(text: str) -> Iterator[str]:
    letters = "".join(letter if letter.isalnum() else " " for letter in text.casefold())
    for word in letters.split():
        if len(word) > _SHORT_WORD or not word.isascii():
            padded = f" {word} "
            yield from (padded[place : place + _GRAM] for place in range(len(padded) - _GRAM + 1))


def _border_agreement(a: Sequence[Seconds], b: Sequence[Seconds], tolerance: Seconds) -> float:
    """F1 of the borders that have a counterpart; 1 where neither side has any."""
    if not a and not b:
        return 1.0
    found_a = sum(_has_near(b, border, tolerance) for border in a)
    found_b = sum(_has_near(a, border, tolerance) for border in b)
    return round((found_a + found_b) / (len(a) + len(b)), 4)


def _has_near(ordered: Sequence[Seconds], wanted: Seconds, tolerance: Seconds) -> bool:
    place = bisect.bisect_left(ordered, wanted - tolerance)
    return place < len(ordered) and ordered[place] <= wanted + tolerance


def _matches(a: Sequence[SideTopic], b: Sequence[SideTopic]) -> Iterator[TopicMatch]:
    for topic in a:
        overlaps = [(_overlap(topic, other), other) for other in b]
        best, other = max(overlaps, key=lambda entry: entry[0], default=(0.0, None))
        if other is not None and best > 0:
            yield TopicMatch(
                start_a=topic.start,
                title_a=topic.title,
                start_b=other.start,
                title_b=other.title,
                overlap=min(1.0, round(best / (topic.end - topic.start), 4)),
                title_similarity=similarity(topic.title, other.title),
            )


def _overlap(a: SideTopic, b: SideTopic) -> Seconds:
    return min(a.end, b.end) - max(a.start, b.start)


def _format(name: str, a: str, b: str) -> FormatMeasure:
    left, right = (Counter(line for line in text.splitlines() if line.strip()) for text in (a, b))
    return FormatMeasure(
        name=name,
        lines_a=left.total(),
        lines_b=right.total(),
        equal_lines=(left & right).total(),
    )
