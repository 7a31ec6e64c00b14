"""Daily's events, read so that no shape Daily may think of makes reading fail.

Source: Daily's webhook reference. What is authentic and cannot be used is a result here, not an
error: an answer other than 200, three times, and Daily sends nothing any more.
"""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workflow_templates.runtime.daily.models import DailyRecording, RecordingType

__all__ = ["DailyEvent", "EventKind", "read_event"]


class EventKind(StrEnum):
    """What an event tells, as far as anything follows from it."""

    RECORDING_READY = "recording.ready-to-download"
    RECORDING_STARTED = "recording.started"
    RECORDING_ERROR = "recording.error"
    PARTICIPANT_JOINED = "participant.joined"
    PARTICIPANT_LEFT = "participant.left"
    OTHER = "other"
    """Of a type that nothing here depends on."""
    UNREADABLE = "unreadable"
    """No event at all: not JSON, no object, no type."""


@dataclass(frozen=True, slots=True)
class DailyEvent:
    """One event."""

    id: str
    """Daily's; where it gives none, the SHA-256 of the bytes."""
    kind: EventKind
    type: str
    """As Daily spells it; for logs."""
    payload: dict[str, Any]
    recording: DailyRecording | None = None
    """What can be processed: of a ready recording that names itself and holds something."""
    problem: str = ""
    """Why nothing can be done, where something should: one sentence."""


def read_event(body: bytes) -> DailyEvent:
    """Read the bytes of a request whose signature is right."""
    digest = hashlib.sha256(body).hexdigest()
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return _unreadable(digest, "the body is not JSON")
    if not isinstance(told, dict) or not isinstance(told.get("type"), str):
        return _unreadable(digest, "the body is not an event: it names no type")
    name = told.get("id")
    event_id = name if isinstance(name, str) and name else digest
    kind = _kind(told["type"])
    payload = told.get("payload")
    payload = payload if isinstance(payload, dict) else {}
    if kind is not EventKind.RECORDING_READY:
        return DailyEvent(event_id, kind, told["type"], payload)
    recording = _recording(payload)
    if recording is None:
        problem = "the event names no recording"
    elif recording.kind is RecordingType.UNKNOWN:
        recording, problem = None, "the recording has neither tracks nor a file"
    else:
        problem = ""
    return DailyEvent(event_id, kind, told["type"], payload, recording, problem)


def _unreadable(digest: str, problem: str) -> DailyEvent:
    return DailyEvent(digest, EventKind.UNREADABLE, "", {}, problem=problem)


def _kind(text: str) -> EventKind:
    known = {kind.value: kind for kind in EventKind}
    return known.get(text, EventKind.OTHER)


def _recording(payload: dict[str, Any]) -> DailyRecording | None:
    """Events call some fields otherwise than the REST API does."""
    return DailyRecording.read(
        {**payload, "id": payload.get("recording_id"), "s3key": payload.get("s3_key")}
    )
