"""The webhook messages that Daily sends: an envelope and a payload."""

import uuid
from collections.abc import Mapping
from typing import Any

from tests.fakes.daily.recordings import START_TS

__all__ = [
    "participant_joined",
    "participant_left",
    "recording_error",
    "recording_ready",
    "recording_started",
]

Event = dict[str, Any]


def recording_ready(recording: Mapping[str, Any], **payload: Any) -> Event:
    """`recording.ready-to-download` for a recording as REST shows it."""
    return _event(
        "recording.ready-to-download",
        {
            "type": recording.get("type"),
            "recording_id": recording["id"],
            "room_name": recording.get("room_name"),
            "start_ts": recording.get("start_ts"),
            "status": "finished",
            "max_participants": recording.get("max_participants"),
            "duration": recording.get("duration"),
            "s3_key": recording.get("s3key"),
            "share_token": recording.get("share_token"),
            "tracks": recording.get("tracks"),
            **payload,
        },
    )


def recording_started(recording: Mapping[str, Any], **payload: Any) -> Event:
    """`recording.started`."""
    return _event(
        "recording.started",
        {
            "recording_id": recording["id"],
            "room_name": recording.get("room_name"),
            "start_ts": recording.get("start_ts"),
            "action": "start-cloud-recording",
            "layout": {"preset": "raw-tracks"},
            "started_by": "ee5b4a46-2d1f-4cd5-9b1f-7d3f6a6b9b10",
            "instance_id": "c3df927c-f738-4471-a2b7-066fa7e95a6b",
            **payload,
        },
    )


def recording_error(room_name: str = "standup", **payload: Any) -> Event:
    """`recording.error`, with the misspelling that Daily's messages have."""
    return _event(
        "recording.error",
        {
            "action": "clourd-recording-err",
            "error_msg": "media server lost",
            "instance_id": "c3df927c-f738-4471-a2b7-066fa7e95a6b",
            "room_name": room_name,
            "timestamp": START_TS + 12,
            **payload,
        },
    )


def participant_joined(session_id: str, name: str | None = None, **payload: Any) -> Event:
    """`participant.joined`; its times are floats."""
    return _event("participant.joined", {**_person(session_id, name), **payload})


def participant_left(session_id: str, name: str | None = None, **payload: Any) -> Event:
    """`participant.left`."""
    return _event("participant.left", {**_person(session_id, name), "duration": 39.53, **payload})


def _person(session_id: str, name: str | None) -> dict[str, Any]:
    return {
        "room": "standup",
        "session_id": session_id,
        "user_id": session_id,
        "user_name": name,
        "owner": False,
        "joined_at": START_TS + 0.413,
        "networkQualityState": "unknown",
        "permissions": {"hasPresence": True, "canSend": True, "canAdmin": False},
        "will_eject_at": 0,
    }


def _event(kind: str, payload: dict[str, Any]) -> Event:
    return {
        "version": "1.0.0",
        "type": kind,
        "id": str(uuid.uuid4()),
        "payload": payload,
        "event_ts": START_TS + 300.25,
    }
