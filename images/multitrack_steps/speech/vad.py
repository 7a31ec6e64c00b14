"""Where somebody speaks: Silero VAD on a stream, behind a gate that passes only what has energy.

Silero's network (shipped inside faster-whisper) is recurrent: its state is carried from block to
block, so the probabilities are those of one pass over the whole track. Digital silence never
reaches it.
"""

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from multitrack_steps.speech.flac import Samples

__all__ = ["WINDOW", "StreamingVad"]

WINDOW = 512
"""Samples that one probability stands for: 32 ms."""

_CONTEXT = 64
"""Samples of the window before, which the network sees too."""

_GATE = 10 ** (-70 / 20)
"""RMS of a window below which nobody speaks: -70 dBFS, about ten steps of 16 bits."""

_HANGOVER = 16
"""Windows (0.5 s) around a loud one that pass the gate too: soft onsets, and pauses that the
network should hear.
"""

_WINDOWS_AT_ONCE = 256
"""Larger batches fall out of the CPU's cache: 4,096 cost 12 % more a window."""


class StreamingVad:
    """Speech probabilities of one track, block after block."""

    def __init__(self) -> None:
        self._session = get_vad_model().session
        self._hangover = 0
        self._hidden = self._cell = np.zeros((1, 1, 128), np.float32)
        self._tail = np.zeros((1, _CONTEXT), np.float32)

    def probabilities(self, block: Samples) -> NDArray[np.float32]:
        """One probability for each window of 512 samples; a last short window counts as one.

        Args:
            block: What follows the block before; all but the last are multiples of `WINDOW` long.
        """
        windows = np.pad(block, (0, -len(block) % WINDOW)).reshape(-1, WINDOW)
        heard = self._pass_gate(windows)
        probabilities = np.zeros(len(windows), np.float32)
        edges = np.flatnonzero(np.diff(heard, prepend=False, append=False))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            if first > 0:
                self._forget()
            probabilities[first:last] = self._listen(windows[first:last])
        if not heard[-1]:
            self._forget()
        return probabilities

    def _pass_gate(self, windows: NDArray[np.float32]) -> NDArray[np.bool_]:
        energy = np.einsum("ij,ij->i", windows, windows)
        loud = np.flatnonzero(energy > _GATE**2 * WINDOW)
        heard = np.zeros(len(windows), np.bool_)
        heard[: self._hangover] = True
        for window in loud:
            heard[max(0, window - _HANGOVER) : window + _HANGOVER + 1] = True
        reach = loud[-1] + _HANGOVER + 1 if len(loud) else self._hangover
        self._hangover = max(0, int(reach) - len(windows))
        return heard

    def _listen(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        parts = []
        for first in range(0, len(windows), _WINDOWS_AT_ONCE):
            batch = windows[first : first + _WINDOWS_AT_ONCE]
            tails = np.concatenate((self._tail, batch[:-1, -_CONTEXT:]))
            output, self._hidden, self._cell = self._session.run(
                None,
                {"input": np.hstack((tails, batch)), "h": self._hidden, "c": self._cell},
            )
            self._tail = batch[-1:, -_CONTEXT:]
            parts.append(output.reshape(-1))
        return np.concatenate(parts)

    def _forget(self) -> None:
        """Begin anew after a stretch that was not heard."""
        self._hidden = self._cell = np.zeros((1, 1, 128), np.float32)
        self._tail = np.zeros((1, _CONTEXT), np.float32)
