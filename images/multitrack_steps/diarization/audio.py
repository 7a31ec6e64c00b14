"""A track in blocks for diarization: as long as memory allows, cut where it is quiet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from multitrack_steps.speech.flac import SAMPLE_RATE, Samples
from workflow_templates.contracts.base import Seconds

__all__ = ["LONGEST", "Block", "cut_blocks"]

LONGEST: Seconds = 600.0
"""Of one block: 38 MB of samples; the models' own tables for it take about 60 MB."""
_SEARCHED: Seconds = 60.0
"""The cut lies in the last minute of a block."""
_QUIET = SAMPLE_RATE // 4
"""Samples over which the level is taken."""


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive samples of a track."""

    start: Seconds
    """On the recording's clock."""
    samples: Samples

    @property
    def end(self) -> Seconds:
        """On the recording's clock."""
        return self.start + len(self.samples) / SAMPLE_RATE


def cut_blocks(pieces: Iterable[Samples], longest: Seconds = LONGEST) -> Iterator[Block]:
    """Join pieces to blocks of at most `longest` seconds, each cut at its quietest late moment.

    Holds at most one block and one piece.

    Args:
        pieces: The track from the recording's start, in order.
        longest: At least two minutes.
    """
    limit = round(longest * SAMPLE_RATE)
    waiting: list[Samples] = []
    length = start = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        while length > limit:
            joined = np.concatenate(waiting)
            cut = _quietest(joined[:limit])
            yield Block(start / SAMPLE_RATE, joined[:cut])
            waiting, length, start = [joined[cut:]], length - cut, start + cut
    if length:
        yield Block(start / SAMPLE_RATE, np.concatenate(waiting))


def _quietest(samples: Samples) -> int:
    """The middle of the quietest quarter of a second of the last minute."""
    first = max(0, len(samples) - round(_SEARCHED * SAMPLE_RATE))
    count = (len(samples) - first) // _QUIET
    if not count:
        return len(samples)
    windows = samples[first : first + count * _QUIET].reshape(count, _QUIET)
    quietest = int(np.argmin(np.square(windows).mean(axis=1)))
    return first + quietest * _QUIET + _QUIET // 2
