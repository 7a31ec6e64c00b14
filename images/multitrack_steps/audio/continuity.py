"""Whether a frame follows on the one before: the rule that finds mute gaps and ignores jitter."""

from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds

__all__ = ["TOLERANCE", "Continuity"]

TOLERANCE: Seconds = 0.025
"""A time stamp may be this far from where the samples so far put it. Containers round to a
millisecond and recorders stamp with some jitter: acting on that would click. Beyond it the time
stamp is right: more than one packet of 20 ms is missing, clocks have drifted apart, or audio
overlaps. The error never adds up, as it is always measured from the run's start."""


@dataclass(slots=True)
class Continuity:
    """Follows one run of frames on the container's clock, by counting samples."""

    _run_start: Seconds = 0.0
    _rate: int = 1
    _samples: int = 0

    @property
    def expected(self) -> Seconds:
        """Where the next frame of this run starts."""
        return self._run_start + self._samples / self._rate

    def follows(self, start: Seconds | None) -> bool:
        """Whether a frame at `start` belongs to this run. One without a time stamp always does."""
        return start is None or abs(start - self.expected) <= TOLERANCE

    def begin(self, start: Seconds | None, rate: int) -> Seconds:
        """Begin a new run at `start`, or where the last one ended; returns its start.

        Args:
            start: Of its first frame.
            rate: Hz, of its frames.
        """
        self._run_start = self.expected if start is None else start
        self._rate = rate
        self._samples = 0
        return self._run_start

    def advance(self, samples: int) -> None:
        """Count a frame of the run."""
        self._samples += samples
