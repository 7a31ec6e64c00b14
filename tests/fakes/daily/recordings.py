"""Builders of what Daily's REST API shows: recordings, their tracks, meetings' participants."""

import uuid
from collections.abc import Sequence
from typing import Any

__all__ = ["START_TS", "a_participant", "a_recording", "a_track"]

START_TS = 1_692_124_183
"""When recordings start unless a test says otherwise: 2023-08-15T18:29:43Z."""


def a_track(
    participant: str,
    *,
    kind: str = "cam-audio",
    offset_ms: int = 0,
    start_ts: int = START_TS,
    folder: str = "acme/standup",
    size: int = 1000,
) -> dict[str, Any]:
    """One file of a raw-tracks recording.

    Args:
        participant: The participant's uuid.
        kind: cam-audio, cam-video, screen-audio or screen-video.
        offset_ms: From the recording's start to the track's.
        start_ts: The recording's start, Unix seconds.
        folder: `{domain}/{room}`.
        size: Bytes.
    """
    start_ms = start_ts * 1000
    return {
        "type": kind.rpartition("-")[2],
        "s3Key": f"{folder}/{start_ms}-{participant}-{kind}-{start_ms + offset_ms}",
        "size": size,
    }


def a_recording(
    recording_id: str | None = None,
    *,
    tracks: Sequence[object] | None = (),
    bucket: str | None = "daily",
    endpoint: str | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """A finished raw-tracks recording; `fields` replace or add, a value of `...` leaves out."""
    start_ts = fields.get("start_ts", START_TS)
    whole: dict[str, Any] = {
        "id": recording_id or str(uuid.uuid4()),
        "room_name": "standup",
        "start_ts": start_ts,
        "type": "raw-tracks",
        "status": "finished",
        "max_participants": 2,
        "duration": 277,
        "share_token": "TivXjlD22QQt",
        "s3key": f"acme/standup/{(start_ts or START_TS) * 1000}",
        "mtgSessionId": "257764e6-c74e-4c30-944a-a887a03173a3",
        "tracks": None if tracks is None else list(tracks),
    }
    if bucket:
        whole["s3"] = {
            "bucket_name": bucket,
            "bucket_region": "us-east-1",
            "key": whole["s3key"],
            "endpoint": endpoint,
        }
    whole |= fields
    return {name: value for name, value in whole.items() if value is not ...}


def a_participant(
    participant_id: str, name: str | None, *, user_id: str | None = None, joined: int = 0
) -> dict[str, Any]:
    """An entry of a meeting's participants; `joined` in seconds after the meeting's start."""
    return {
        "user_id": user_id,
        "participant_id": participant_id,
        "user_name": name,
        "join_time": START_TS + joined,
        "duration": 150,
    }
