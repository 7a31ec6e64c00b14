"""When a track starts: by a person, its container, the platform or its name.

A pure function, so that the rule can be read, and tested, as a table.
"""

from dataclasses import dataclass

from multitrack_steps.audio.facts import ContainerFacts
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.recording import TimingHints, TrackItem
from workflow_templates.contracts.track import OffsetSource, TrackOffset
from workflow_templates.runtime.errors import TrackOffsetError

__all__ = ["CONTAINER_UNCERTAINTY", "HINT_UNCERTAINTY", "LONGEST_PRIMING", "decide_offset"]

CONTAINER_UNCERTAINTY: Seconds = 0.05
"""±: what a container's start time is good for; a start within it of 0 counts as 0."""

HINT_UNCERTAINTY: Seconds = 0.3
"""±: of Daily's event JSON, and of the times in a key, which run about 0.2 s late."""

LONGEST_PRIMING: Seconds = 0.15
"""How far below 0 a container may start and still mean 0: encoders put samples before the first one
(Opus usually 312 at 48 kHz, 7 ms; AAC up to 2112, at 16 kHz 132 ms), and some containers stamp them
with negative times."""

_CLEARLY_LATER: Seconds = 1.0
"""Beyond this a hint outweighs a container that starts at 0."""

_UNTIMED_FORMATS = frozenset(
    {"aac", "ac3", "aiff", "amr", "au", "caf", "flac", "mp3", "mpeg", "mpegts", "w64", "wav", "wv"}
)
"""Containers, by libavformat's name, whose start says nothing: most cannot carry one (what an MP3
shows, 25 ms at 44.1 kHz and 69 ms at 16 kHz, is its encoder's delay), and broadcast streams count
from any moment (ffmpeg's own from 1.4 s)."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one source says, before it is checked. Claims, unlike offsets, may be negative."""

    seconds: Seconds
    source: OffsetSource
    uncertainty: Seconds | None
    slack: Seconds = 0.0
    """How far below 0 still means 0."""


_SPOKEN = {
    OffsetSource.GIVEN: "given by a person",
    OffsetSource.STREAM_START: "its container's start time",
    OffsetSource.FIRST_PTS: "its first packet's time stamp",
    OffsetSource.EVENT_JSON: "the recorder's event file",
    OffsetSource.KEY: "the times in its key",
    OffsetSource.ASSUMED_ZERO: "assumed",
}


def decide_offset(facts: ContainerFacts, track: TrackItem) -> TrackOffset:
    """Decide when a track's first sample sounds, on the recording's clock.

    What a person gave wins; then the container's start, where it carries one. A start of 0 is
    unknown in containers that cannot carry one and in tracks that the platform re-encoded, and
    wherever a hint says more than 1 s; then the event's time counts, then the key's. Where nothing
    is known the track is taken to start with the recording.

    Raises:
        TrackOffsetError: The track would start before the recording or after its end.
    """
    claim = _most_trusted(facts, track.timing, transcoded=track.transcoded)
    if claim.seconds < -claim.slack:
        raise TrackOffsetError(
            f"{track.file}: starts {-claim.seconds:.3f} s before the recording according to "
            f"{_SPOKEN[claim.source]}; correct its offset in the participants file"
        )
    if track.recording_duration is not None and claim.seconds > track.recording_duration:
        raise TrackOffsetError(
            f"{track.file}: starts at {claim.seconds:.3f} s according to {_SPOKEN[claim.source]}, "
            f"but the recording ends at {track.recording_duration:.3f} s; "
            "correct its offset in the participants file"
        )
    return TrackOffset(
        seconds=round(max(0.0, claim.seconds), 6),
        source=claim.source,
        uncertainty=claim.uncertainty,
    )


def _most_trusted(facts: ContainerFacts, hints: TimingHints, *, transcoded: bool) -> _Claim:
    if hints.start_offset is not None:
        return _Claim(hints.start_offset, OffsetSource.GIVEN, 0.0)
    carried = None if transcoded else _carried_start(facts)
    hinted = _hinted_start(hints)
    if carried is not None and not (_is_zero(carried) and _say_clearly_later(hints)):
        return carried
    if hinted is not None:
        return hinted
    return _Claim(0.0, OffsetSource.ASSUMED_ZERO, None)


def _carried_start(facts: ContainerFacts) -> _Claim | None:
    """The container's start, None if this kind of container has none."""
    if facts.formats & _UNTIMED_FORMATS or (facts.stream_start is None and facts.first_pts is None):
        return None
    source = OffsetSource.STREAM_START if facts.stream_start is not None else OffsetSource.FIRST_PTS
    return _Claim(facts.start, source, CONTAINER_UNCERTAINTY, slack=LONGEST_PRIMING)


def _hinted_start(hints: TimingHints) -> _Claim | None:
    if hints.event_offset is not None:
        source, seconds = OffsetSource.EVENT_JSON, hints.event_offset
    elif hints.key_offset is not None:
        source, seconds = OffsetSource.KEY, hints.key_offset
    else:
        return None
    return _Claim(seconds, source, HINT_UNCERTAINTY, slack=HINT_UNCERTAINTY)


def _is_zero(claim: _Claim) -> bool:
    return -claim.slack <= claim.seconds <= CONTAINER_UNCERTAINTY


def _say_clearly_later(hints: TimingHints) -> bool:
    return any(
        hint is not None and hint > _CLEARLY_LATER
        for hint in (hints.event_offset, hints.key_offset)
    )
