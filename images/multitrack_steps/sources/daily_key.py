"""The keys under which Daily.co stores raw tracks.

`{recording start, ms}-{participant uuid}-{kind}-{track start, ms}`, without extension in a bucket
of one's own, with `.webm` when a browser downloaded it. Both times are Unix times. Source: Daily's
guide to raw-tracks recordings.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from workflow_templates.contracts.base import Seconds

__all__ = ["DailyKey", "DailyTrackKind", "parse_daily_key", "room_of"]


class DailyTrackKind(StrEnum):
    """What a participant sent on a track."""

    CAM_AUDIO = "cam-audio"
    """The microphone: the only kind that is transcribed."""
    CAM_VIDEO = "cam-video"
    SCREEN_AUDIO = "screen-audio"
    SCREEN_VIDEO = "screen-video"


_KEY = re.compile(
    r"(?P<recording>[0-9]{12,14})"
    r"-(?P<participant>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    rf"-(?P<kind>{'|'.join(DailyTrackKind)})"
    r"-(?P<track>[0-9]{12,14})"
    r"(?:\.[0-9a-z]{1,5})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DailyKey:
    """What the last part of a Daily key says."""

    recording_start_ms: int
    """Unix time; equal for all tracks of a recording."""
    participant_id: str
    """The uuid, in lower case: `participant_id` of Daily's REST API."""
    kind: DailyTrackKind
    track_start_ms: int
    """Unix time at which the track was asked for; its first sample comes about 0.2 s earlier."""

    @property
    def offset(self) -> Seconds:
        """From the recording's start to the track's."""
        return (self.track_start_ms - self.recording_start_ms) / 1000

    @property
    def recording_started_at(self) -> str:
        """ISO 8601, UTC."""
        moment = datetime.fromtimestamp(self.recording_start_ms / 1000, UTC)
        return moment.isoformat(timespec="milliseconds")

    def __str__(self) -> str:
        return f"{self.recording_start_ms}-{self.participant_id}-{self.kind}-{self.track_start_ms}"


def parse_daily_key(name: str) -> DailyKey | None:
    """Read the last part of a key, or a downloaded file's name; None for any other name."""
    match = _KEY.fullmatch(name)
    if match is None:
        return None
    return DailyKey(
        int(match["recording"]),
        match["participant"].lower(),
        DailyTrackKind(match["kind"].lower()),
        int(match["track"]),
    )


def room_of(key: str) -> str | None:
    """`{domain}/{room}`: the last two folders of a whole key in a bucket; None for a bare name."""
    return "/".join(key.split("/")[:-1][-2:]) or None
