"""Reads audio/<i>.flac in blocks, gaps as exact zeros."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from multitrack_steps.audio.pyav_errors import reading
from workflow_templates.contracts.track import Gap
from workflow_templates.runtime.errors import TrackUnreadableError

__all__ = ["BLOCK", "SAMPLE_RATE", "Samples", "read_blocks", "silence_gaps", "to_samples"]

SAMPLE_RATE = 16_000
"""Hz. What pad-track writes and Whisper and Silero hear."""

BLOCK = 524_288
"""Samples to decode at a time: 33 s, in whole windows of the voice detector."""

Samples = NDArray[np.float32]
"""Mono, -1 to 1, at `SAMPLE_RATE`."""

_FULL_SCALE = 32_768.0


def read_blocks(file: Path, block: int) -> Iterator[Samples]:
    """Decode a 16 kHz mono s16 FLAC piece by piece.

    Args:
        file: Sample 0 is the recording's start.
        block: Samples in each array but the last.

    Raises:
        TrackUnreadableError: Not such a FLAC, or damaged anywhere. Final.
        TemporaryError: Memory or file handles ran out.
    """
    with reading(file.name), av.open(str(file)) as container:
        stream = next(iter(container.streams.audio), None)
        if stream is None or (stream.rate, stream.channels) != (SAMPLE_RATE, 1):
            raise TrackUnreadableError(file, "not a 16 kHz mono FLAC as pad-track writes it")
        frames = (frame.to_ndarray().reshape(-1) for frame in container.decode(stream))
        yield from _regroup(frames, block)


def silence_gaps(blocks: Iterable[Samples], gaps: Sequence[Gap]) -> Iterator[Samples]:
    """The same blocks, with whatever lies in a gap set to zero, so that no model ever hears it."""
    start = 0
    for block in blocks:
        end = start + len(block)
        for gap in gaps:
            first, last = to_samples(gap.start), to_samples(gap.end)
            if first < end and last > start:
                block[max(0, first - start) : last - start] = 0.0
        yield block
        start = end


def to_samples(seconds: float) -> int:
    """The sample nearest to a time on the recording's clock."""
    return round(seconds * SAMPLE_RATE)


def _regroup(frames: Iterable[NDArray[np.generic]], block: int) -> Iterator[Samples]:
    """Arrays of any length in, of `block` samples out: int16 to float32."""
    waiting: list[NDArray[np.generic]] = []
    length = 0
    for frame in frames:
        waiting.append(frame)
        length += len(frame)
        while length >= block:
            joined = np.concatenate(waiting)
            yield _as_float(joined[:block])
            waiting = [joined[block:]]
            length -= block
    if length:
        yield _as_float(np.concatenate(waiting))


def _as_float(samples: NDArray[np.generic]) -> Samples:
    return samples.astype(np.float32) / np.float32(_FULL_SCALE)
