"""Finding the stretches of a laid-out track in which there is nothing to hear."""

import numpy as np

from multitrack_steps.audio.timeline import Stretch
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.track import Gap

__all__ = ["SHORTEST_GAP", "SHORTEST_SILENCE", "GapFinder"]

SHORTEST_GAP: Seconds = 0.2
"""Missing frames for less than this are no gap worth listing: a lost packet, not a mute. They are
silence all the same."""

SHORTEST_SILENCE: Seconds = 1.0
"""Frames of digital zero for at least this long are a gap too: some recorders mute by zeros. No
microphone yields them."""


class GapFinder:
    """Takes a track's stretches in order and lists its gaps.

    Every sample inside a gap is exactly zero.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._position = 0
        self._silent_since = 0
        self._filled = 0
        """Samples without frames since `_silent_since`."""
        self._gaps: list[tuple[int, int]] = []

    def feed(self, stretch: Stretch) -> None:
        """Take the next stretch."""
        if stretch.is_fill:
            self._filled += len(stretch.samples)
        else:
            sounding = np.flatnonzero(stretch.samples.any(axis=1))
            if len(sounding):
                self._sound(sounding + self._position)
        self._position += len(stretch.samples)

    def finish(self) -> tuple[Gap, ...]:
        """The gaps, ordered, on the recording's clock."""
        self._end_silence(self._position)
        return tuple(Gap(start=a / self._rate, end=b / self._rate) for a, b in self._gaps)

    def _sound(self, positions: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> None:
        """Samples at `positions` are not zero: end the silence before each of them."""
        self._end_silence(int(positions[0]))
        pauses = np.flatnonzero(np.diff(positions) > SHORTEST_SILENCE * self._rate)
        for pause in pauses:
            self._silent_since = int(positions[pause]) + 1
            self._end_silence(int(positions[pause + 1]))
        self._silent_since = int(positions[-1]) + 1

    def _end_silence(self, end: int) -> None:
        length = end - self._silent_since
        if (
            self._filled >= SHORTEST_GAP * self._rate or length >= SHORTEST_SILENCE * self._rate
        ) and length > 0:
            self._gaps.append((self._silent_since, end))
        self._filled = 0
        self._silent_since = end
