"""A recording's id: the same for the same recording, wherever it lies and whenever it is read."""

import uuid
from collections.abc import Iterable

from multitrack_steps.sources.daily_key import DailyKey

__all__ = ["daily_recording_id", "recording_id_of_contents"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://multitrack.dev/recording")


def daily_recording_id(keys: Iterable[DailyKey], room: str | None) -> str:
    """The id of a Daily recording.

    Args:
        keys: Of the recording's tracks; all start at the same time.
        room: `{domain}/{room}` as in the bucket. With it, the recording's start decides alone, so
            that a track that arrives late changes nothing. None on a disk: then the keys
            themselves decide, whose uuids are unique.
    """
    names = sorted({str(key) for key in keys})
    start = names[0].partition("-")[0]
    return _uuid5("daily", start, *([room] if room else names))


def recording_id_of_contents(files: Iterable[tuple[str, int, str]]) -> str:
    """The id of a set of files: it follows from names, sizes and bytes, not from paths or dates.

    Args:
        files: Name, size in bytes and hex SHA-256 of each, in any order.
    """
    return _uuid5("files", *(f"{name}/{size}/{sha256}" for name, size, sha256 in sorted(files)))


def _uuid5(*parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "\n".join(parts)))
