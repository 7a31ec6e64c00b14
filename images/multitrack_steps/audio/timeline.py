"""Placing runs of samples on the recording's clock: fill, drop what overlaps, stop at the end.

Pure arithmetic on sample counts. Every run is placed by its own time, so no error is carried from
one to the next.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from multitrack_steps.audio.conversion import Samples
from multitrack_steps.audio.decoding import Chunk
from workflow_templates.contracts.base import Seconds

__all__ = ["LONGEST_RECORDING", "Stretch", "Timeline"]

LONGEST_RECORDING: Seconds = 24 * 3600.0
"""Where nobody knows the recording's length, audio stamped later than this is cut: one damaged time
stamp must not fill a disk with silence."""

_FILL_BLOCK: Seconds = 1.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive samples on the recording's clock."""

    samples: Samples
    is_fill: bool
    """Silence where the track has no frames."""


class Timeline:
    """One track laid out from the recording's start, at one rate."""

    def __init__(self, *, rate: int, channels: int, shift: Seconds, end: Seconds | None) -> None:
        """Begin at the recording's start.

        Args:
            rate: Hz.
            channels: Of every chunk.
            shift: From the clock of the chunks to the recording's.
            end: The recording's length, None where unknown.
        """
        self.length = 0
        """Samples handed out so far."""
        self.is_cut = False
        """Audio past the end was left out."""
        self.overlapped = 0
        """Samples left out because others were there already."""
        self._rate = rate
        self._shift = shift
        self._end_known = end is not None
        self._limit = round((LONGEST_RECORDING if end is None else end) * rate)
        self._fill = np.zeros((round(_FILL_BLOCK * rate), channels), np.int16)
        self._fill.flags.writeable = False

    def place(self, chunks: Iterable[Chunk]) -> Iterator[Stretch]:
        """Lay out a track's chunks, one stretch after the other without holes."""
        overlap = 0
        for chunk in chunks:
            if chunk.start is not None:
                target = round((chunk.start + self._shift) * self._rate)
                yield from self._fill_until(target)
                overlap = max(0, self.length - target)
            dropped = min(overlap, len(chunk.samples))
            self.overlapped += dropped
            overlap -= dropped
            samples = chunk.samples[dropped:]
            room = self._limit - self.length
            if len(samples) > room:
                self.is_cut = True
                samples = samples[:room]
            if len(samples):
                self.length += len(samples)
                yield Stretch(samples, is_fill=False)
            if self.is_cut:
                return

    def fill_until_end(self) -> Iterator[Stretch]:
        """Hand out silence up to the recording's end; nothing where that is unknown."""
        if self._end_known:
            yield from self._fill_until(self._limit)

    def _fill_until(self, target: int) -> Iterator[Stretch]:
        while (missing := min(target, self._limit) - self.length) > 0:
            samples = self._fill[:missing]
            self.length += len(samples)
            yield Stretch(samples, is_fill=True)
