"""Recordings of another length: something can happen while they are transcribed, or soon after."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

__all__ = ["beginning", "repeated"]


def repeated(track: Path, times: int, made: Path) -> Path:
    """The track again and again, without decoding it.

    Args:
        track: As recorded.
        times: In all.
        made: Written anew, in the same format.
    """
    return _copied(["-stream_loop", str(times - 1), "-i", str(track)], made)


def beginning(track: Path, seconds: float, made: Path) -> Path:
    """The track's first seconds, without decoding it.

    Args:
        track: As recorded.
        seconds: From its first sample, which becomes second 0.
        made: Written anew, in the same format.
    """
    return _copied(["-i", str(track), "-t", f"{seconds:g}"], made)


def _copied(source: Sequence[str], made: Path) -> Path:
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", *source]
    subprocess.run([*argv, "-c", "copy", str(made)], check=True, capture_output=True)
    return made
