"""`GET /v1/transcripts/{id}` (behaviour: the data model's Transcript)."""

from typing import Any

import httpx
import pytest

from multitrack.api.recording_job import RecordingJob
from tests.contract.parity import want

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
