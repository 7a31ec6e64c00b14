"""A recording's id: the same for the same recording, wherever it lies and whenever it is read.

Objects in buckets are known by their ETags, so that their bytes need not be read. That is the MD5
of the bytes, but for objects that were uploaded in parts or are encrypted with a key of one's own:
those have an id of their own.
"""

import hashlib
import uuid
from collections.abc import Iterable
from pathlib import Path

from multitrack_steps.sources.daily_key import DailyKey

__all__ = ["daily_recording_id", "md5_of_file", "recording_id_of_contents"]

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
        files: Name, size in bytes and ETag of each, or what its ETag would be; in any order.
    """
    return _uuid5("files", *(f"{name}/{size}/{content}" for name, size, content in sorted(files)))


def md5_of_file(file: Path) -> str:
    """The ETag that the file would have in a bucket, uploaded in one part."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _uuid5(*parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "\n".join(parts)))
