"""Reading Daily's event JSON, whole and broken."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.sources.daily_key import DailyKey, DailyTrackKind
from multitrack_steps.sources.event_json import EventLog, MediaStart, parse_event_json

START = 1692124183000
PERSON = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"
KEY = DailyKey(START, PERSON, DailyTrackKind.CAM_AUDIO, START + 8339)


def a_log(*events: object) -> bytes:
    return json.dumps({"format_id": "daily-event-json", "events": events}).encode()


def added(name: object, person: object = PERSON) -> dict[str, Any]:
    body = {"trackSessionNum": 1, "kind": "audio", "displayName": name}
    return {"ts": 1.0, "type": "track-added", "participant_id": person, "data": body}


def started(**changes: object) -> dict[str, Any]:
    body = {
        "trackSessionNum": 1,
        "uri": f"s3://bucket/acme/room/{KEY}",
        "contentType": "audio/webm",
        "mediaStartTime": START / 1000 + 8.13,
    }
    return {"type": "recording-media-started", "participant_id": PERSON, "data": body | changes}


LOGS = {
    "a whole log": (
        a_log(added("Alice"), started()),
        EventLog({KEY: MediaStart(8.13, "audio/webm")}, {PERSON: "Alice"}),
    ),
    "the last name counts": (
        a_log(added("Guest"), added(" Alice ")),
        EventLog({}, {PERSON: "Alice"}),
    ),
    "an uppercase uuid is the same person": (
        a_log(added("Alice", PERSON.upper())),
        EventLog({}, {PERSON: "Alice"}),
    ),
    "no name": (a_log(added(None), added("  ")), EventLog()),
    "no start time": (
        a_log(started(mediaStartTime=None)),
        EventLog({KEY: MediaStart(None, "audio/webm")}),
    ),
    "a start before the recording is not believed": (
        a_log(started(mediaStartTime=START / 1000 - 1)),
        EventLog({KEY: MediaStart(None, "audio/webm")}),
    ),
    "milliseconds are not believed": (
        a_log(started(mediaStartTime=START + 8130)),
        EventLog({KEY: MediaStart(None, "audio/webm")}),
    ),
    "a transcoded track with an extension": (
        a_log(started(uri=f"file:///x/{KEY}.wav", contentType="audio/wav")),
        EventLog({KEY: MediaStart(8.13, "audio/wav")}),
    ),
    "another file's name": (a_log(started(uri="s3://bucket/mix")), EventLog()),
    "events of unknown shape are passed over": (
        a_log(1, None, {"type": "track-added"}, {"type": "x", "data": []}, {}, started()),
        EventLog({KEY: MediaStart(8.13, "audio/webm")}),
    ),
    "no events": (a_log(), EventLog()),
}


@pytest.mark.parametrize(("content", "want"), LOGS.values(), ids=LOGS)
def test_what_is_usable_is_taken(content: bytes, want: EventLog) -> None:
    assert parse_event_json(content) == want


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"events": 1}', b"\xff\xfe"])
def test_what_is_no_event_json_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the caller shows whatever it says
        parse_event_json(content)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["displayName", "uri", "mediaStartTime"]), json_values))
def test_an_event_of_any_content_is_survived(body: dict[str, Any]) -> None:
    events = [
        {"type": kind, "participant_id": PERSON, "data": body}
        for kind in ("track-added", "recording-media-started")
    ]
    parse_event_json(a_log(*events))


def test_a_later_log_adds_to_an_earlier_one() -> None:
    earlier = EventLog({}, {PERSON: "Guest", "other": "Ben"})
    later = EventLog({KEY: MediaStart(1.0, None)}, {PERSON: "Alice"})
    both = earlier | later
    assert both.names == {PERSON: "Alice", "other": "Ben"}
    assert both.media == later.media
