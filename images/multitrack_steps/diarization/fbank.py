"""Kaldi's log mel filter banks, which speaker embeddings hear, without torch.

The same values as `torchaudio.compliance.kaldi.fbank` with the settings of WeSpeaker: 80 bins from
20 Hz, windows of 25 ms every 10 ms (Hamming), no dither.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from multitrack_steps.speech.flac import SAMPLE_RATE, Samples

__all__ = ["filter_banks"]

_WINDOW = SAMPLE_RATE // 40
_HOP = SAMPLE_RATE // 100
_PADDED = 512
_BINS = 80
_LOWEST_HZ = 20.0
_PREEMPHASIS = 0.97
_FULL_SCALE = 32_768.0


def filter_banks(samples: Samples) -> NDArray[np.float32]:
    """Features of shape (frames, 80), each bin's mean taken off.

    Args:
        samples: At least one window: 400.
    """
    strided = np.lib.stride_tricks.sliding_window_view(samples * _FULL_SCALE, _WINDOW)[::_HOP]
    frames = strided - strided.mean(axis=1, keepdims=True)
    before = np.concatenate((frames[:, :1], frames[:, :-1]), axis=1)
    windowed = (frames - _PREEMPHASIS * before) * np.hamming(_WINDOW)
    power = np.square(np.abs(np.fft.rfft(windowed, _PADDED)))[:, :-1]
    energies = np.log(np.maximum(power @ _mel_filters().T, np.finfo(np.float32).eps))
    return np.asarray(energies - energies.mean(axis=0), np.float32)


@cache
def _mel_filters() -> NDArray[np.float64]:
    """Triangles, equally wide in mel: shape (80, 256)."""
    borders = np.linspace(_mel(_LOWEST_HZ), _mel(SAMPLE_RATE / 2), _BINS + 2)
    left, centre, right = borders[:-2, None], borders[1:-1, None], borders[2:, None]
    mel = _mel(np.arange(_PADDED // 2) * SAMPLE_RATE / _PADDED)
    slopes = np.minimum((mel - left) / (centre - left), (right - mel) / (right - centre))
    return np.maximum(0.0, slopes)


def _mel(hertz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log(1.0 + np.asarray(hertz) / 700.0))
