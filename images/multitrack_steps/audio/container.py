"""Opening a track: untrusted bytes, of any container, whatever the file is called.

A file that is really a playlist (HLS, concat, DASH, SDP) could make libavformat open other files or
addresses; so only containers that hold their audio themselves are on the list, and only the `file`
protocol.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from multitrack_steps.audio.facts import ContainerFacts
from multitrack_steps.audio.pyav_errors import reading
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.errors import BadInputError, TrackUnreadableError

__all__ = ["OpenTrack", "open_track"]

_FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,eac3,flac,flv,gsm,loas,matroska,mov,mp3,mpeg,mpegts,"
    "oga,ogg,rf64,tta,voc,w64,wav,webm,wv"
)
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": _FORMATS,
    # Bytes of seek index that libavformat gathers while it reads; nobody seeks here.
    "indexmem": "65536",
}

_ADTS_PRIMING = 1024
"""Samples before the first real one that every AAC encoder makes (ffmpeg 1024, others more) and
that ADTS, unlike other containers, has no field for: 64 ms at 16 kHz."""


@dataclass(frozen=True, slots=True)
class OpenTrack:
    """A track's container with its audio stream chosen; valid inside `open_track`."""

    name: str
    """The original's name, for messages."""
    container: InputContainer
    stream: AudioStream
    facts: ContainerFacts


@contextmanager
def open_track(source: Path, name: str) -> Iterator[OpenTrack]:
    """Open a track and choose its best audio stream.

    Args:
        source: The file; its content is probed, its name means nothing.
        name: What people call it.

    Raises:
        TrackUnreadableError: Empty, not media, or without audio. Final.
        BadInputError: There is no such file.
    """
    if not source.is_file():
        raise BadInputError(f"{source}: there is no such file; run the step that makes it")
    if source.stat().st_size == 0:
        raise TrackUnreadableError(name, "the file is empty, 0 bytes")
    with _opened(source, name) as container:
        # Frame threads would log from threads that must not wait for Python's lock; audio decoders
        # hardly use them.
        stream = _best_audio_stream(container, name)
        stream.codec_context.thread_count = 1
        yield OpenTrack(name, container, stream, _facts(source, container, stream, name))


def _opened(source: Path, name: str) -> InputContainer:
    with reading(name):
        # Tags in an old code page are no reason to refuse a track.
        return av.open(str(source.absolute()), options=_OPTIONS, metadata_errors="replace")


def _best_audio_stream(container: InputContainer, name: str) -> AudioStream:
    stream = container.streams.best("audio")
    if not isinstance(stream, AudioStream):
        raise TrackUnreadableError(name, "it has no audio stream")
    return stream


def _facts(
    source: Path, container: InputContainer, stream: AudioStream, name: str
) -> ContainerFacts:
    start = _seconds(stream.start_time, stream)
    return ContainerFacts(
        format=container.format.name,
        codec=stream.codec_context.codec.canonical_name,
        rate=stream.codec_context.sample_rate,
        channels=stream.codec_context.channels,
        stream_start=start,
        first_pts=start if start is not None else _first_sound(source, container, stream, name),
        declared_end=_declared_end(container, stream, start),
    )


def _first_pts(source: Path, name: str) -> Seconds | None:
    """Read in a container of its own, so that no packet is missing from the track."""
    with _opened(source, name) as container, reading(name):
        stream = _best_audio_stream(container, name)
        packet = next(container.demux(stream), None)
        return None if packet is None else _seconds(packet.pts, stream)


def _first_sound(
    source: Path, container: InputContainer, stream: AudioStream, name: str
) -> Seconds | None:
    """The first packet's time stamp, unsignalled priming not counted."""
    first = _first_pts(source, name)
    if first is None or container.format.name != "aac":
        return first
    return first + _ADTS_PRIMING / stream.codec_context.sample_rate


def _declared_end(
    container: InputContainer, stream: AudioStream, start: Seconds | None
) -> Seconds | None:
    """The end that a header promises.

    Matroska's is left aside: recorders write there what they like. So is what libavformat computes
    from bytes and bit rate; an MP3 has a true one in its LAME header, which shows as a start above
    0.
    """
    promised = container.format.name in ("flac", "mov,mp4,m4a,3gp,3g2,mj2") or (
        container.format.name == "mp3" and bool(start)
    )
    length = _seconds(stream.duration, stream)
    return (start or 0.0) + length if promised and length else None


def _seconds(stamp: int | None, stream: AudioStream) -> Seconds | None:
    if stamp is None or stream.time_base is None:
        return None
    return float(stamp * stream.time_base)
