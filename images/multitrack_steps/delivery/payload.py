"""What a webhook's receiver is sent: the legacy pipeline's fields, from the published meeting."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.delivery.webhook import WebhookEvent
from workflow_templates.legacy.action_items import legacy_action_items
from workflow_templates.legacy.formats import names_of, to_stored_webvtt, transcript_segments
from workflow_templates.legacy.segments import is_single_track
from workflow_templates.legacy.topics import topic_webvtt

__all__ = ["Envelope", "completed_payload", "test_payload"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known about a delivery beside the meeting."""

    event_id: str
    sent_at: str
    """ISO 8601, UTC."""
    transcript_id: str
    room_id: str
    room_name: str
    created_at: str | None
    """ISO 8601."""
    link: str


def completed_payload(meeting: PublishedTranscript, envelope: Envelope) -> Mapping[str, object]:
    """The event `transcript.completed`. The transcript's duration is in ms, all else in seconds."""
    names = names_of(meeting)
    return {
        **_head(WebhookEvent.TRANSCRIPT_COMPLETED, envelope),
        "transcript": {
            "id": envelope.transcript_id,
            "room_id": envelope.room_id,
            "created_at": envelope.created_at,
            "duration": round(meeting.recording.duration * 1000, 3),
            "title": meeting.title.text,
            "short_summary": meeting.summary.short,
            "long_summary": meeting.summary.long,
            "webvtt": to_stored_webvtt(transcript_segments(meeting)),
            "topics": [
                {
                    "title": topic.title,
                    "summary": topic.summary,
                    "timestamp": topic.start,
                    "duration": topic.duration,
                    "webvtt": topic_webvtt(
                        topic,
                        meeting.segments,
                        meeting.words,
                        names,
                        single_track=is_single_track(meeting),
                    ),
                }
                for topic in meeting.topics
            ],
            "participants": [
                {"id": person.id, "name": person.name, "speaker": person.speaker}
                for person in meeting.participants
            ],
            "source_language": meeting.language,
            "target_language": meeting.language,
            "status": "ended",
            "frontend_url": envelope.link,
            "action_items": legacy_action_items(
                meeting.action_items.decisions, meeting.action_items.next_steps
            ),
        },
        "room": {"id": envelope.room_id, "name": envelope.room_name},
        "calendar_event": None,
    }


def test_payload(envelope: Envelope) -> Mapping[str, object]:
    """The event `test`: it says nothing about any meeting."""
    return {
        **_head(WebhookEvent.TEST, envelope),
        "message": "This is a test webhook from Multitrack",
        "room": {"id": envelope.room_id, "name": envelope.room_name},
    }


def _head(event: WebhookEvent, envelope: Envelope) -> dict[str, object]:
    return {"event": event.value, "event_id": envelope.event_id, "timestamp": envelope.sent_at}
