"""recording.json, participants.json and the fan-out lists: what was recorded, of whom."""

import json
from collections.abc import Collection
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from workflow_templates.contracts.base import Contract, Document, Seconds

__all__ = [
    "Origin",
    "Participant",
    "ParticipantTrack",
    "Participants",
    "Recording",
    "SourceKind",
    "SourceTrack",
    "TimingHints",
    "TrackItem",
    "TrackList",
]


class SourceKind(StrEnum):
    """Where a recording came from."""

    FOLDER = "folder"
    FILES = "files"
    S3 = "s3"
    DAILY = "daily"


class Origin(Contract):
    """Where the original of a track lies, for consent deletion and for people."""

    name: str
    """The file's own name, as people know it: `Alice.webm`, or the last part of a key."""
    path: str | None = None
    """On this machine, absolute."""
    bucket: str | None = None
    key: str | None = None
    version: str | None = None
    """S3 object version, where the bucket keeps versions."""
    etag: str | None = None


class TimingHints(Contract):
    """What is known about a track's start before its container is opened."""

    start_offset: Seconds | None = None
    """Given by a person (participants file or spec): taken as it is."""
    event_offset: Seconds | None = None
    """From Daily's event JSON."""
    key_offset: Seconds | None = None
    """From the times in a Daily key; runs about 0.2 s late."""


class SourceTrack(Contract):
    """One chosen audio file, copied to `source/<index>`."""

    index: Annotated[int, Field(ge=0)]
    origin: Origin
    size: Annotated[int, Field(ge=0)]
    """Bytes."""
    participant_id: str | None = None
    """The uuid in a Daily key; None where names are people's own."""
    display_name: str | None = None
    """As said by event JSON; None where it is absent or silent."""
    timing: TimingHints = TimingHints()
    content_type: str | None = None
    """As said by event JSON; `audio/mp4` and the like mark transcoded tracks."""
    shared: bool = False
    """Everybody speaks on this track: the platform recorded one file of the whole meeting."""


class Recording(Document):
    """recording.json, made by get-recording."""

    id: str
    """Stable for the same recording; ids of topics and segments derive from it."""
    kind: SourceKind
    name: str
    """For people: folder name, or room name."""
    started_at: str | None = None
    """ISO 8601 with offset, where known."""
    duration: Seconds | None = None
    """As told by the source (Daily). None: the tracks themselves decide."""
    meeting_session_id: str | None = None
    room_name: str | None = None
    tracks: tuple[SourceTrack, ...]


class Participant(Contract):
    """A person. Several tracks (reconnects) can be theirs."""

    id: str
    name: str
    user_id: str | None = None
    speaker: Annotated[int, Field(ge=0)]
    """Index of the speaker in the transcript."""
    name_known: bool = True
    """False: nobody told us a name, and `name` is "Speaker N"."""


class ParticipantTrack(Contract):
    """One row of the explicit table track → participant → speaker."""

    track: Annotated[int, Field(ge=0)]
    participant_id: str
    speaker: Annotated[int, Field(ge=0)]
    shared: bool = False
    """Several people speak on this track (a room's microphone)."""
    diarized: bool = False
    """diarize-track tells the voices on it apart."""
    screened: bool = False
    """screen-tracks listens whether it is to be told apart, too."""


class Participants(Document):
    """participants.json, made by get-participants."""

    recording_id: str
    participants: tuple[Participant, ...]
    tracks: tuple[ParticipantTrack, ...]
    """Exactly one row a track of the recording, ordered by track."""

    def speaker_of_track(self) -> dict[int, int]:
        """Speaker index by track index."""
        return {row.track: row.speaker for row in self.tracks}

    def by_speaker(self) -> dict[int, Participant]:
        """Participant by speaker index."""
        return {participant.speaker: participant for participant in self.participants}


class TrackItem(Contract):
    """One entry of the fan-out list: everything a per-track step must know, as one parameter."""

    schema_version: Literal[1] = 1
    index: Annotated[int, Field(ge=0)]
    name: str
    """The participant's name, for display only: it never changes what a step computes."""
    file: str
    """The original's name, for messages."""
    timing: TimingHints = TimingHints()
    transcoded: bool = False
    """The platform re-encoded the track: its container's start time says nothing."""
    recording_duration: Seconds | None = None
    shared: bool = False

    def identity(self) -> str:
        """The item as it enters a fingerprint: without what is only displayed."""
        return self.model_dump_json(exclude={"name"})


class TrackList(Document):
    """tracks.json, made by get-participants: the entries of the fan-out lists."""

    tracks: tuple[TrackItem, ...]
    """Exactly one a track of the recording, ordered by index."""

    def fan_out(self, indices: Collection[int] | None = None) -> str:
        """The entries as a JSON list that survives Argo's templates.

        These garble some non-ASCII, and evaluate `{{`.

        Args:
            indices: Which tracks; None: all.
        """
        entries = [
            item.model_dump(mode="json")
            for item in self.tracks
            if indices is None or item.index in indices
        ]
        return json.dumps(entries).replace("{{", "{\\u007b")
