"""Keeping a sum of tracks within full scale without changing what fits.

A look-ahead limiter: where a sum fits into 16 bits it passes bit for bit; where a peak would not
fit, the level is brought down in a ramp of 5 ms before it and let up again within 0.2 s. Clipping
would crackle, a fixed headroom would make every meeting quieter for the sake of the moments in
which all shout, and normalising by the number of live tracks would make the level jump whenever
somebody joins.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from multitrack_steps.audio.conversion import Samples
from workflow_templates.contracts.base import Seconds

__all__ = ["Limiter", "Sums"]

Sums = npt.NDArray[np.int32]
"""Sums of int16 samples, shape (n, channels)."""

_HOP: Seconds = 0.005
"""Look-ahead, and the length of the ramp down."""

_RELEASE_PER_SECOND = 5.0
"""How fast the gain rises again, as a factor of full gain."""

_CEILING: Final = 32767

_ROUNDING = 1e-9


class Limiter:
    """Takes sums block by block and hands back as many samples, later by one hop."""

    def __init__(self, rate: int, channels: int) -> None:
        self._hop = round(_HOP * rate)
        self._release = _RELEASE_PER_SECOND * _HOP
        self._gain = 1.0
        """At the first sample that waits."""
        self._waiting: Sums = np.zeros((0, channels), np.int32)

    def limit(self, sums: Sums) -> Samples:
        """Take the next sums; what comes back follows on the samples before."""
        waiting = np.concatenate((self._waiting, sums))
        ready = max(0, len(waiting) // self._hop - 1) * self._hop
        self._waiting = waiting[ready:]
        if not ready:
            return waiting[:0].astype(np.int16)
        return self._apply(waiting[:ready], waiting[ready : ready + self._hop])

    def finish(self) -> Samples:
        """Hand back the rest."""
        last, self._waiting = self._waiting, self._waiting[:0]
        padding = -len(last) % self._hop
        padded = np.pad(last, ((0, padding), (0, 0)))
        return self._apply(padded, padded[:0])[: len(last)]

    def _apply(self, sums: Sums, following: Sums) -> Samples:
        """Limit whole hops, knowing the hop that follows them."""
        fits = all(np.abs(part).max(initial=0) <= _CEILING for part in (sums, following))
        if fits and self._gain == 1.0:
            return sums.astype(np.int16)
        needed = np.concatenate(
            (self._needed(sums), self._needed(following) if len(following) else [1.0])
        )
        limited = sums * self._ramps(needed)[:, np.newaxis]
        # The ramp keeps below the ceiling; rint alone could step over it.
        return np.clip(np.rint(limited), -_CEILING, _CEILING).astype(np.int16)

    def _needed(self, sums: Sums) -> npt.NDArray[np.float64]:
        """The gain that each hop needs to fit."""
        peaks = np.abs(sums).reshape(-1, self._hop * sums.shape[1]).max(axis=1, initial=0)
        return np.asarray(_CEILING / np.maximum(peaks, _CEILING), np.float64)

    def _ramps(self, needed: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The gain of each sample: linear between hops, never above what the hop needs.

        Args:
            needed: By hop, and of the one that follows.
        """
        at_edges = np.minimum(needed[:-1], needed[1:])
        edges = np.concatenate(([min(self._gain, needed[0])], at_edges))
        rise = self._release * np.arange(len(edges))
        edges = np.minimum.accumulate(edges - rise) + rise
        # What rounding leaves below 1 would keep the limiter at work for ever.
        edges[edges > 1 - _ROUNDING] = 1.0
        self._gain = float(edges[-1])
        steps = np.arange(self._hop) / self._hop
        gains = edges[:-1, np.newaxis] + np.diff(edges)[:, np.newaxis] * steps
        return np.asarray(gains, np.float64).ravel()
