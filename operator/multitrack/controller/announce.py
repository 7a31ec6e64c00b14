"""Kubernetes Events about jobs, for `kubectl describe` and `kubectl get events`."""

from collections.abc import Awaitable, Callable

import kopf

from multitrack.api import names
from multitrack.api.reasons import ConditionStatus, ConditionType
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import Condition, RecordingJobStatus

__all__ = ["Announce", "post_events"]

Announce = Callable[[RecordingJob, RecordingJobStatus], Awaitable[None]]
"""Tells the world what is new in a status."""

_BAD = {
    ConditionType.WORKFLOW_CREATED: ConditionStatus.FALSE,
    ConditionType.SUCCEEDED: ConditionStatus.FALSE,
    ConditionType.DEGRADED: ConditionStatus.TRUE,
}


async def post_events(job: RecordingJob, status: RecordingJobStatus) -> None:
    """Post one Event for each condition whose status or reason has changed."""
    reference = kopf.Body(
        {
            "apiVersion": names.API_VERSION,
            "kind": names.KIND,
            "metadata": {"name": job.name, "namespace": job.namespace, "uid": job.uid},
        }
    )
    for condition in status.conditions:
        if _is_news(job.status.condition(condition.type), condition):
            is_bad = _BAD.get(condition.type) == condition.status
            kopf.event(
                reference,
                type="Warning" if is_bad else "Normal",
                reason=condition.reason,
                message=condition.message or condition.type.value,
            )


def _is_news(before: Condition | None, after: Condition) -> bool:
    if before is None:
        return not (
            after.type in (ConditionType.DEGRADED, ConditionType.TRANSCRIPT_READY)
            and _BAD.get(after.type) != after.status
            and after.status != ConditionStatus.TRUE
        )
    return (before.status, before.reason) != (after.status, after.reason)
