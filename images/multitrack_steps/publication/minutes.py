"""Everything that finalize brings together, read and checked for consistency."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from multitrack_steps.context import StepContext
from multitrack_steps.transcript.reading import check_table, read_per_track
from workflow_templates.contracts.base import Document
from workflow_templates.contracts.minutes import ActionItems, Summary, Title, Topics
from workflow_templates.contracts.recording import Participants, Recording
from workflow_templates.contracts.track import Track
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.runtime.errors import BadInputError

__all__ = ["Minutes", "check_minutes", "read_minutes"]

_AnyDocument = TypeVar("_AnyDocument", bound=Document)


@dataclass(frozen=True, slots=True)
class Minutes:
    """All documents of one meeting; None: the step that writes it was left out of the run."""

    recording: Recording
    participants: Participants
    tracks: dict[int, Track]
    """By index; every track of the recording."""
    transcript: Transcript
    topics: Topics | None
    title: Title | None
    summary: Summary | None
    action_items: ActionItems | None

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of the steps whose documents are not there."""
        written_by = {
            "detect-topics": self.topics,
            "generate-title": self.title,
            "generate-summary": self.summary,
            "extract-action-items": self.action_items,
        }
        return tuple(step for step, document in written_by.items() if document is None)


def read_minutes(context: StepContext) -> Minutes:
    """Read finalize's inputs and check that they belong together.

    Raises:
        BadInputError: A document is invalid or contradicts another, or one is absent that no
            meeting is published without.
    """

    def file(name: str) -> Path:
        return context.input(name)

    def perhaps(name: str, contract: type[_AnyDocument]) -> _AnyDocument | None:
        return contract.read(file(name)) if context.has_input(name) else None

    recording = Recording.read(file("recording"))
    minutes = Minutes(
        recording=recording,
        participants=Participants.read(file("participants")),
        tracks=read_per_track(file("tracks"), recording, Track, "pad-track"),
        transcript=Transcript.read(file("transcript")),
        topics=perhaps("topics", Topics),
        title=perhaps("title", Title),
        summary=perhaps("summary", Summary),
        action_items=perhaps("action-items", ActionItems),
    )
    check_minutes(minutes)
    return minutes


def check_minutes(minutes: Minutes) -> None:
    """Make sure that nothing published points nowhere.

    Raises:
        BadInputError: Documents of different recordings, or an index, time or id that nothing
            stands behind.
    """
    check_table(minutes.recording, minutes.participants)
    recording_ids = {"transcript.json": minutes.transcript.recording_id}
    if minutes.topics is not None:
        recording_ids["topics.json"] = minutes.topics.recording_id
    for name, recording_id in recording_ids.items():
        if recording_id != minutes.recording.id:
            raise BadInputError(
                f"{name} belongs to the recording {recording_id!r}, recording.json to "
                f"{minutes.recording.id!r}; run the step that makes it again"
            )
    _check_speakers(minutes)
    _check_words(minutes.transcript)
    _check_segments(minutes.transcript)
    if minutes.topics is not None:
        _check_topics(minutes.topics, minutes.transcript)
    if minutes.action_items is not None:
        _check_participants_of_action_items(minutes.action_items, minutes.participants)


def _check_speakers(minutes: Minutes) -> None:
    """transcript.json must name the people of participants.json: names may have changed since."""
    people = {participant.id for participant in minutes.participants.participants}
    voices = {speaker.index for speaker in minutes.transcript.speakers if speaker.voice}
    in_transcript = {
        speaker.index: (speaker.participant_id, speaker.name)
        for speaker in minutes.transcript.speakers
        if not speaker.voice
    }
    # A room's first voice has the room's place.
    in_participants = {
        participant.speaker: (participant.id, participant.name)
        for participant in minutes.participants.participants
        if participant.speaker not in voices
    }
    owners = {speaker.participant_id for speaker in minutes.transcript.speakers if speaker.voice}
    if in_transcript != in_participants or not owners <= people:
        raise BadInputError(
            "transcript.json names other speakers than participants.json; "
            "run merge-transcripts again"
        )


def _check_words(transcript: Transcript) -> None:
    speakers = {speaker.index for speaker in transcript.speakers}
    earlier = 0.0
    for index, word in enumerate(transcript.words):
        if not earlier <= word.start <= word.end <= transcript.duration:
            raise _broken(f"word {index} lies outside the recording or before the word before it")
        if word.speaker not in speakers:
            raise _broken(f"word {index} is of speaker {word.speaker}, whom it does not list")
        if word.echo_of is not None and not _is_original(transcript, word.echo_of):
            raise _broken(f"word {index} is an echo of word {word.echo_of}, which is no original")
        earlier = word.start


def _is_original(transcript: Transcript, index: int) -> bool:
    in_range = 0 <= index < len(transcript.words)
    return in_range and transcript.words[index].echo_of is None


def _check_segments(transcript: Transcript) -> None:
    told = [index for segment in transcript.segments for index in segment.words]
    spoken = [index for index, word in enumerate(transcript.words) if word.echo_of is None]
    if sorted(told) != spoken:
        raise _broken("its segments do not hold every word that is no echo exactly once")
    for position, segment in enumerate(transcript.segments):
        if any(transcript.words[index].speaker != segment.speaker for index in segment.words):
            raise _broken(f"segment {position} holds words of another speaker")


def _check_topics(topics: Topics, transcript: Transcript) -> None:
    following = 0
    for topic in topics.topics:
        if topic.first_segment != following or topic.last_segment < topic.first_segment:
            raise BadInputError(
                f"topics.json: the topic {topic.title!r} covers the segments "
                f"{topic.first_segment} to {topic.last_segment}, and {following} would be next; "
                "run detect-topics again"
            )
        following = topic.last_segment + 1
    if topics.topics and following != len(transcript.segments):
        raise BadInputError(
            f"topics.json covers {following} segments, transcript.json has "
            f"{len(transcript.segments)}; run detect-topics again"
        )


def _check_participants_of_action_items(
    action_items: ActionItems, participants: Participants
) -> None:
    known = {participant.id for participant in participants.participants}
    named = [decision.decided_by_participant_id for decision in action_items.decisions]
    named += [step.assigned_to_participant_id for step in action_items.next_steps]
    for participant_id in named:
        if participant_id is not None and participant_id not in known:
            raise BadInputError(
                f"action_items.json names the participant {participant_id!r}, whom "
                "participants.json does not have; run extract-action-items again"
            )


def _broken(what: str) -> BadInputError:
    return BadInputError(f"transcript.json: {what}; run merge-transcripts again")
