"""A job as the legacy API shows a transcript."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from multitrack.api.reasons import ConditionType
from multitrack.api.recording_job import RecordingJob
from multitrack.gateway.events.legacy_words import legacy_status
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.legacy.action_items import legacy_action_items
from workflow_templates.legacy.formats import (
    SegmentRow,
    TextFormat,
    to_rows,
    to_stored_webvtt,
    to_text,
    to_text_timestamped,
    to_webvtt_named,
    transcript_segments,
)

__all__ = [
    "LegacyParticipant",
    "LegacyTranscript",
    "formatted",
    "is_published",
    "is_told_in_zulip",
    "legacy_transcript",
]

_MILLISECONDS = 1000
_ZULIP = "zulip"
"""As `status.delivery.targets` names it."""


class LegacyParticipant(BaseModel):
    """A person, and the speaker that their words carry."""

    model_config = ConfigDict(frozen=True)

    id: str
    speaker: int | None
    name: str
    user_id: str | None = None


class LegacyTranscript(BaseModel):
    """Names, units and states as in the legacy API; what it has and we have not is null."""

    model_config = ConfigDict(frozen=True)

    id: str
    """The job's name."""
    user_id: str | None = None
    name: str
    status: str
    """idle, uploaded, recording, processing, error or ended."""
    locked: bool = False
    duration: float | None
    """Milliseconds."""
    title: str | None = None
    short_summary: str | None = None
    long_summary: str | None = None
    action_items: dict[str, Any] | None = None
    created_at: str
    share_mode: str = "private"
    source_language: str | None = None
    target_language: str | None = None
    reviewed: bool = False
    meeting_id: str | None = None
    recording_id: str | None = None
    room_id: str | None = None
    room_name: str | None = None
    source_kind: str = "room"
    audio_location: str = "storage"
    audio_deleted: bool | None = None
    """True: it is gone. False: it is to go, and is still there. Null: it stays."""
    zulip_message_id: int | None = None
    """Of the message that post-zulip has posted."""
    workflow_run_id: str | None = None
    change_seq: int | None = None
    participants: list[LegacyParticipant] | None = None
    webvtt: str | None = None
    """The stored WebVTT, with numbered voices: `<v Speaker0>`."""
    transcript_format: TextFormat
    transcript: str | list[SegmentRow] | None = None
    """In the format that was asked for; null as long as nothing is published."""


def legacy_transcript(
    job: RecordingJob,
    published: PublishedTranscript | None,
    text_format: TextFormat,
    *,
    zulip_message_id: int | None = None,
) -> LegacyTranscript:
    """What is known of the meeting.

    Args:
        job: The job.
        published: Once there is one.
        text_format: Of the field `transcript`.
        zulip_message_id: Once there is a message.
    """
    daily = job.spec.source.daily
    run = job.status.workflow_ref
    facts = job.status.recording
    seconds = facts.duration_seconds if facts else None
    version = job.resource_version
    return LegacyTranscript(
        id=job.name,
        name=job.spec.title or (published.title.text if published else job.name),
        status=legacy_status(job),
        duration=None if seconds is None else round(seconds * _MILLISECONDS, 3),
        created_at=job.created.isoformat(),
        recording_id=daily.recording_id if daily else None,
        meeting_id=daily.meeting_session_id if daily else None,
        room_name=daily.room_name if daily else None,
        audio_deleted=job.status.audio_deleted,
        zulip_message_id=zulip_message_id,
        workflow_run_id=run.name if run else None,
        change_seq=int(version) if version.isdigit() else None,
        transcript_format=text_format,
        **(_meeting(published, text_format) if published else {}),
    )


def formatted(published: PublishedTranscript, text_format: TextFormat) -> str | list[SegmentRow]:
    """The transcript in one of the four formats."""
    segments = transcript_segments(published)
    match text_format:
        case TextFormat.TEXT:
            return to_text(segments)
        case TextFormat.TEXT_TIMESTAMPED:
            return to_text_timestamped(segments)
        case TextFormat.WEBVTT_NAMED:
            return to_webvtt_named(segments)
        case TextFormat.JSON:
            return to_rows(segments)


def is_published(job: RecordingJob) -> bool:
    """Whether the transcript of this run can be had."""
    return job.status.is_true(ConditionType.TRANSCRIPT_READY)


def is_told_in_zulip(job: RecordingJob) -> bool:
    """Whether there may be a message; while it is sent anew, the earlier one is there."""
    delivery = job.status.delivery
    return delivery is not None and any(target.name == _ZULIP for target in delivery.targets)


def _meeting(published: PublishedTranscript, text_format: TextFormat) -> dict[str, Any]:
    items = published.action_items
    return {
        "title": published.title.text,
        "short_summary": published.summary.short,
        "long_summary": published.summary.long,
        "action_items": legacy_action_items(items.decisions, items.next_steps),
        "source_language": published.language,
        "target_language": published.language,
        "participants": [
            LegacyParticipant(
                id=person.id, speaker=person.speaker, name=person.name, user_id=person.user_id
            )
            for person in published.participants
        ],
        "webvtt": to_stored_webvtt(transcript_segments(published)),
        "transcript": formatted(published, text_format),
    }
