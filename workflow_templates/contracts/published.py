"""published/transcript.json: the finished meeting in one file, for other programs."""

from typing import Annotated

from pydantic import Field

from workflow_templates.contracts.base import Contract, Document, Seconds
from workflow_templates.contracts.minutes import Backend, Decision, NextStep, Subject, Topic
from workflow_templates.contracts.recording import SourceKind
from workflow_templates.contracts.transcript import Segment, TrackSummary, Word

__all__ = [
    "PublishedActionItems",
    "PublishedParticipant",
    "PublishedRecording",
    "PublishedSegment",
    "PublishedSummary",
    "PublishedTitle",
    "PublishedTranscript",
]


class PublishedRecording(Contract):
    """What was recorded."""

    id: str
    kind: SourceKind
    name: str
    """For people: folder name, or room name."""
    started_at: str | None
    """ISO 8601 with offset, where known."""
    duration: Seconds


class PublishedParticipant(Contract):
    """A person, and the label that their words carry."""

    id: str
    name: str
    name_known: bool
    """False: nobody told us a name, and `name` is "Speaker N"."""
    user_id: str | None
    speaker: Annotated[int, Field(ge=0)]
    tracks: tuple[int, ...]
    speaking: Seconds
    """Sum of the person's words' lengths, without echoes."""
    likely_participant_id: str | None = None
    """For a voice on a shared track: whose it perhaps is."""


class PublishedSegment(Segment):
    """About a sentence; it can be read without looking up the speaker."""

    speaker_name: str


class PublishedTitle(Contract):
    """The meeting's name."""

    text: str
    given: bool
    """A person chose it."""
    backend: Backend


class PublishedSummary(Contract):
    """The minutes' text."""

    backend: Backend
    short: str
    """One paragraph, plain text. Empty for a meeting without words."""
    long: str
    """Markdown."""
    subjects: tuple[Subject, ...]
    """The long text again, in its parts."""


class PublishedActionItems(Contract):
    """What was settled and who does what next."""

    backend: Backend
    decisions: tuple[Decision, ...]
    next_steps: tuple[NextStep, ...]


class PublishedTranscript(Document):
    """published/transcript.json, made by finalize: needs no other file to be understood."""

    recording: PublishedRecording
    title: PublishedTitle
    language: str | None
    """ISO 639-1, of most of the speech; None without speech."""
    participants: tuple[PublishedParticipant, ...]
    """Ordered by speaker."""
    tracks: tuple[TrackSummary, ...]
    topics: tuple[Topic, ...]
    topics_backend: Backend
    summary: PublishedSummary
    action_items: PublishedActionItems
    left_out: tuple[str, ...] = ()
    """Steps that the run was told to skip: what they write is empty here, the title the
    recording's name.
    """
    segments: tuple[PublishedSegment, ...]
    """Ordered by start."""
    words: tuple[Word, ...]
    """Stable order by start; `segments[].words` and `echo_of` are indices in it."""
