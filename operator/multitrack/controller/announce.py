"""Kubernetes Events about jobs, for `kubectl describe` and `kubectl get events`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from multitrack.api.reasons import (
    ComparedReason,
    ConditionType,
    ConsentReason,
    DegradedReason,
    DeliveredReason,
    Phase,
    SucceededReason,
    TranscriptReason,
    WorkflowCreatedReason,
)
from multitrack.api.status import Condition, RecordingJobStatus

__all__ = ["TELLING", "News", "Telling", "news", "woken_news"]


class Telling(Enum):
    """How an Event tells that a condition has come to a reason."""

    SILENT = auto()
    """Not at all: nothing has been done yet, or nothing had to be."""
    NORMAL = auto()
    """As something that goes as planned, or as somebody wanted."""
    WARNING = auto()
    """As something that a person may have to look at."""


_CREATED = ConditionType.WORKFLOW_CREATED
_SUCCEEDED = ConditionType.SUCCEEDED
_READY = ConditionType.TRANSCRIPT_READY
_DEGRADED = ConditionType.DEGRADED
_CONSENT = ConditionType.CONSENT_ENFORCED
_DELIVERED = ConditionType.DELIVERED
_COMPARED = ConditionType.COMPARED

TELLING: Mapping[tuple[ConditionType, str], Telling] = MappingProxyType(
    {
        (_CREATED, WorkflowCreatedReason.CREATED): Telling.NORMAL,
        (_CREATED, WorkflowCreatedReason.UNKNOWN_PROFILE): Telling.WARNING,
        (_CREATED, WorkflowCreatedReason.INVALID_REQUEST): Telling.WARNING,
        (_CREATED, WorkflowCreatedReason.WORKFLOW_REFUSED): Telling.WARNING,
        (_CREATED, WorkflowCreatedReason.NAME_TAKEN): Telling.WARNING,
        (_CREATED, WorkflowCreatedReason.WAITING_FOR_EARLIER_ATTEMPT): Telling.NORMAL,
        (_SUCCEEDED, SucceededReason.PENDING): Telling.NORMAL,
        (_SUCCEEDED, SucceededReason.QUEUED): Telling.NORMAL,
        (_SUCCEEDED, SucceededReason.INSTALLATION_INCOMPLETE): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.RUNNING): Telling.NORMAL,
        (_SUCCEEDED, SucceededReason.SUSPENDED): Telling.NORMAL,
        (_SUCCEEDED, SucceededReason.RETRYING): Telling.NORMAL,
        (_SUCCEEDED, SucceededReason.POD_CANNOT_START): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.COMPLETED): Telling.NORMAL,
        (_SUCCEEDED, SucceededReason.STEP_FAILED): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.BAD_INPUT): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.SOURCE_NOT_FOUND): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.SOURCE_DELETED): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.NO_AUDIO): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.TRACK_UNREADABLE): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.TRACK_OFFSET): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.MODEL_UNAVAILABLE): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.LANGUAGE_UNSUPPORTED): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.SETTINGS): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.REFUSED): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.TEMPORARY): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.LANGUAGE_MODEL): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.STORAGE_UNAVAILABLE): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.STORAGE_FULL): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.OUT_OF_MEMORY): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.DEADLINE_EXCEEDED): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.WORKFLOW_ERROR): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.WORKFLOW_DELETED): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.CANCELLED): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.STOPPED): Telling.WARNING,
        (_SUCCEEDED, SucceededReason.TERMINATED): Telling.WARNING,
        (_READY, TranscriptReason.PUBLISHED): Telling.NORMAL,
        (_READY, TranscriptReason.NOT_YET): Telling.SILENT,
        (_READY, TranscriptReason.NOT_PUBLISHED): Telling.SILENT,
        (_DEGRADED, DegradedReason.NOTHING_MISSING): Telling.SILENT,
        (_DEGRADED, DegradedReason.OPTIONAL_STEP_FAILED): Telling.WARNING,
        (_DEGRADED, DegradedReason.TRACK_GAP): Telling.WARNING,
        (_CONSENT, ConsentReason.NOT_NEEDED): Telling.SILENT,
        (_CONSENT, ConsentReason.NOBODY_DENIES): Telling.SILENT,
        (_CONSENT, ConsentReason.ENFORCED): Telling.NORMAL,
        (_CONSENT, ConsentReason.WAITING_FOR_END): Telling.NORMAL,
        (_CONSENT, ConsentReason.WAITING_FOR_RETRY): Telling.NORMAL,
        (_CONSENT, ConsentReason.DELETING): Telling.NORMAL,
        (_CONSENT, ConsentReason.REFUSED): Telling.WARNING,
        (_CONSENT, ConsentReason.UNVERIFIED): Telling.WARNING,
        (_CONSENT, ConsentReason.VOTES_UNKNOWN): Telling.WARNING,
        (_DELIVERED, DeliveredReason.NOT_YET): Telling.SILENT,
        (_DELIVERED, DeliveredReason.DELIVERING): Telling.NORMAL,
        (_DELIVERED, DeliveredReason.CANNOT_START): Telling.WARNING,
        (_DELIVERED, DeliveredReason.DELIVERED): Telling.NORMAL,
        (_DELIVERED, DeliveredReason.NOTHING_TO_DELIVER): Telling.SILENT,
        (_DELIVERED, DeliveredReason.DISABLED): Telling.SILENT,
        (_DELIVERED, DeliveredReason.NOT_PUBLISHED): Telling.SILENT,
        (_DELIVERED, DeliveredReason.SETTINGS): Telling.WARNING,
        (_DELIVERED, DeliveredReason.REFUSED): Telling.WARNING,
        (_DELIVERED, DeliveredReason.UNDELIVERABLE): Telling.WARNING,
        (_DELIVERED, DeliveredReason.STOPPED): Telling.WARNING,
        (_DELIVERED, DeliveredReason.DELETED): Telling.WARNING,
        (_COMPARED, ComparedReason.NOT_YET): Telling.SILENT,
        (_COMPARED, ComparedReason.COMPARING): Telling.NORMAL,
        (_COMPARED, ComparedReason.COMPARED): Telling.NORMAL,
        (_COMPARED, ComparedReason.INCOMPLETE): Telling.WARNING,
        (_COMPARED, ComparedReason.FAILED): Telling.WARNING,
    }
)
"""Of every reason that a condition can have."""


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
        telling = _telling(condition, after)
        if telling is not Telling.SILENT:
            yield News(condition.reason, condition.message, telling is Telling.WARNING)


def woken_news(workflow: str) -> News:
    """Argo had stopped looking at the job's Workflow."""
    return News("WorkflowWoken", f"{workflow} stood still without a pod; Argo was made to look")


def _telling(condition: Condition, status: RecordingJobStatus) -> Telling:
    if condition.type is ConditionType.SUCCEEDED and status.phase is Phase.SKIPPED:
        return Telling.NORMAL  # a shadow job came too late, which is nobody's fault
    return TELLING[condition.type, condition.reason]
