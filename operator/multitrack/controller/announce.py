"""Kubernetes Events about jobs, for `kubectl describe` and `kubectl get events`."""

from collections.abc import Iterator

from multitrack.api.reasons import ConditionStatus, ConditionType
from multitrack.api.status import Condition, RecordingJobStatus

__all__ = ["is_warning", "news"]

_BAD = {
    ConditionType.WORKFLOW_CREATED: ConditionStatus.FALSE,
    ConditionType.SUCCEEDED: ConditionStatus.FALSE,
    ConditionType.DEGRADED: ConditionStatus.TRUE,
}

_QUIET = (ConditionType.DEGRADED, ConditionType.TRANSCRIPT_READY)
"""Worth an Event only once they are true."""


def news(before: RecordingJobStatus, after: RecordingJobStatus) -> Iterator[Condition]:
    """Conditions whose status or reason has changed and that somebody may want to hear of."""
    for condition in after.conditions:
        earlier = before.condition(condition.type)
        if earlier and (earlier.status, earlier.reason) == (condition.status, condition.reason):
            continue
        if condition.type not in _QUIET or condition.status is ConditionStatus.TRUE:
            yield condition


def is_warning(condition: Condition) -> bool:
    """Whether the Event is of type Warning."""
    return _BAD.get(condition.type) == condition.status
