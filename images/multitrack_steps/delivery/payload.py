"""What a webhook's receiver is sent: the legacy pipeline's fields, from the published meeting."""

from collections.abc import Mapping

from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.delivery.envelope import Envelope, head_of
from workflow_templates.delivery.webhook import WebhookEvent
from workflow_templates.legacy.action_items import legacy_action_items
from workflow_templates.legacy.formats import names_of, to_stored_webvtt, transcript_segments
from workflow_templates.legacy.segments import is_single_track
from workflow_templates.legacy.topics import topic_webvtt

__all__ = ["completed_payload"]


def completed_payload(meeting: PublishedTranscript, envelope: Envelope) -> Mapping[str, object]:
    """The event `transcript.completed`. The transcript's duration is in ms, all else in seconds."""
    names = names_of(meeting)
    return {
        **head_of(WebhookEvent.TRANSCRIPT_COMPLETED, envelope),
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
