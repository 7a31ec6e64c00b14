"""Reading Daily's events: no shape of them is an error."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack.intake.events import EventKind, read_event
from tests.fakes.daily import events
from workflow_templates.runtime.daily.models import RecordingType

_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
_TYPES = st.sampled_from([kind.value for kind in EventKind])


def _read(event: Any) -> Any:
    return read_event(json.dumps(event).encode())


def test_a_ready_recording_can_be_processed() -> None:
    event = _read(
        {
            "type": "recording.ready-to-download",
            "id": "rec-evt-1",
            "payload": {
                "type": "raw-tracks",
                "recording_id": "0cb313e1",
                "room_name": "standup-20260314101500",
                "start_ts": 1773483300.5,
                "status": "finished",
                "duration": 173,
                "s3_key": "acme/standup/1773483300000",
                "share_token": None,
                "tracks": [{"type": "audio", "s3Key": "acme/standup/1-2-cam-audio-3", "size": 5}],
                "something_new": {"deep": [1, 2]},
            },
            "event_ts": 1773483500.25,
        }
    )
    assert (event.id, event.kind, event.problem) == ("rec-evt-1", EventKind.RECORDING_READY, "")
    assert event.recording.id == "0cb313e1"
    assert event.recording.kind is RecordingType.RAW_TRACKS


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ({"type": "cloud", "s3_key": "acme/room/1"}, RecordingType.MIXED),
        (
            {"type": "cloud-audio-only", "s3_key": "acme/room/1", "tracks": None},
            RecordingType.MIXED,
        ),
        ({"type": None, "tracks": [{"s3Key": "a"}]}, RecordingType.RAW_TRACKS),
        ({"type": "raw-tracks", "tracks": None}, RecordingType.RAW_TRACKS),
    ],
)
def test_what_a_recording_consists_of(payload: dict[str, Any], kind: RecordingType) -> None:
    body = {"type": "recording.ready-to-download", "payload": {"recording_id": "r", **payload}}
    assert _read(body).recording.kind is kind


@pytest.mark.parametrize(
    ("body", "kind", "problem"),
    [
        (b"", EventKind.UNREADABLE, "not JSON"),
        (b"\xff\xfe", EventKind.UNREADABLE, "not JSON"),
        (b"[" * 100_000, EventKind.UNREADABLE, "not JSON"),
        (b"[]", EventKind.UNREADABLE, "names no type"),
        (b'{"type": 7}', EventKind.UNREADABLE, "names no type"),
        (b'{"type": "recording.ready-to-download"}', EventKind.RECORDING_READY, "no recording"),
        (
            b'{"type": "recording.ready-to-download", "payload": {"recording_id": "r"}}',
            EventKind.RECORDING_READY,
            "neither tracks nor a file",
        ),
    ],
)
def test_what_cannot_be_used_says_why(body: bytes, kind: EventKind, problem: str) -> None:
    event = read_event(body)
    assert event.kind is kind
    assert event.recording is None
    assert problem in event.problem


@pytest.mark.parametrize(
    "event",
    [
        events.recording_started({"id": "r", "room_name": "standup"}),
        events.recording_error(),
        events.participant_joined("s-1", "Ann"),
        events.participant_left("s-1", None),
        {"type": "meeting.ended", "id": "m", "payload": None},
    ],
)
def test_nothing_follows_from_other_events(event: dict[str, Any]) -> None:
    read = _read(event)
    assert read.kind is not EventKind.UNREADABLE
    assert (read.recording, read.problem) == (None, "")


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(body: bytes) -> None:
    assert read_event(body).id


@given(_TYPES, _JSON, _JSON)
def test_any_payload_can_be_read(kind: str, payload: Any, name: Any) -> None:
    event = _read({"type": kind, "id": name, "payload": payload})
    assert event.id
    assert event.recording is None or not event.problem


@given(_JSON, _JSON, _JSON, _JSON)
def test_any_ready_recording_can_be_read(name: Any, tracks: Any, key: Any, room: Any) -> None:
    payload = {"recording_id": name, "tracks": tracks, "s3_key": key, "room_name": room}
    event = _read({"type": "recording.ready-to-download", "payload": payload})
    assert (event.recording is None) == bool(event.problem)
