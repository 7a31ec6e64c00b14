"""What every event to a receiver says beside the meeting, and the event that says no more."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflow_templates.delivery.webhook import WebhookEvent

__all__ = ["Envelope", "head_of", "test_payload"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known about a delivery beside the meeting."""

    event_id: str
    sent_at: str
    """ISO 8601, UTC."""
    room_id: str
    room_name: str
    transcript_id: str = ""
    created_at: str | None = None
    """ISO 8601."""
    link: str = ""


def head_of(event: WebhookEvent, envelope: Envelope) -> dict[str, object]:
    """The fields that come first in every event."""
    return {"event": event.value, "event_id": envelope.event_id, "timestamp": envelope.sent_at}


def test_payload(envelope: Envelope) -> Mapping[str, object]:
    """The event `test`: it says nothing about any meeting."""
    return {
        **head_of(WebhookEvent.TEST, envelope),
        "message": "This is a test webhook from Multitrack",
        "room": {"id": envelope.room_id, "name": envelope.room_name},
    }
