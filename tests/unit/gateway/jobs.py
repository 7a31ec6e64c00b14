"""Versions of one job for tables: a case names only what it is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from multitrack.api.reasons import (
    ConditionStatus,
    ConditionType,
    Phase,
    StepPhase,
    TranscriptReason,
)
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import (
    Condition,
    RecordingFacts,
    RecordingJobStatus,
    StepStatus,
    WorkflowRef,
)
from tests.unit.controller.builders import a_job
from workflow_templates.pipelines import PROCESS_RECORDING

STARTED = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
ENDED = datetime(2026, 3, 14, 12, 1, 30, tzinfo=UTC)
DONE, RUNS, FAILED, WAITS, SKIPPED = (
    StepPhase.SUCCEEDED,
    StepPhase.RUNNING,
    StepPhase.FAILED,
    StepPhase.PENDING,
    StepPhase.SKIPPED,
)


def a_step(name: str, phase: StepPhase, **more: Any) -> StepStatus:
    times = {
        "start_time": None if phase in (WAITS, SKIPPED) else STARTED,
        "completion_time": ENDED if phase in (DONE, FAILED) else None,
    }
    return StepStatus.model_validate({"name": name, "phase": phase, **times, **more})


def a_version(
    number: int = 1,
    steps: Mapping[str, StepPhase | StepStatus] | None = None,
    *,
    phase: Phase = Phase.RUNNING,
    run: str | None = "run-1",
    is_ready: bool = False,
    duration: float | None = None,
) -> RecordingJob:
    """The job at a resource version; steps that are not named wait."""
    told = steps or {}
    status = RecordingJobStatus(
        phase=phase,
        workflow_ref=WorkflowRef(name=run, uid=run) if run else None,
        recording=RecordingFacts(duration_seconds=duration) if duration else None,
        conditions=(_ready(),) if is_ready else (),
        steps=tuple(
            found
            if isinstance(found := told.get(task.name, WAITS), StepStatus)
            else a_step(task.name, found)
            for task in PROCESS_RECORDING.tasks
        )
        if run
        else (),
    )
    return replace(a_job(status), resource_version=str(number))


def _ready() -> Condition:
    return Condition(
        type=ConditionType.TRANSCRIPT_READY,
        status=ConditionStatus.TRUE,
        reason=TranscriptReason.PUBLISHED,
        last_transition_time=ENDED,
    )
