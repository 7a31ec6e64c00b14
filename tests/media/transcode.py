"""Test media from the sample in other codecs, containers, rates and layouts; and media without
speech."""

import wave
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from tests.media.made_track import MadeTrack, Span

__all__ = [
    "FORMATS",
    "decode_plainly",
    "encode",
    "film",
    "four_channels",
    "header_only",
    "silence",
    "transcode",
]

Mono = npt.NDArray[np.float32]
"""Samples, shape (n,), -1 to 1."""

FORMATS = {
    "wav": ("wav", "pcm_s16le"),
    "wav-24": ("wav", "pcm_s24le"),
    "flac": ("flac", "flac"),
    "mp3": ("mp3", "libmp3lame"),
    "aac-adts": ("adts", "aac"),
    "aac-m4a": ("ipod", "aac"),
    "aac-mka": ("matroska", "aac"),
    "flac-mka": ("matroska", "flac"),
    "opus-ogg": ("ogg", "libopus"),
    "opus-webm": ("webm", "libopus"),
}
"""Muxer and encoder by the name that tests use."""


def decode_plainly(source: Path, rate: int) -> Mono:
    """Decode a whole file to mono, ignoring all time stamps: a judge that shares no code with the
    steps."""
    resampler = av.AudioResampler("fltp", "mono", rate)
    with av.open(str(source)) as container:
        frames = [
            resampled.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for resampled in resampler.resample(frame)
        ]
    frames += [resampled.to_ndarray()[0] for resampled in resampler.resample(None)]
    return np.concatenate(frames).astype(np.float32)


def encode(
    samples: Mono, to: Path, form: str, *, rate: int, channels: int = 1, bit_rate: int = 96_000
) -> Path:
    """Write samples of `rate` in one of `FORMATS`; in stereo the right channel is half as loud."""
    muxer, codec = FORMATS[form]
    planes = np.stack([samples, np.float32(0.5) * samples])[:channels]
    with av.open(str(to), "w", format=muxer) as container:
        layout = "stereo" if channels == 2 else "mono"
        stream = cast("AudioStream", container.add_stream(codec, rate=rate, layout=layout))
        stream.bit_rate = bit_rate
        for begin in range(0, planes.shape[1], rate):
            block = np.ascontiguousarray(planes[:, begin : begin + rate])
            frame = AudioFrame.from_ndarray(block, format="fltp", layout=layout)
            frame.sample_rate = rate
            frame.pts = begin
            frame.time_base = Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return to


def transcode(
    source: Path,
    to: Path,
    form: str,
    *,
    rate: int = 48_000,
    channels: int = 1,
    span: Span = (0.0, 1e9),
    zeros: tuple[Span, ...] = (),
) -> MadeTrack:
    """Re-encode a stretch of a track so that it starts at 0, as platforms that transcode do.

    Args:
        source: Any track.
        to: Written anew.
        form: One of `FORMATS`.
        rate: Hz.
        channels: 1 or 2.
        span: What is kept, in seconds from the source's first sample.
        zeros: Stretches muted by digital zero, on the new file's clock.
    """
    begin, end = (round(min(edge, 1e6) * rate) for edge in span)
    samples = decode_plainly(source, rate)[begin:end].copy()
    for start, stop in zeros:
        samples[round(start * rate) : round(stop * rate)] = 0
    encode(samples, to, form, rate=rate, channels=channels)
    return MadeTrack(
        file=to,
        reference=source,
        reference_offset=-span[0],
        start=0.0,
        end=len(samples) / rate,
        gaps=zeros,
    )


def silence(to: Path, seconds: float, form: str = "flac", *, rate: int = 48_000) -> Path:
    """Write digital silence."""
    return encode(np.zeros(round(seconds * rate), np.float32), to, form, rate=rate)


def film(to: Path, seconds: float, *, sound: Mono | None = None, rate: int = 48_000) -> Path:
    """Write a grey MP4 film, with or without a sound track."""
    with av.open(str(to), "w", format="mp4") as container:
        video = container.add_stream("mpeg4", rate=5)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = None if sound is None else container.add_stream("aac", rate=rate, layout="mono")
        for index in range(round(seconds * 5)):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 128, np.uint8))
            picture.pts = index
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        if audio is not None and sound is not None:
            frame = AudioFrame.from_ndarray(sound[np.newaxis], format="fltp", layout="mono")
            frame.sample_rate = rate
            frame.pts = 0
            container.mux(audio.encode(frame))
            container.mux(audio.encode(None))
    return to


def four_channels(to: Path, samples: Mono, rate: int) -> Path:
    """Write a plain WAV of four equal channels that does not say which is where, as recorders
    do."""
    frames = np.repeat((samples * 32767).astype("<i2")[:, np.newaxis], 4, axis=1)
    with wave.open(str(to), "wb") as file:
        file.setnchannels(4)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames.tobytes())
    return to


def header_only(to: Path) -> Path:
    """Write a WebM that promises Opus and ends before its first packet."""
    with av.open(str(to), "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        stream.codec_context.open()
        container.start_encoding()
    return to
