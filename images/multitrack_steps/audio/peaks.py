"""The largest samples of equal stretches of audio, in one pass and bounded memory."""

import numpy as np
import numpy.typing as npt

from multitrack_steps.audio.conversion import Samples

__all__ = ["PeakMeter"]

_CELLS = 1 << 17
"""Most peaks kept at once."""


class PeakMeter:
    """Keeps peaks of cells of samples; when they become too many, pairs of cells become one.

    A cell is one sample at first and doubles from there, so that there are always at least 65,536
    cells once that many samples were seen: a stretch's edges are exact to 0.4 % of a 255th.
    """

    def __init__(self) -> None:
        self.samples = 0
        """Seen so far."""
        self._cell = 1
        self._peaks: npt.NDArray[np.int32] = np.zeros(0, np.int32)
        self._rest: npt.NDArray[np.int32] = np.zeros(0, np.int32)

    def feed(self, samples: Samples) -> None:
        """Take the next samples, shape (n, channels)."""
        self.samples += len(samples)
        levels = np.abs(samples.astype(np.int32)).max(axis=1, initial=0)
        waiting = np.concatenate((self._rest, levels))
        whole = len(waiting) - len(waiting) % self._cell
        peaks = waiting[:whole].reshape(-1, self._cell).max(axis=1)
        self._rest = waiting[whole:]
        self._peaks = np.concatenate((self._peaks, peaks))
        while len(self._peaks) > _CELLS:
            self._merge_pairs()

    def finish(self, stretches: int) -> list[int]:
        """The largest absolute sample of each of `stretches` equal parts, 0 to 32768."""
        peaks = self._peaks
        if len(self._rest):
            peaks = np.append(peaks, self._rest.max())
        if not len(peaks):
            return [0] * stretches
        edges = np.arange(stretches) * len(peaks) // stretches
        return [int(peak) for peak in np.maximum.reduceat(peaks, edges)]

    def _merge_pairs(self) -> None:
        if len(self._peaks) % 2:
            # The odd cell waits, as a block of its size with its peak at the front.
            odd = np.zeros(self._cell, np.int32)
            odd[0] = self._peaks[-1]
            self._rest = np.concatenate((odd, self._rest))
            self._peaks = self._peaks[:-1]
        self._peaks = self._peaks.reshape(-1, 2).max(axis=1)
        self._cell *= 2
