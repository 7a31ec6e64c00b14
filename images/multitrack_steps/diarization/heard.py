"""Turns while voices are being told apart: with what they sound like."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workflow_templates.contracts.base import Seconds

__all__ = ["Embedding", "HeardTurn", "alone", "unit"]

Embedding = NDArray[np.float32]
"""What a stretch of speech sounds like: shape (n,), length 1; equal voices point the same way."""


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """A stretch in which one voice speaks, whoever's it is."""

    start: Seconds
    end: Seconds
    embedding: Embedding | None = None
    """None: too short to tell."""
    clear: Seconds = 0.0
    """How long nobody else speaks in it; 0 without an embedding."""
    hint: str = ""
    """The model's own name for the voice, unique within the track."""

    @property
    def length(self) -> Seconds:
        """Seconds."""
        return self.end - self.start

    def part(self, start: Seconds, end: Seconds) -> "HeardTurn":
        """A part of the turn, not heard yet."""
        return replace(self, start=start, end=end, embedding=None, clear=0.0)


def alone(turns: Sequence[HeardTurn], index: int) -> list[tuple[Seconds, Seconds]]:
    """The stretches of a turn in which no other turn runs.

    Args:
        turns: Ordered by start.
        index: Which turn.
    """
    turn = turns[index]
    stretches, position = [], turn.start
    for other in _overlapping(turns, index):
        if other.start > position:
            stretches.append((position, min(other.start, turn.end)))
        position = max(position, other.end)
    if position < turn.end:
        stretches.append((position, turn.end))
    return stretches


def unit(vector: NDArray[np.floating]) -> Embedding:
    """The vector at length 1, in single precision."""
    return (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype(np.float32)


def _overlapping(turns: Sequence[HeardTurn], index: int) -> list[HeardTurn]:
    turn = turns[index]
    return [
        other
        for place, other in enumerate(turns)
        if place != index and other.start < turn.end and other.end > turn.start
    ]
