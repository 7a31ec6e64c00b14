"""`GET /v1/transcripts/{id}` (behaviour: the data model's Transcript)."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from multitrack.api.reasons import DeliveryPhase, Phase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import DeliveryStatus, DeliveryTarget
from tests.contract.parity import want
from tests.contract.parity.meeting import DURATION
from tests.integration.gateway.world import ALL_DONE, World
from tests.unit.gateway.jobs import ENDED, a_version
from workflow_templates.contracts.delivery import ZulipMessage

FORMATS: dict[str, Any] = {
    "text": want.TEXT,
    "text-timestamped": want.TEXT_TIMESTAMPED,
    "webvtt-named": want.WEBVTT_NAMED,
    "json": want.ROWS,
}


@pytest.mark.parametrize(("name", "transcript"), FORMATS.items(), ids=FORMATS)
def test_transcript(
    olga: httpx.Client, finished_job: RecordingJob, name: str, transcript: Any
) -> None:
    answer = olga.get("/v1/transcripts/standup", params={"transcript_format": name})
    assert answer.status_code == 200
    told = answer.json()
    told["action_items"] = want.legacy_action_items(told["action_items"])
    assert told == {
        "id": "standup",
        "user_id": None,
        "name": "Weekly stand-up",
        "status": "ended",
        "locked": False,
        "duration": 5_100_000.0,
        "created_at": finished_job.created.isoformat(),
        "title": "Weekly stand-up",
        "short_summary": "They start and set the release.",
        "long_summary": want.LONG_SUMMARY,
        "action_items": want.ACTION_ITEMS,
        "participants": [
            {"id": "p0", "speaker": 0, "name": "Alice", "user_id": None},
            {"id": "p1", "speaker": 1, "name": "Ben", "user_id": None},
        ],
        "source_language": "en",
        "target_language": "en",
        "share_mode": "private",
        "audio_location": "storage",
        "audio_deleted": None,
        "reviewed": False,
        "source_kind": "room",
        "room_id": None,
        "room_name": None,
        "meeting_id": None,
        "recording_id": None,
        "zulip_message_id": None,
        "webvtt": want.STORED_WEBVTT,
        "workflow_run_id": "run-1",
        "change_seq": int(finished_job.resource_version),
        "transcript_format": name,
        "transcript": transcript,
    }


def test_transcript_that_is_not_there_yet(olga: httpx.Client, processing_job: RecordingJob) -> None:
    told = olga.get(f"/v1/transcripts/{processing_job.name}").json()
    unknown = ("title", "short_summary", "long_summary", "action_items", "participants", "webvtt")
    assert (told["status"], told["transcript"], told["duration"]) == ("uploaded", None, None)
    assert [told[name] for name in unknown] == [None] * len(unknown)


MESSAGE = ZulipMessage(
    site="https://zulip.example",
    stream="meetings",
    topic="standup",
    message_id=4711,
    delivered_at="2026-03-14T12:02:00+00:00",
)
ZULIP = {phase: (DeliveryTarget(name="zulip", phase=phase),) for phase in DeliveryPhase}
WEBHOOK = (DeliveryTarget(name="webhook", phase=DeliveryPhase.DELIVERED),)
DELIVERIES: dict[str, tuple[tuple[DeliveryTarget, ...] | None, bool, int | None]] = {
    "nothing has been delivered": (None, False, None),
    "nobody is told in Zulip": (WEBHOOK, True, None),
    "nothing is posted yet": (ZULIP[DeliveryPhase.DELIVERING], False, None),
    "posted": (ZULIP[DeliveryPhase.DELIVERED], True, 4711),
    "posted, and being edited": (ZULIP[DeliveryPhase.DELIVERING], True, 4711),
    "refused": (ZULIP[DeliveryPhase.FAILED], False, None),
}
"""Who is told, whether the message's id lies there, and the id that is to be seen."""


def a_finished_status(job: RecordingJob, world: World, **more: Any) -> None:
    done = a_version(2, ALL_DONE, phase=Phase.SUCCEEDED, is_ready=True, duration=DURATION)
    world.report(replace(done, status=done.status.model_copy(update=more)), job.name)


@pytest.mark.parametrize(("targets", "has_message", "want_id"), DELIVERIES.values(), ids=DELIVERIES)
def test_zulip_message_id(
    olga: httpx.Client,
    processing_job: RecordingJob,
    world: World,
    *,
    targets: tuple[DeliveryTarget, ...] | None,
    has_message: bool,
    want_id: int | None,
) -> None:
    if has_message:
        world.store(processing_job, "delivery/zulip.json", MESSAGE)
    told = DeliveryStatus(number=1, start_time=ENDED, targets=targets) if targets else None
    a_finished_status(processing_job, world, delivery=told)
    answer = olga.get(f"/v1/transcripts/{processing_job.name}")
    assert answer.json()["zulip_message_id"] == want_id


@pytest.mark.parametrize("is_deleted", [None, False, True])
def test_audio_deleted_is_true_only_when_all_of_it_is_gone(
    olga: httpx.Client, processing_job: RecordingJob, world: World, *, is_deleted: bool | None
) -> None:
    a_finished_status(processing_job, world, audio_deleted=is_deleted)
    answer = olga.get(f"/v1/transcripts/{processing_job.name}")
    assert answer.json()["audio_deleted"] is is_deleted
