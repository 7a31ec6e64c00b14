"""Writing FLAC, block by block."""

from pathlib import Path
from types import TracebackType
from typing import Self

import av
from av.audio.frame import AudioFrame

from multitrack_steps.audio.conversion import Samples
from multitrack_steps.audio.pyav_errors import writing

__all__ = ["FlacWriter"]


class FlacWriter:
    """A FLAC file of 16-bit mono samples; valid, and empty, if nothing is written.

    To be used in a `with`.
    """

    def __init__(self, file: Path, rate: int) -> None:
        """Create the file.

        Raises:
            StorageFullError: No space is left.
        """
        self._file = file
        self._rate = rate
        self._position = 0
        with writing(file):
            self._container = av.open(str(file), "w", format="flac")
            stream = self._container.add_stream("flac", rate=rate, layout="mono")
            stream.codec_context.format = "s16"
            self._stream = stream

    def write(self, samples: Samples) -> None:
        """Append samples, shape (n, 1).

        Raises:
            StorageFullError: No space is left.
        """
        for begin in range(0, len(samples), self._rate):
            # The encoder copies what it is given several times over: a second at a time keeps that
            # small.
            self._write_block(samples[begin : begin + self._rate])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._encode(None)
            with writing(self._file):
                self._container.close()
            return
        try:
            self._container.close()
        except av.error.FFmpegError:
            # The error that is under way says what is wrong.
            return

    def _write_block(self, samples: Samples) -> None:
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self._rate
        frame.pts = self._position
        self._position += len(samples)
        self._encode(frame)

    def _encode(self, frame: AudioFrame | None) -> None:
        with writing(self._file):
            self._container.mux(self._stream.encode(frame))
