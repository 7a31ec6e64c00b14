"""The one place where PyAV's errors become ours."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av.error

from workflow_templates.runtime.errors import (
    MultitrackError,
    StorageFullError,
    TemporaryError,
    TrackUnreadableError,
)

__all__ = ["reading", "writing"]

_OUT_OF_MEANS = (errno.ENOMEM, errno.EMFILE, errno.ENFILE)


@contextmanager
def reading(track: str) -> Iterator[None]:
    """Convert what PyAV raises while it reads a track.

    Args:
        track: The original's name, for the sentence.

    Raises:
        TrackUnreadableError: The bytes are not what they should be. Final.
        TemporaryError: Memory or file handles ran out.
    """
    try:
        yield
    except av.error.FFmpegError as error:
        if error.errno in _OUT_OF_MEANS:
            raise TemporaryError(
                f"{track}: not enough memory or file handles to read it; run again"
            ) from error
        raise TrackUnreadableError(track, _in_words(error)) from error


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Convert what PyAV raises while it writes `file`.

    Raises:
        StorageFullError: No space is left there.
        MultitrackError: Anything else: a bug, or a disk that fails.
    """
    try:
        yield
    except av.error.FFmpegError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFullError(file.parent) from error
        raise MultitrackError(f"{file}: could not be written ({error.strerror})") from error


def _in_words(error: av.error.FFmpegError) -> str:
    if isinstance(error, av.error.InvalidDataError):
        return "not an audio or video file, or damaged from its beginning"
    if isinstance(error, av.error.EOFError):
        return "it ends before its first packet"
    if error.errno == errno.EINVAL:
        # What libavformat answers to a container that is not on our list.
        return "not an audio or video file"
    return error.strerror or "unknown error"
