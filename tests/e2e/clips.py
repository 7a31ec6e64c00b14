"""Recordings that take a while: something can happen while they are transcribed."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

__all__ = ["repeated"]


def repeated(track: Path, times: int, made: Path) -> Path:
    """The track again and again, without decoding it.

    Args:
        track: As recorded.
        times: In all.
        made: Written anew, in the same format.
    """
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y"]
    argv += ["-stream_loop", str(times - 1), "-i", str(track), "-c", "copy", str(made)]
    subprocess.run(argv, check=True, capture_output=True)
    return made
