"""How large meetings are."""

from dataclasses import dataclass

__all__ = ["Size", "parse_sizes"]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a meeting is."""

    tracks: int
    minutes: float

    @classmethod
    def parse(cls, text: str) -> "Size":
        """Of `4x10`."""
        tracks, minutes = text.split("x")
        return cls(int(tracks), float(minutes))

    def __str__(self) -> str:
        return f"{self.tracks} × {self.minutes:g} min"


def parse_sizes(text: str) -> tuple[Size, ...]:
    """Of `1x10,4x60`."""
    return tuple(Size.parse(part) for part in text.split(","))
