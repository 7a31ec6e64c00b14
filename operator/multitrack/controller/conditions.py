"""Conditions, made and put beside the ones before."""

from datetime import UTC, datetime

from multitrack.api.reasons import ConditionStatus, ConditionType
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import Condition, RecordingJobStatus

__all__ = ["a_condition", "with_conditions"]

_NOT_YET = datetime.fromtimestamp(0, UTC)
"""Stands in until a condition is put beside the ones before."""


def a_condition(
    kind: ConditionType, status: ConditionStatus, reason: str, message: str
) -> Condition:
    """One that is not put beside the ones before yet."""
    return Condition(
        type=kind,
        status=status,
        reason=reason,
        message=message,
        last_transition_time=_NOT_YET,
    )


def with_conditions(
    status: RecordingJobStatus, job: RecordingJob, now: datetime, *conditions: Condition
) -> RecordingJobStatus:
    """Put conditions in; the time of one changes with its status alone."""
    by_type = {each.type: each for each in status.conditions}
    for each in conditions:
        earlier = job.status.condition(each.type)
        since = earlier.last_transition_time if earlier and earlier.status == each.status else now
        by_type[each.type] = each.model_copy(
            update={"last_transition_time": since, "observed_generation": job.generation}
        )
    return status.model_copy(
        update={"conditions": tuple(by_type[kind] for kind in ConditionType if kind in by_type)}
    )
