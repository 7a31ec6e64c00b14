"""What could not be read of a track, and the sentence about it."""

from dataclasses import dataclass, field

from workflow_templates.contracts.base import Seconds

__all__ = ["Damage"]

_ADJACENT: Seconds = 1.0
"""Losses this close are one stretch in the sentence."""

_CUT: Seconds = 2.0
"""A loss that begins this shortly before the end of a file that is cut off is the cut itself."""

_NAMED_STRETCHES = 3


@dataclass(slots=True)
class Damage:
    """Collects losses while a track is decoded; times on the container's clock."""

    overlapped: Seconds = 0.0
    """Audio left out because its time stamps ran back over what was there already."""
    _stretches: list[tuple[Seconds, Seconds]] = field(default_factory=list)
    _end: Seconds | None = None
    _declared_end: Seconds | None = None

    def lose(self, start: Seconds, end: Seconds) -> None:
        """Note that something between `start` and `end` (to about a second) was lost."""
        if self._stretches and start - self._stretches[-1][1] <= _ADJACENT:
            earlier_start, earlier_end = self._stretches[-1]
            self._stretches[-1] = (min(earlier_start, start), max(earlier_end, end))
        else:
            self._stretches.append((start, end))

    def cut_off(self, end: Seconds, declared_end: Seconds | None) -> None:
        """Note that the track ends too early.

        Args:
            end: Of its last good frame.
            declared_end: Where its header says that it ends, if it does.
        """
        self._end, self._declared_end = end, declared_end
        # A packet that is bad because the file ends in it is the cut, not a loss of its own.
        if self._stretches and self._stretches[-1][0] >= end - _CUT:
            self._stretches.pop()

    def sentence(self, shift: Seconds) -> str | None:
        """Say what was lost, None if nothing was.

        Args:
            shift: From the container's clock to the recording's.
        """
        parts = [*self._lost(shift), *self._cut(shift), *self._left_out()]
        return "; ".join(parts) or None

    def _lost(self, shift: Seconds) -> list[str]:
        if not self._stretches:
            return []
        named = ", ".join(
            f"{start + shift:.1f} s and {end + shift:.1f} s"
            for start, end in self._stretches[:_NAMED_STRETCHES]
        )
        more = len(self._stretches) - _NAMED_STRETCHES
        further = f" and {more} more" if more > 0 else ""
        return [f"damaged between {named}{further}: what cannot be decoded there is silence"]

    def _cut(self, shift: Seconds) -> list[str]:
        if self._end is None:
            return []
        of = "" if self._declared_end is None else f" of {self._declared_end + shift:.1f} s"
        return [f"the file is cut off: it ends at {self._end + shift:.1f} s{of}"]

    def _left_out(self) -> list[str]:
        if not self.overlapped:
            return []
        return [f"{self.overlapped:.1f} s left out, as its time stamps run backwards"]
