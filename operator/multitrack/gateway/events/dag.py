"""DAG_STATUS: every step of a job, with what comes before it and how far it is."""

from typing import Any

from multitrack.api.reasons import StepPhase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import StepStatus, TrackStatus, timestamp
from multitrack.gateway.events.legacy_words import TASK_STATUS, legacy_name
from workflow_templates.pipelines import PROCESS_RECORDING

__all__ = ["dag_of", "steps_of", "without_progress"]

_PARENTS = {task.name: (*task.needs, *task.after) for task in PROCESS_RECORDING.tasks}


def steps_of(job: RecordingJob) -> tuple[StepStatus, ...]:
    """All steps; before there is a Workflow, those that there will be."""
    if job.status.steps:
        return job.status.steps
    return tuple(
        StepStatus(name=task.name, phase=StepPhase.PENDING) for task in PROCESS_RECORDING.tasks
    )


def dag_of(job: RecordingJob) -> dict[str, Any]:
    """The event's data."""
    run = job.status.workflow_ref
    return {
        "workflow_run_id": run.name if run else None,
        "tasks": [_task(step) for step in steps_of(job)],
    }


def without_progress(dag: dict[str, Any]) -> dict[str, Any]:
    """What decides whether DAG_STATUS is told anew: percentages have an event of their own."""
    tasks = [
        {
            **task,
            "progress_pct": None,
            "tracks": [{**track, "progress_pct": None} for track in task["tracks"]],
        }
        for task in dag["tasks"]
    ]
    return {**dag, "tasks": tasks}


def _task(step: StepStatus) -> dict[str, Any]:
    started, finished = step.start_time, step.completion_time
    fans_out = step.total > 1 or bool(step.tracks)
    return {
        "name": legacy_name(step.name),
        "status": TASK_STATUS[step.phase],
        "started_at": timestamp(started) if started else None,
        "finished_at": timestamp(finished) if finished else None,
        "duration_seconds": (finished - started).total_seconds() if started and finished else None,
        "parents": [legacy_name(parent) for parent in _PARENTS.get(step.name, ())],
        "error": step.message if step.phase is StepPhase.FAILED else None,
        "children_total": step.total if fans_out else None,
        "children_completed": step.done if fans_out else None,
        "progress_pct": step.progress,
        # Beyond the legacy shape.
        "retries": step.retries,
        "waits_for": step.message if not step.phase.is_final else None,
        "tracks": [_track(track) for track in step.tracks],
    }


def _track(track: TrackStatus) -> dict[str, Any]:
    return {
        "index": track.index,
        "name": track.name,
        "status": TASK_STATUS[track.phase],
        "progress_pct": 100 if track.phase is StepPhase.SUCCEEDED else track.progress,
        "retries": track.retries,
    }
