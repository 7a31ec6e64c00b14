"""The one meeting of these tests, as our steps leave it; each test says what others read of it.

Alice asks and Ben agrees while she still speaks. Over an hour later Alice begins a sentence, Ben
interrupts her, which begins another topic, and she ends hers in it.
"""

from tests.unit.publication.meetings import BACKEND, a_line, a_meeting
from workflow_templates.contracts.base import Document
from workflow_templates.contracts.minutes import (
    ActionItems,
    Decision,
    NextStep,
    Subject,
    Summary,
    Title,
    Topic,
    Topics,
)
from workflow_templates.contracts.results import Waveform
from workflow_templates.contracts.transcript import Segment, Speaker, Transcript

DURATION = 5100.0
"""Seconds: 1:25:00."""
STARTED_AT = "2024-03-04T10:00:00+01:00"
SHORT = "They start and set the release."
LONG = (
    "# Quick recap\n\nThey start and set the release.\n\n# Summary\n\n**Release**\n\n"
    "It is on Thursday.\n\n# Participants\n\n- Alice\n- Ben\n"
)
TOPICS = (
    Topic(
        id="topic-0",
        title="The Start",
        summary="They begin.",
        start=1.0,
        duration=3781.0,
        first_segment=0,
        last_segment=2,
    ),
    Topic(
        id="topic-8",
        title="The Release",
        summary="The release is set.",
        start=5025.25,
        duration=8.75,
        first_segment=3,
        last_segment=4,
    ),
)
DECISION = Decision(
    decision="Release on Thursday",
    rationale="Tests are done",
    decided_by="Ben",
    decided_by_participant_id="p1",
    start=5025.25,
)
NEXT_STEP = NextStep(
    task="Check the budget",
    assigned_to="Alice",
    assigned_to_participant_id="p0",
    deadline="by Thursday",
    context="The release",
)

_MEETING = a_meeting(
    a_line("Shall we start? I think so.", 1.0, speaker=0, seconds=6.0),
    a_line("Yes!", 2.5, speaker=1, seconds=0.5),
    a_line("And the", 3780.0, speaker=0, seconds=2.0),
    a_line("We release on Thursday.", 5025.25, speaker=1, seconds=4.0),
    a_line("budget is fine.", 5031.0, speaker=0, seconds=3.0),
    title="Weekly stand-up",
    topics=TOPICS,
    short=SHORT,
    subjects=[Subject(heading="Release", text="It is on Thursday.")],
    decisions=[DECISION],
    next_steps=[NEXT_STEP],
    started_at=STARTED_AT,
)
MEETING = _MEETING.model_copy(
    update={
        "recording": _MEETING.recording.model_copy(
            update={"id": "rec-1", "name": "standup", "duration": DURATION}
        ),
        "summary": _MEETING.summary.model_copy(update={"long": LONG}),
    }
)
"""published/transcript.json."""


def files() -> dict[str, Document]:
    """What the steps of a finished job have left, by key."""
    transcript = Transcript(
        recording_id="rec-1",
        duration=DURATION,
        language="en",
        speakers=tuple(
            Speaker(
                index=person.speaker,
                name=person.name,
                participant_id=person.id,
                tracks=person.tracks,
                speaking=person.speaking,
            )
            for person in MEETING.participants
        ),
        words=MEETING.words,
        segments=tuple(
            Segment.model_validate(each.model_dump(include=set(Segment.model_fields)))
            for each in MEETING.segments
        ),
        tracks=(),
    )
    return {
        "published/transcript.json": MEETING,
        "transcript.json": transcript,
        "topics.json": Topics(recording_id="rec-1", backend=BACKEND, topics=TOPICS),
        "title.json": Title(title="Weekly stand-up", given=False, backend=BACKEND),
        "summary.json": Summary(
            backend=BACKEND, short=SHORT, long=LONG, subjects=MEETING.summary.subjects
        ),
        "action_items.json": ActionItems(
            backend=BACKEND, decisions=(DECISION,), next_steps=(NEXT_STEP,)
        ),
        "waveform.json": Waveform(duration=DURATION, peaks=(0.25, 1.0, *[0.0] * 253)),
    }
