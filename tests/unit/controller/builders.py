"""Jobs and Workflows for tables: a case names only what it is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from multitrack.api.recording_job import RecordingJob
from multitrack.api.spec import RecordingJobSpec
from multitrack.api.status import RecordingJobStatus
from multitrack.controller.observed import Node, WorkflowView
from multitrack.controller.settings import OperatorSettings

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
UID = "5f0c9d1e-0000-4000-8000-000000000000"
SETTINGS = OperatorSettings.model_validate(
    {
        "jobNamespaces": ["meetings"],
        "storage": {"bucket": "recordings"},
        "argoUrl": "https://argo.example",
    }
)


def a_job(status: RecordingJobStatus | None = None, **spec: Any) -> RecordingJob:
    """A job about whose audio nothing has to be decided, unless it says so."""
    about = {"source": {"s3": {"prefix": "standup/"}}, "consent": {"policy": "Keep"}}
    return RecordingJob(
        name="standup",
        namespace="meetings",
        uid=UID,
        generation=1,
        resource_version="1",
        created=NOW - timedelta(minutes=5),
        spec=RecordingJobSpec.model_validate({**about, **spec}),
        status=status or RecordingJobStatus(),
        labels={},
    )


def followed(job: RecordingJob, status: RecordingJobStatus) -> RecordingJob:
    """The job as it is after its status was written."""
    return replace(job, status=status)


def a_workflow(phase: str = "Running", *nodes: Node, **more: Any) -> WorkflowView:
    attempt = more.pop("attempt", 1)
    facts: dict[str, Any] = {
        "name": f"standup-{UID[:8]}-{attempt}",
        "namespace": "meetings",
        "uid": f"workflow-{attempt}",
        "created": NOW - timedelta(minutes=4) + timedelta(seconds=attempt),
        "job_uid": UID,
        "attempt": attempt,
        "phase": phase,
        "nodes": {node.id: node for node in nodes},
        "changed": NOW,
        "finished": NOW if phase in ("Succeeded", "Failed", "Error") else None,
    }
    return WorkflowView(**{**facts, **more})


def a_run(step: str, phase: str, *tries: Node, **more: Any) -> list[Node]:
    """A step's Retry node and the pods below it."""
    name = more.pop("id", step)
    return [
        Node(
            id=name,
            type="Retry",
            template=step,
            phase=phase,
            children=tuple(attempt.id for attempt in tries),
            **more,
        ),
        *tries,
    ]


def a_pod(step: str, phase: str, number: int = 0, **more: Any) -> Node:
    return Node(id=f"{step}-pod-{number}", type="Pod", template=step, phase=phase, **more)


def said_by_step(report: str) -> Mapping[str, str]:
    """The output parameter `step`."""
    return {"step": report}
