"""What two versions of a job differ in, as events: pure."""

from collections.abc import Iterator

from multitrack.api.reasons import ConditionType, StepPhase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import StepStatus
from multitrack.gateway.events.dag import dag_of, steps_of, without_progress
from multitrack.gateway.events.event import Event, EventName
from multitrack.gateway.events.legacy_words import (
    INDEX_BY_STEP,
    PIPELINE_STEPS,
    legacy_name,
    legacy_status,
)

__all__ = ["dag_event", "duration_event", "events_between", "is_same_run", "status_event"]

_STEP_STATUS = {
    StepPhase.PENDING: "pending",
    StepPhase.RUNNING: "in_progress",
    StepPhase.SUCCEEDED: "completed",
    StepPhase.FAILED: "failed",
    StepPhase.SKIPPED: "completed",
}
"""A step's status in PIPELINE_PROGRESS, which knows no skipped ones."""


def events_between(before: RecordingJob | None, after: RecordingJob) -> tuple[Event, ...]:
    """What to tell, in this order; nothing if nothing that anyone follows has changed.

    Args:
        before: What was told before; None: nothing yet.
        after: What is so now.
    """
    known = before if is_same_run(before, after) else None
    return (
        *_status(before, after),
        *_duration(known, after),
        *_pipeline_progress(known, after),
        *_transcript(known, after),
        *_dag(before, after),
    )


def is_same_run(before: RecordingJob | None, after: RecordingJob) -> bool:
    """Whether what was made before is of the run that goes on now."""
    return before is not None and _run_of(before) == _run_of(after)


def status_event(job: RecordingJob) -> Event:
    """STATUS as it is now."""
    return Event.of_state(EventName.STATUS, job.resource_version, {"value": legacy_status(job)})


def dag_event(job: RecordingJob) -> Event:
    """DAG_STATUS as it is now."""
    return Event.of_state(EventName.DAG_STATUS, job.resource_version, dag_of(job))


def duration_event(job: RecordingJob) -> Event | None:
    """DURATION, once it is known."""
    facts = job.status.recording
    if facts is None or facts.duration_seconds is None:
        return None
    milliseconds = round(facts.duration_seconds * 1000, 3)
    return Event.of_result(EventName.DURATION, {"duration": milliseconds})


def _run_of(job: RecordingJob) -> str | None:
    return job.status.workflow_ref.uid if job.status.workflow_ref else None


def _status(before: RecordingJob | None, after: RecordingJob) -> Iterator[Event]:
    if before is None or legacy_status(before) != legacy_status(after):
        yield status_event(after)


def _duration(before: RecordingJob | None, after: RecordingJob) -> Iterator[Event]:
    told = duration_event(before) if before else None
    now = duration_event(after)
    if now is not None and now != told:
        yield now


def _pipeline_progress(before: RecordingJob | None, after: RecordingJob) -> Iterator[Event]:
    """Steps that the legacy pipeline does not have are in DAG_STATUS alone."""
    told = {step.name: step.phase for step in steps_of(before)} if before else {}
    for step in steps_of(after):
        if step.name in INDEX_BY_STEP and step.phase is not told.get(step.name, StepPhase.PENDING):
            yield _progress(after, step)


def _progress(job: RecordingJob, step: StepStatus) -> Event:
    run = job.status.workflow_ref
    data = {
        "workflow_id": run.name if run else None,
        "current_step": legacy_name(step.name),
        "step_index": INDEX_BY_STEP[step.name],
        "total_steps": PIPELINE_STEPS,
        "step_status": _STEP_STATUS[step.phase],
    }
    return Event.of_state(EventName.PIPELINE_PROGRESS, job.resource_version, data, step.name)


def _transcript(before: RecordingJob | None, after: RecordingJob) -> Iterator[Event]:
    """Without its text, as the legacy pipeline came to send it: the topics carry the words."""
    if _is_transcribed(after) and not (before and _is_transcribed(before)):
        data = {"text": "", "translation": None}
        yield Event.of_state(EventName.TRANSCRIPT, after.resource_version, data)


def _is_transcribed(job: RecordingJob) -> bool:
    return job.status.is_true(ConditionType.TRANSCRIPT_READY)


def _dag(before: RecordingJob | None, after: RecordingJob) -> Iterator[Event]:
    now = dag_of(after)
    told = dag_of(before) if before else None
    if told is None or without_progress(now) != without_progress(told):
        yield dag_event(after)
        return
    for task, earlier in zip(now["tasks"], told["tasks"], strict=True):
        if task != earlier:
            data = {
                "task_name": task["name"],
                "progress_pct": task["progress_pct"],
                "tracks": task["tracks"],
            }
            name = EventName.DAG_TASK_PROGRESS
            yield Event.of_state(name, after.resource_version, data, task["name"])
