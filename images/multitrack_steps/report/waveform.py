"""Draws the waveform as SVG: one bar a peak, in the colour of whoever speaks there."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.published import PublishedSegment
from workflow_templates.contracts.results import Waveform

__all__ = ["Bars", "draw_bars"]

_HEIGHT = 64
"""Of the drawing, in its own units; it is as wide as there are peaks."""
_BAR_WIDTH = 0.64
_LEAST_HEIGHT = 1.5
"""So that silence shows as a line."""


@dataclass(frozen=True, slots=True)
class Bars:
    """All bars of one colour."""

    colour: int | None
    """Of the speaker; None: nobody speaks there."""
    path: str
    """SVG path data."""


def draw_bars(
    waveform: Waveform, segments: Sequence[PublishedSegment], colours: int
) -> tuple[Bars, ...]:
    """One path a colour, and one for where nobody speaks; speakers beyond `colours` start anew."""
    speakers = _longest_speakers(len(waveform.peaks), waveform.duration, segments)
    paths: defaultdict[int | None, list[str]] = defaultdict(list)
    for position, (peak, speaker) in enumerate(zip(waveform.peaks, speakers, strict=True)):
        height = max(_LEAST_HEIGHT, peak * _HEIGHT)
        left = position + (1 - _BAR_WIDTH) / 2
        top = (_HEIGHT - height) / 2
        colour = None if speaker is None else speaker % colours
        paths[colour].append(f"M{left:.2f} {top:.1f}h{_BAR_WIDTH}v{height:.1f}h-{_BAR_WIDTH}z")
    return tuple(
        Bars(colour, "".join(paths[colour]))
        for colour in sorted(paths, key=lambda index: -1 if index is None else index)
    )


def _longest_speakers(
    count: int, duration: Seconds, segments: Sequence[PublishedSegment]
) -> list[int | None]:
    """Who speaks longest in each of `count` equal stretches."""
    if duration <= 0:
        return [None] * count
    width = duration / count
    claims: list[defaultdict[int, Seconds]] = [defaultdict(float) for _ in range(count)]
    for segment in segments:
        first = min(count - 1, int(segment.start / width))
        last = min(count - 1, int(segment.end / width))
        for position in range(first, last + 1):
            overlap = min(segment.end, (position + 1) * width) - max(
                segment.start, position * width
            )
            if overlap > 0:
                claims[position][segment.speaker] += overlap
    return [max(claim, key=lambda index: claim[index], default=None) for claim in claims]
