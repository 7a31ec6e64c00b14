"""`WS /v1/transcripts/{id}/events` (behaviour: §1 PIPELINE_PROGRESS, §5 WS)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from multitrack.api.reasons import Phase
from multitrack.api.recording_job import RecordingJob
from multitrack.gateway.events.changes import events_between
from tests.contract.parity import want
from tests.contract.parity.meeting import DURATION
from tests.integration.gateway.test_events import following, until
from tests.integration.gateway.world import ALL_DONE, World
from tests.unit.gateway.jobs import DONE, FAILED, RUNS, WAITS, a_step, a_version

RESULTS: list[dict[str, Any]] = [
    {"event": "DURATION", "data": {"duration": 5_100_000.0}},
    {"event": "TOPIC", "data": want.FIRST_TOPIC},
    {"event": "TOPIC", "data": want.SECOND_TOPIC},
    {"event": "FINAL_TITLE", "data": {"title": "Weekly stand-up"}},
    {"event": "FINAL_LONG_SUMMARY", "data": {"long_summary": want.LONG_SUMMARY}},
    {
        "event": "FINAL_SHORT_SUMMARY",
        "data": {"short_summary": "They start and set the release."},
    },
    {"event": "ACTION_ITEMS", "data": {"action_items": want.ACTION_ITEMS}},
    {"event": "WAVEFORM", "data": {"waveform": [0.25, 1.0, *[0.0] * 253]}},
]
"""What is replayed to who connects; TRANSCRIPT and STATUS are not."""

INDICES = [
    (1, "get_recording"),
    (2, "get_participants"),
    (3, "pad_track"),
    (4, "mixdown_tracks"),
    (5, "generate_waveform"),
    (6, "transcribe_track"),
    (7, "merge_transcripts"),
    (8, "detect_topics"),
    (9, "generate_title"),
    (9, "generate_summary"),
    (10, "finalize"),
    (11, "cleanup_consent"),
    (12, "post_zulip"),
    (13, "send_webhook"),
]
"""Thirteen steps; the two that run side by side share the ninth place."""


def as_legacy(message: dict[str, Any]) -> dict[str, Any]:
    """Without the `id` of a message and the `start` of an action item, which are ours."""
    assert message.keys() == {"event", "data", "id"}
    if message["event"] == "ACTION_ITEMS":
        items = want.legacy_action_items(message["data"]["action_items"])
        message["data"] = {"action_items": items}
    return want.without(message, "id")


async def test_results_are_replayed_in_their_shapes(
    gateway: str, finished_job: RecordingJob
) -> None:
    async with following(gateway, finished_job.name, legacy=True) as first:
        await until(first, "DAG_STATUS", *(each["event"] for each in RESULTS))
        async with following(gateway, finished_job.name, legacy=True) as second:
            told = await until(second, "DAG_STATUS")
    assert [as_legacy(each) for each in told[:-1]] == RESULTS


async def test_transcript_and_status_are_told_to_who_is_there(
    gateway: str, processing_job: RecordingJob, world: World
) -> None:
    async with following(gateway, processing_job.name, legacy=True) as socket:
        await until(socket, "DAG_STATUS")
        world.report(
            a_version(2, ALL_DONE, phase=Phase.SUCCEEDED, is_ready=True, duration=DURATION)
        )
        told = [as_legacy(each) for each in await until(socket, "TRANSCRIPT", "STATUS")]
    assert {"event": "STATUS", "data": {"value": "ended"}} in told
    assert {"event": "TRANSCRIPT", "data": {"text": "", "translation": None}} in told


@pytest.mark.parametrize(("index", "task"), INDICES, ids=[task for _, task in INDICES])
@pytest.mark.parametrize(
    ("phase", "status"), [(RUNS, "in_progress"), (DONE, "completed"), (FAILED, "failed")]
)
def test_pipeline_progress(index: int, task: str, phase: Any, status: str) -> None:
    name = task.replace("_", "-")
    job = a_version(1)
    steps = (*job.status.steps, a_step("post-zulip", WAITS), a_step("send-webhook", WAITS))
    told = tuple(a_step(name, phase) if each.name == name else each for each in steps)
    job = replace(job, status=job.status.model_copy(update={"steps": told}))
    assert _only(None, job, "PIPELINE_PROGRESS") == {
        "workflow_id": "run-1",
        "current_step": task,
        "step_index": index,
        "total_steps": 13,
        "step_status": status,
    }


def test_dag_status() -> None:
    transcribes = a_step("transcribe-track", RUNS, total=4, done=1, progress=40)
    job = a_version(3, {"get-recording": DONE, "pad-track": DONE, "transcribe-track": transcribes})
    dag = _only(None, job, "DAG_STATUS")
    assert dag["workflow_run_id"] == "run-1"
    tasks = {
        task["name"]: want.without(task, "retries", "waits_for", "tracks") for task in dag["tasks"]
    }
    assert tasks["get_recording"] == {
        "name": "get_recording",
        "status": "completed",
        "started_at": "2026-03-14T12:00:00Z",
        "finished_at": "2026-03-14T12:01:30Z",
        "duration_seconds": 90.0,
        "parents": [],
        "error": None,
        "children_total": None,
        "children_completed": None,
        "progress_pct": None,
    }
    assert tasks["transcribe_track"] == {
        "name": "transcribe_track",
        "status": "running",
        "started_at": "2026-03-14T12:00:00Z",
        "finished_at": None,
        "duration_seconds": None,
        "parents": ["pad_track"],
        "error": None,
        "children_total": 4,
        "children_completed": 1,
        "progress_pct": 40,
    }
    assert tasks["finalize"]["status"] == "queued"


def test_dag_task_progress() -> None:
    before, after = (
        a_version(3, {"mixdown-tracks": a_step("mixdown-tracks", RUNS, progress=percent)})
        for percent in (40, 60)
    )
    told = _only(before, after, "DAG_TASK_PROGRESS")
    assert want.without(told, "tracks") == {"task_name": "mixdown_tracks", "progress_pct": 60}


def _only(before: RecordingJob | None, after: RecordingJob, name: str) -> dict[str, Any]:
    told = [json.loads(each.text) for each in events_between(before, after)]
    [data] = [each["data"] for each in told if each["event"] == name]
    return dict(data)
