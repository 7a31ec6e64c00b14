"""track/<i>.json: how one track lies on the recording's clock."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from workflow_templates.contracts.base import Contract, Document, Seconds

__all__ = ["Gap", "OffsetSource", "Track", "TrackOffset"]


class OffsetSource(StrEnum):
    """Who said when a track starts, in falling order of trust."""

    GIVEN = "given"
    """A person said so."""
    STREAM_START = "stream-start"
    """The container's start time of the audio stream; ±50 ms."""
    FIRST_PTS = "first-pts"
    """The first packet's time stamp, where the stream has no start time; ±50 ms."""
    EVENT_JSON = "event-json"
    """Daily's event JSON; ±300 ms."""
    KEY = "key"
    """The times in a Daily key; ±300 ms."""
    ASSUMED_ZERO = "assumed-zero"
    """Nothing is known: the track is taken to start with the recording."""


class TrackOffset(Contract):
    """From the recording's start to the track's first sample."""

    seconds: Annotated[Seconds, Field(ge=0)]
    source: OffsetSource
    uncertainty: Seconds | None
    """± seconds; None where nothing is known."""


class Gap(Contract):
    """A stretch without audio frames: before joining, muted, or lost."""

    start: Seconds
    end: Seconds


class Track(Document):
    """track/<i>.json, made by pad-track beside audio/<i>.flac."""

    index: Annotated[int, Field(ge=0)]
    file: str
    offset: TrackOffset
    duration: Seconds
    """Length of audio/<i>.flac: from the recording's start to the track's last sample, or to the
    recording's end where that is known."""
    gaps: tuple[Gap, ...]
    """Ordered, not overlapping, on the recording's clock; the time before joining is the first."""
    codec: str | None
    rate: int | None
    """Hz, of the original."""
    channels: int | None
    peak_dbfs: float | None
    """Loudest sample of the track, 0 = full scale; None for a track of digital silence."""
    truncated_at: Seconds | None = None
    """Where audio past the recording's end was cut away."""
    damaged: str | None = None
    """One sentence about a stretch that could not be decoded."""
    failed: str | None = None
    """Set under on-track-failure `gap`: why this track is one single gap."""
