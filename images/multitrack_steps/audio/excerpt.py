"""Up to half a minute of a track's real sound, in which a language can be recognised."""

import numpy as np

from multitrack_steps.audio.conversion import Samples
from multitrack_steps.audio.level import level_dbfs
from workflow_templates.contracts.base import Seconds

__all__ = ["LONGEST_EXCERPT", "Excerpt"]

LONGEST_EXCERPT: Seconds = 30.0
"""What Whisper's language detection hears at most."""

_PIECE: Seconds = 0.5
_DYNAMICS_DB = 25.0
"""A piece this much below the loudest is background. Speech, pauses between words apart, keeps
within some 20 dB."""
_SILENCE_DBFS = -60.0


class Excerpt:
    """Collects the earliest pieces of a track that are not far below its loudest.

    How loud the track is becomes clear only on the way: when a louder piece comes, earlier ones
    that turn out to be background are given up. Memory is bounded by the longest excerpt.
    """

    def __init__(self, rate: int) -> None:
        self._piece_length = round(_PIECE * rate)
        self._most_pieces = round(LONGEST_EXCERPT / _PIECE)
        self._pieces: list[tuple[float, Samples]] = []
        self._loudest = -np.inf
        self._rest: Samples = np.zeros((0, 1), np.int16)

    def feed(self, samples: Samples) -> None:
        """Take the track's next samples, shape (n, 1)."""
        waiting = np.concatenate((self._rest, samples))
        whole = len(waiting) - len(waiting) % self._piece_length
        for begin in range(0, whole, self._piece_length):
            self._consider(waiting[begin : begin + self._piece_length])
        self._rest = waiting[whole:]

    def finish(self) -> Samples:
        """The pieces in order, joined, shape (n, 1); empty for a silent track."""
        if len(self._rest):
            self._consider(self._rest)
        return np.concatenate([np.zeros((0, 1), np.int16), *(piece for _, piece in self._pieces)])

    def _consider(self, piece: Samples) -> None:
        level = level_dbfs(piece)
        if level < max(_SILENCE_DBFS, self._loudest - _DYNAMICS_DB):
            return
        if level > self._loudest:
            self._loudest = level
            floor = level - _DYNAMICS_DB
            self._pieces = [kept for kept in self._pieces if kept[0] >= floor]
        if len(self._pieces) < self._most_pieces:
            self._pieces.append((level, piece.copy()))
