"""The header `Range`: which part of a file is asked for (RFC 9110, 14.2)."""

import re
from dataclasses import dataclass

__all__ = ["Part", "UnsatisfiableRangeError", "part_of"]

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class UnsatisfiableRangeError(Exception):
    """No byte of the file is in the range: 416."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file, both ends included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """In bytes."""
        return self.last - self.first + 1


def part_of(header: str | None, size: int) -> Part | None:
    """The part that is asked for; None: the whole file.

    Several ranges at once, other units and nonsense are passed over, as the standard allows.

    Args:
        header: As it came.
        size: Of the file, in bytes.

    Raises:
        UnsatisfiableRangeError: It lies behind the file's end.
    """
    asked = _ONE_RANGE.fullmatch((header or "").replace(" ", ""))
    if asked is None or asked.group(1, 2) == ("", ""):
        return None
    first, last = asked.groups()
    if not first:
        length = int(last)
        if length == 0 or size == 0:
            raise UnsatisfiableRangeError
        return Part(max(0, size - length), size - 1)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise UnsatisfiableRangeError
    return Part(int(first), min(int(last) if last else size - 1, size - 1))
