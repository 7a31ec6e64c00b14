"""Proof of timing: where a piece of sound lies against a reference, by cross-correlation."""

import numpy as np

from tests.media.made_track import MadeTrack
from tests.media.transcode import Mono, decode_plainly

__all__ = ["RATE", "lag_seconds", "lags_of_pieces"]

RATE = 16_000
"""Hz, of everything that is compared."""

_REACH = 0.5
"""Seconds: lags up to here are found."""

_PIECE = 4.0
_AUDIBLE_RMS = 0.01


def lag_seconds(heard: Mono, reference: Mono) -> float:
    """How much later `heard` sounds than `reference`; both start at the same nominal time.

    Raises:
        AssertionError: They are not the same sound.
    """
    size = len(heard) + len(reference)
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(reference, size))
    correlation = np.fft.irfft(spectrum, size)
    reach = round(_REACH * RATE)
    near = np.concatenate((correlation[-reach:], correlation[: reach + 1]))
    best = int(np.argmax(near))
    likeness = near[best] / np.sqrt(float(np.sum(heard**2)) * float(np.sum(reference**2)))
    assert likeness > 0.5, f"not the same sound: correlation {likeness:.2f}"
    return (best - reach) / RATE


def lags_of_pieces(aligned: Mono, made: MadeTrack) -> dict[float, float]:
    """Lag of every audible piece of an aligned track, by the piece's start in seconds.

    Args:
        aligned: From the recording's start, at `RATE`.
        made: The truth. Pieces never span a gap, so that each is judged by itself.
    """
    placed = _placed_reference(made, len(aligned))
    lags = {}
    for start, end in _pieces(made, len(aligned) / RATE):
        span = slice(round(start * RATE), round(end * RATE))
        reference = placed[span]
        if np.sqrt(np.mean(reference**2)) > _AUDIBLE_RMS:
            lags[start] = lag_seconds(aligned[span], reference)
    return lags


def _placed_reference(made: MadeTrack, length: int) -> Mono:
    """The reference on the recording's clock, `length` samples."""
    samples = decode_plainly(made.reference, RATE)
    begin = round(made.reference_offset * RATE)
    placed = np.zeros(max(length, begin + len(samples)), np.float32)
    placed[max(0, begin) : begin + len(samples)] = samples[max(0, -begin) :]
    return placed[:length]


def _pieces(made: MadeTrack, length: float) -> list[tuple[float, float]]:
    edges = [
        max(0.0, made.start),
        *(edge for gap in made.gaps for edge in gap),
        min(made.end, length),
    ]
    stretches = list(zip(edges[::2], edges[1::2], strict=True))
    return [
        (start, min(start + _PIECE, end))
        for begin, end in stretches
        for start in np.arange(begin, end - 1.0, _PIECE)
    ]
