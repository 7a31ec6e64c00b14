"""send-webhook (behaviour: §4, outgoing webhook): headers, signature and the whole payload."""

import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.conftest import RunStep
from tests.contract.parity import want
from tests.fakes.receiver import running_receiver

PAYLOAD: dict[str, Any] = {
    "event": "transcript.completed",
    "event_id": "a UUID",
    "timestamp": "ISO 8601",
    "transcript": {
        "id": "standup",
        "room_id": "room-7",
        "created_at": "2024-03-04T10:00:00+01:00",
        "duration": 5_100_000.0,
        "title": "Weekly stand-up",
        "short_summary": "They start and set the release.",
        "long_summary": want.LONG_SUMMARY,
        "webvtt": want.STORED_WEBVTT,
        "topics": [
            {
                "title": "The Start",
                "summary": "They begin.",
                "timestamp": 1.0,
                "duration": 3781.0,
                "webvtt": want.WEBVTT_OF_FIRST_TOPIC,
            },
            {
                "title": "The Release",
                "summary": "The release is set.",
                "timestamp": 5025.25,
                "duration": 8.75,
                "webvtt": want.WEBVTT_OF_SECOND_TOPIC,
            },
        ],
        "participants": [
            {"id": "p0", "name": "Alice", "speaker": 0},
            {"id": "p1", "name": "Ben", "speaker": 1},
        ],
        "source_language": "en",
        "target_language": "en",
        "status": "ended",
        "frontend_url": "https://meetings.example/transcripts/standup",
        "action_items": want.ACTION_ITEMS,
    },
    "room": {"id": "room-7", "name": "standup"},
    "calendar_event": None,
}
"""The transcript's duration is in milliseconds, everything else in seconds."""

SIGNATURE = re.compile(r"t=(\d+),v1=([0-9a-f]{64})")


def test_webhook(published: Path, run_step: RunStep) -> None:
    with running_receiver() as receiver:
        run = run_step(
            "send-webhook",
            published,
            published,
            parameters={
                "webhook-url": receiver.url,
                "webhook-allowed-private": "127.0.0.0/8",
                "delivery-id": "uid-1/1",
                "transcript-id": "standup",
                "room-id": "room-7",
                "link": "https://meetings.example/transcripts/standup",
            },
            environment={"MULTITRACK_WEBHOOK_SECRET": "täglich"},
            arguments=("--attempt", "3", "--attempts", "30"),
        )
    assert run.exit_code == 0, run.stderr
    [delivery] = receiver.deliveries
    headers, body = delivery.request.headers, delivery.request.body
    assert {name: headers[name] for name in ("content-type", "user-agent")} == {
        "content-type": "application/json",
        "user-agent": "Reflector-Webhook/1.0",
    }
    assert (headers["x-webhook-event"], headers["x-webhook-retry"]) == ("transcript.completed", "2")
    signature = SIGNATURE.fullmatch(headers["x-webhook-signature"])
    assert signature
    signed = f"{signature[1]}.".encode() + body
    assert signature[2] == hmac.new("täglich".encode(), signed, hashlib.sha256).hexdigest()
    payload = json.loads(body)
    assert body == json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    assert UUID(payload["event_id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", payload["timestamp"])
    items = want.legacy_action_items(payload["transcript"]["action_items"])
    payload["transcript"]["action_items"] = items
    assert payload | {"event_id": "a UUID", "timestamp": "ISO 8601"} == PAYLOAD
    assert [*payload] == [*PAYLOAD]
    assert [*payload["transcript"]] == [*PAYLOAD["transcript"]]
