"""The ffmpeg command: where it is, and the one thing that it does here, MP3.

Tracks are never handed to it. It reads bare samples from a pipe, so no file that a stranger made
can steer it. (Its LAME needs half the CPU time of the one that PyAV carries: 12 s against 26 s for
an hour of mono.)
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from multitrack_steps.audio.conversion import Samples
from workflow_templates.runtime.errors import MultitrackError, SettingsError, StorageFullError

__all__ = ["FFMPEG_VARIABLE", "Mp3Encoder", "find_ffmpeg"]

FFMPEG_VARIABLE = "MULTITRACK_FFMPEG"
"""Environment variable that names the ffmpeg to use."""

_COMPRESSION_LEVEL = 7
"""LAME's quality setting (0 best, 9 fastest; its own default 5). From 5 to 7 CPU time falls by a
quarter, 9 gains nothing. (LAME also takes some
level off: measured gain 0.95 at 64 and 128 kbit/s, 0.97 at 192, at levels 5 and 7 alike.)"""

_FULL_DISK = "No space left on device"


def find_ffmpeg() -> str:
    """Name the ffmpeg to run: `$MULTITRACK_FFMPEG`, that on the PATH, or that of a package.

    Raises:
        SettingsError: There is none, or the variable names none.
    """
    named = os.environ.get(FFMPEG_VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise SettingsError(
                f"{FFMPEG_VARIABLE}={named}: there is no such program; name an ffmpeg or unset it"
            )
        return found
    return shutil.which("ffmpeg") or _packaged_ffmpeg()


def _packaged_ffmpeg() -> str:
    try:
        import imageio_ffmpeg  # noqa: PLC0415 - not installed where the system has an ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise SettingsError(
            f"there is no ffmpeg; install it, or imageio-ffmpeg, or name one in {FFMPEG_VARIABLE}"
        ) from error


class Mp3Encoder:
    """An MP3 file with a LAME header, so that players skip the encoder's delay.

    To be used in a `with`.
    """

    def __init__(self, file: Path, *, rate: int, channels: int, kbps: int) -> None:
        """Start ffmpeg.

        Args:
            file: Written anew.
            rate: Hz.
            channels: 1 or 2.
            kbps: Constant bit rate, kbit/s.

        Raises:
            SettingsError: There is no ffmpeg.
        """
        self._file = file
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._process = subprocess.Popen(  # noqa: S603 - fixed arguments, samples on stdin
            [
                *(find_ffmpeg(), "-nostdin", "-hide_banner", "-v", "error", "-y"),
                *("-f", "s16le", "-ar", str(rate), "-ac", str(channels), "-i", "pipe:0"),
                *("-c:a", "libmp3lame", "-b:a", f"{kbps}k"),
                *("-compression_level", str(_COMPRESSION_LEVEL)),
                *("-f", "mp3", f"file:{file.absolute()}"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
        )

    def write(self, samples: Samples) -> None:
        """Append samples, shape (n, channels).

        Raises:
            StorageFullError: No space is left.
            MultitrackError: ffmpeg gave up.
        """
        pipe = cast("IO[bytes]", self._process.stdin)
        try:
            pipe.write(samples.tobytes())
        except BrokenPipeError as error:
            self._process.wait()
            raise self._failure() from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._log:
            if kind is not None:
                self._process.kill()
                self._process.communicate()
                return
            # Closes the pipe; ffmpeg then writes the last frames and the header.
            self._process.communicate()
            if self._process.returncode:
                raise self._failure()

    def _failure(self) -> MultitrackError:
        self._log.seek(0)
        log = self._log.read().decode(errors="replace").strip()
        if _FULL_DISK in log:
            return StorageFullError(self._file.parent)
        last_line = log.splitlines()[-1] if log else "without a word"
        return MultitrackError(
            f"{self._file}: ffmpeg failed with exit code {self._process.returncode} ({last_line})"
        )
