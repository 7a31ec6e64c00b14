"""A track as samples of one rate and channel count, and when each contiguous run begins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from multitrack_steps.audio.container import OpenTrack
from multitrack_steps.audio.continuity import Continuity
from multitrack_steps.audio.conversion import Conversion, Samples
from multitrack_steps.audio.damage import Damage
from multitrack_steps.audio.frames import decode_frames
from multitrack_steps.audio.pyav_errors import reading
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.errors import TrackUnreadableError

__all__ = ["Chunk", "decode"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A block of audio."""

    samples: Samples
    start: Seconds | None
    """On the container's clock, where a run begins; None where the samples follow on those of the
    chunk before."""


def decode(track: OpenTrack, *, rate: int, channels: int, damage: Damage) -> Iterator[Chunk]:
    """Decode a track in one pass, in bounded memory.

    A run ends where time stamps jump (a mute gap, lost packets, an overlap) and where the format
    changes.

    Args:
        track: Open, at its beginning.
        rate: Hz, of what comes out.
        channels: 1 or 2, of what comes out.
        damage: Filled on the way.

    Raises:
        TrackUnreadableError: Not one frame can be decoded. Final.
        TemporaryError: Memory ran out.
    """
    with reading(track.name):
        yield from _runs(track, rate, channels, damage)


def _runs(track: OpenTrack, rate: int, channels: int, damage: Damage) -> Iterator[Chunk]:
    continuity = Continuity()
    conversion: Conversion | None = None
    tick = float(track.stream.time_base or 0)
    for frame in decode_frames(track, damage):
        start = None if frame.pts is None else frame.pts * tick
        if conversion and not (continuity.follows(start) and conversion.accepts(frame)):
            yield from _chunks(conversion, conversion.finish())
            conversion = None
        if conversion is None:
            begin = continuity.begin(start, frame.sample_rate)
            conversion = Conversion(frame, begin, rate=rate, channels=channels)
        continuity.advance(frame.samples)
        conversion.push(frame)
        if conversion.has_block:
            yield from _chunks(conversion, conversion.blocks())
    if conversion is None:
        raise TrackUnreadableError(track.name, "not one packet of it can be decoded")
    yield from _chunks(conversion, conversion.finish())


def _chunks(conversion: Conversion, blocks: Iterable[Samples]) -> Iterator[Chunk]:
    for samples in blocks:
        yield Chunk(samples, conversion.start)
        conversion.start = None
