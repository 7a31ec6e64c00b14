"""A bounded sample of a track's sound, spread evenly over it, in which voices can be told apart."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from multitrack_steps.audio.conversion import Samples
from multitrack_steps.audio.level import level_dbfs
from workflow_templates.contracts.base import Seconds

__all__ = ["MOST_STRETCHES", "STRETCH", "Spread"]

STRETCH: Seconds = 4.0
"""Of one stretch: long enough to know a voice by, short enough to hold mostly one."""
MOST_STRETCHES = 100
"""13 MB of samples. Of a long track half as many or more are kept: a voice with a twentieth of its
sound is in about three of them, or in more."""

_PIECE: Seconds = 0.5
_PIECES = round(STRETCH / _PIECE)
_SOUNDING = _PIECES // 2
"""So many of a stretch's pieces must sound."""
_DYNAMICS_DB = 30.0
"""A piece this much below the track's loudest is background. Who sits at the far end of a table is
some 15 dB weaker than who sits at the microphone."""
_SILENCE_DBFS = -60.0


@dataclass(frozen=True, slots=True)
class _Stretch:
    samples: Samples
    levels: tuple[float, ...]
    """Of its pieces, dBFS."""

    def sounds(self, floor: float) -> bool:
        return sum(level >= floor for level in self.levels) >= _SOUNDING


class Spread:
    """Every n-th stretch with sound, n growing with the track, so that memory does not.

    A stretch begins where sound begins. How loud the track is becomes clear only on the way: when a
    louder piece comes, earlier stretches that turn out to be background are given up.
    """

    def __init__(self, rate: int) -> None:
        """Begin a track.

        Args:
            rate: Hz.
        """
        self._length = round(_PIECE * rate)
        self._kept: list[_Stretch] = []
        self._every = 1
        self._count = 0
        self._loudest = -np.inf
        self._rest: Samples = np.zeros((0, 1), np.int16)
        self._pieces: list[tuple[float, Samples]] = []

    def feed(self, samples: Samples) -> None:
        """Take the track's next samples, shape (n, 1)."""
        waiting = np.concatenate((self._rest, samples))
        whole = len(waiting) - len(waiting) % self._length
        for begin in range(0, whole, self._length):
            self._take(waiting[begin : begin + self._length])
        self._rest = waiting[whole:]

    def finish(self) -> Iterator[Samples]:
        """The stretches in order, each of exactly `STRETCH` seconds, zeros at its end if need be.

        Shape (n, 1). None for a silent track.
        """
        self._close()
        for stretch in self._kept:
            missing = _PIECES * self._length - len(stretch.samples)
            yield np.concatenate((stretch.samples, np.zeros((missing, 1), np.int16)))

    @property
    def _floor(self) -> float:
        return max(_SILENCE_DBFS, self._loudest - _DYNAMICS_DB)

    def _take(self, piece: Samples) -> None:
        level = level_dbfs(piece)
        if level > self._loudest:
            self._loudest = level
            self._kept = [stretch for stretch in self._kept if stretch.sounds(self._floor)]
        if self._pieces or level >= self._floor:
            self._pieces.append((level, piece))
        if len(self._pieces) == _PIECES:
            self._close()

    def _close(self) -> None:
        """Keep what has come together, if it is its turn."""
        if not self._pieces:
            return
        stretch = _Stretch(
            np.concatenate([samples for _, samples in self._pieces]),
            tuple(level for level, _ in self._pieces),
        )
        self._pieces = []
        if not stretch.sounds(self._floor):
            return
        if self._count % self._every == 0:
            self._kept.append(stretch)
        self._count += 1
        if len(self._kept) > MOST_STRETCHES:
            self._kept = self._kept[::2]
            self._every *= 2
