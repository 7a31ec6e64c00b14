"""Kubernetes Events about jobs, for `kubectl describe` and `kubectl get events`."""

from collections.abc import Iterator
from dataclasses import dataclass

from multitrack.api.reasons import (
    ConditionStatus,
    ConditionType,
    ConsentReason,
    DeliveredReason,
)
from multitrack.api.status import Condition, RecordingJobStatus

__all__ = ["News", "news", "woken_news"]

_BAD = {
    ConditionType.WORKFLOW_CREATED: ConditionStatus.FALSE,
    ConditionType.SUCCEEDED: ConditionStatus.FALSE,
    ConditionType.DEGRADED: ConditionStatus.TRUE,
    ConditionType.CONSENT_ENFORCED: ConditionStatus.FALSE,
    ConditionType.DELIVERED: ConditionStatus.FALSE,
}

_QUIET = (ConditionType.DEGRADED, ConditionType.TRANSCRIPT_READY)
"""Worth an Event only once they are true."""

_UNREMARKABLE = (ConsentReason.NOT_NEEDED, ConsentReason.NOBODY_DENIES)
"""Most jobs say so from beginning to end."""

_AS_PLANNED = (
    ConsentReason.WAITING_FOR_END,
    ConsentReason.WAITING_FOR_RETRY,
    ConsentReason.DELETING,
)
"""Not so yet, and nothing is wrong."""

_NO_NEWS = frozenset(
    {
        DeliveredReason.NOT_YET,
        DeliveredReason.NOTHING_TO_DELIVER,
        DeliveredReason.DISABLED,
        DeliveredReason.NOT_PUBLISHED,
    }
)
"""Of deliveries: nothing has been done, nor should it have been."""


@dataclass(frozen=True, slots=True)
class News:
    """One Event about a job."""

    reason: str
    message: str
    is_warning: bool = False


def news(before: RecordingJobStatus, after: RecordingJobStatus) -> Iterator[News]:
    """Conditions whose status or reason has changed and that somebody may want to hear of."""
    for condition in after.conditions:
        earlier = before.condition(condition.type)
        if earlier and (earlier.status, earlier.reason) == (condition.status, condition.reason):
            continue
        if condition.reason in _UNREMARKABLE:
            continue
        if condition.type is ConditionType.DELIVERED and condition.reason in _NO_NEWS:
            continue
        if condition.type not in _QUIET or condition.status is ConditionStatus.TRUE:
            yield News(condition.reason, condition.message, _is_bad(condition))


def woken_news(workflow: str) -> News:
    """Argo had stopped looking at the job's Workflow."""
    return News("WorkflowWoken", f"{workflow} stood still without a pod; Argo was made to look")


def _is_bad(condition: Condition) -> bool:
    return _BAD.get(condition.type) == condition.status and condition.reason not in _AS_PLANNED
