"""What every maker of test media hands back: the file and the truth about it."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["MadeTrack"]

Span = tuple[float, float]
"""Start and end in seconds."""


@dataclass(frozen=True, slots=True)
class MadeTrack:
    """A track made from a reference, whose sound can be found again in the reference."""

    file: Path
    reference: Path
    """The recording that sounds in `file`."""
    reference_offset: float
    """Where the reference's first sample lies on the recording's clock, in seconds."""
    start: float
    """True start of `file` on the recording's clock."""
    end: float
    """True end of its sound."""
    gaps: tuple[Span, ...] = ()
    """Stretches without sound between `start` and `end`, on the recording's clock."""
