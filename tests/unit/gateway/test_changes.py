"""What two versions of a job make followers hear."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from multitrack.api.reasons import Phase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import TrackStatus
from multitrack.gateway.events.changes import events_between
from multitrack.gateway.events.event import Event
from multitrack.gateway.events.results import due_results
from tests.unit.gateway.jobs import DONE, FAILED, RUNS, SKIPPED, WAITS, a_step, a_version
from workflow_templates.pipelines import PROCESS_RECORDING


@dataclass(frozen=True, slots=True)
class Case:
    before: RecordingJob | None
    after: RecordingJob
    want: tuple[str, ...] = ()
    """Name and what tells it apart."""
    want_results: tuple[str, ...] = ()
    """Steps whose files are to be read."""


TRANSCRIBES = a_step("transcribe-track", RUNS, total=2, progress=40)
FURTHER = a_step("transcribe-track", RUNS, total=2, progress=60)

CASES = {
    "a new job is uploaded, all its steps wait": Case(
        None,
        a_version(run=None, phase=Phase.PENDING),
        want=("STATUS uploaded", "DAG_STATUS"),
    ),
    "nothing changed, nothing is told": Case(a_version(1), a_version(2)),
    "a job that begins is processing": Case(
        a_version(1, run=None, phase=Phase.PENDING),
        a_version(2, {"get-recording": RUNS}),
        want=("STATUS processing", "PIPELINE_PROGRESS 1 in_progress", "DAG_STATUS"),
    ),
    "a step ends, the next one begins, the duration is known": Case(
        a_version(1, {"get-recording": RUNS}),
        a_version(2, {"get-recording": DONE, "get-participants": RUNS}, duration=148.939),
        want=(
            "DURATION 148939.0",
            "PIPELINE_PROGRESS 1 completed",
            "PIPELINE_PROGRESS 2 in_progress",
            "DAG_STATUS",
        ),
    ),
    "a percentage alone is told alone": Case(
        a_version(1, {"transcribe-track": TRANSCRIBES}),
        a_version(2, {"transcribe-track": FURTHER}),
        want=("DAG_TASK_PROGRESS transcribe_track 60",),
    ),
    "a track that ends is told with the whole DAG": Case(
        a_version(1, {"transcribe-track": a_step("transcribe-track", RUNS, total=2, done=0)}),
        a_version(2, {"transcribe-track": a_step("transcribe-track", RUNS, total=2, done=1)}),
        want=("DAG_STATUS",),
    ),
    "title and summary share a place": Case(
        a_version(1),
        a_version(2, {"generate-title": RUNS, "generate-summary": RUNS}),
        want=("PIPELINE_PROGRESS 9 in_progress", "PIPELINE_PROGRESS 9 in_progress", "DAG_STATUS"),
    ),
    "a step that the legacy pipeline has not is in the DAG alone": Case(
        a_version(1),
        a_version(2, {"extract-action-items": RUNS, "render-report": RUNS}),
        want=("DAG_STATUS",),
    ),
    "results are told when their steps have ended": Case(
        a_version(1, {"detect-topics": RUNS}),
        a_version(2, {"detect-topics": DONE, "extract-action-items": DONE}),
        want=("PIPELINE_PROGRESS 8 completed", "DAG_STATUS"),
        want_results=("detect-topics", "extract-action-items"),
    ),
    "a step that runs and ends again tells its result again": Case(
        a_version(1, {"generate-title": a_step("generate-title", DONE)}),
        a_version(
            2,
            {
                "generate-title": a_step(
                    "generate-title", DONE, completion_time="2026-03-14T13:00:00Z"
                )
            },
        ),
        want=("DAG_STATUS",),
        want_results=("generate-title",),
    ),
    "a published transcript ends the meeting": Case(
        a_version(1, {"finalize": RUNS}),
        a_version(2, {"finalize": DONE, "mixdown-tracks": RUNS}, is_ready=True),
        want=(
            "STATUS ended",
            "PIPELINE_PROGRESS 4 in_progress",
            "PIPELINE_PROGRESS 10 completed",
            "TRANSCRIPT",
            "DAG_STATUS",
        ),
    ),
    "what fails after the transcript is no error": Case(
        a_version(1, {"finalize": DONE, "mixdown-tracks": RUNS}, is_ready=True),
        a_version(
            2, {"finalize": DONE, "mixdown-tracks": FAILED}, is_ready=True, phase=Phase.FAILED
        ),
        want=("PIPELINE_PROGRESS 4 failed", "DAG_STATUS"),
    ),
    "a failed attempt with tries left is no error": Case(
        a_version(1, {"pad-track": RUNS}),
        a_version(2, {"pad-track": a_step("pad-track", RUNS, retries=1)}),
        want=("DAG_STATUS",),
    ),
    "a failed job is an error; what did not run counts as done": Case(
        a_version(1, {"get-recording": RUNS}),
        a_version(2, {"get-recording": FAILED, "get-participants": SKIPPED}, phase=Phase.FAILED),
        want=(
            "STATUS error",
            "PIPELINE_PROGRESS 1 failed",
            "PIPELINE_PROGRESS 2 completed",
            "DAG_STATUS",
        ),
    ),
    "another run begins from nothing": Case(
        a_version(1, {"get-recording": DONE, "detect-topics": DONE}, phase=Phase.FAILED),
        a_version(2, {"get-recording": DONE}, run="run-2", duration=10.0),
        want=(
            "STATUS processing",
            "DURATION 10000.0",
            "PIPELINE_PROGRESS 1 completed",
            "DAG_STATUS",
        ),
    ),
    "a suspended job that has not begun is idle": Case(
        a_version(1, run=None, phase=Phase.PENDING),
        a_version(2, phase=Phase.SUSPENDED),
        want=("STATUS idle", "DAG_STATUS"),
    ),
}


def data_of(event: Event) -> dict[str, Any]:
    message = json.loads(event.text)
    assert (message["event"], message["id"]) == (event.name, event.id)
    return dict(message["data"])


def short(event: Event) -> str:
    data = data_of(event)
    told = {
        "STATUS": ["value"],
        "DURATION": ["duration"],
        "PIPELINE_PROGRESS": ["step_index", "step_status"],
        "DAG_TASK_PROGRESS": ["task_name", "progress_pct"],
    }.get(event.name, [])
    return " ".join([event.name, *(str(data[key]) for key in told)])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_events_between(case: Case) -> None:
    told = events_between(case.before, case.after)
    assert tuple(short(event) for event in told) == case.want
    assert len({event.id for event in told}) == len(told)
    due = due_results(case.before, case.after)
    assert tuple(result.step for result in due) == case.want_results


def test_pipeline_progress_has_the_legacy_shape() -> None:
    told = events_between(a_version(1), a_version(2, {"transcribe-track": RUNS}))
    assert data_of(told[0]) == {
        "workflow_id": "run-1",
        "current_step": "transcribe_track",
        "step_index": 6,
        "total_steps": 13,
        "step_status": "in_progress",
    }


def test_dag_status_has_the_legacy_shape_and_each_track() -> None:
    tracks = (
        TrackStatus(index=0, name="Alice", phase=DONE),
        TrackStatus(index=1, name="Ben", phase=RUNS, progress=40, retries=1),
    )
    pads = a_step("pad-track", RUNS, total=2, done=1, progress=70, retries=1, tracks=tracks)
    told = events_between(None, a_version(7, {"get-participants": DONE, "pad-track": pads}))
    dag = data_of(told[-1])
    assert told[-1].id == "DAG_STATUS-7"
    assert dag["workflow_run_id"] == "run-1"
    assert [task["name"] for task in dag["tasks"]] == [
        task.name.replace("-", "_") for task in PROCESS_RECORDING.tasks
    ]
    by_name = {task["name"]: task for task in dag["tasks"]}
    assert by_name["get_participants"]["duration_seconds"] == 90.0
    assert by_name["pad_track"] == {
        "name": "pad_track",
        "status": "running",
        "started_at": "2026-03-14T12:00:00Z",
        "finished_at": None,
        "duration_seconds": None,
        "parents": ["get_participants"],
        "error": None,
        "children_total": 2,
        "children_completed": 1,
        "progress_pct": 70,
        "retries": 1,
        "waits_for": None,
        "tracks": [
            {"index": 0, "name": "Alice", "status": "completed", "progress_pct": 100, "retries": 0},
            {"index": 1, "name": "Ben", "status": "running", "progress_pct": 40, "retries": 1},
        ],
    }


def test_the_same_fact_has_the_same_id_on_every_replica() -> None:
    once = events_between(None, a_version(3, {"get-recording": DONE}, duration=5.0))
    again = events_between(None, a_version(3, {"get-recording": DONE}, duration=5.0))
    assert [event.id for event in once] == [event.id for event in again]
    later = events_between(None, a_version(9, {"get-recording": DONE}, duration=5.0))
    assert {event.id for event in once} & {event.id for event in later} == {
        event.id for event in once if event.name == "DURATION"
    }


def test_a_waiting_step_says_what_it_waits_for() -> None:
    waits = a_step("pad-track", WAITS, message="Unschedulable: no node has room")
    dag = data_of(events_between(None, a_version(1, {"pad-track": waits}))[-1])
    task = next(task for task in dag["tasks"] if task["name"] == "pad_track")
    assert task["waits_for"] == "Unschedulable: no node has room"
    assert task["error"] is None
