"""When the results of a job are delivered, and what its status says about that: pure.

A delivery has a number: one more for each raised `spec.attempt` or `spec.deliveryAttempt`. What
status.delivery has once recorded is never begun again, whatever becomes of its Workflow, and
nothing of old is delivered because settings have changed.
"""

from datetime import datetime, timedelta

from multitrack.api.reasons import ConditionStatus, ConditionType, DeliveredReason
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import DeliveryStatus, DeliveryTarget, RecordingJobStatus
from multitrack.controller.conditions import a_condition, with_conditions
from multitrack.controller.decision import Action, Decision, DeleteJob, StartErrand, StopWorkflow
from multitrack.controller.delivery_report import Outcome, follow, gone, outcome_of, planned
from multitrack.controller.errands import (
    REFUSED_AGAIN,
    looking_again,
    newest_run,
    start_again,
)
from multitrack.controller.observed import WorkflowView
from multitrack.controller.settings import OperatorSettings
from workflow_templates.pipelines import DELIVER_RESULTS

__all__ = ["delivery_not_started", "with_delivery"]

_BEGINNING = ConditionStatus.UNKNOWN, DeliveredReason.DELIVERING, "the delivery is about to begin"


def with_delivery(
    decision: Decision,
    job: RecordingJob,
    workflows: tuple[WorkflowView, ...],
    *,
    settings: OperatorSettings,
    now: datetime,
) -> Decision:
    """Add the delivery to what was decided.

    Args:
        decision: About the processing: its status says whether there is anything to deliver.
        job: As the API server last told.
        workflows: All that carry the job's uid.
        settings: Of the operator.
        now: With time zone.
    """
    mine = [each for each in workflows if each.pipeline == DELIVER_RESULTS.name]
    current = newest_run(mine)
    known = _known(job, current, settings)
    wanted = decision.status.attempt + job.spec.delivery_attempt - 1
    if known is not None and known.number >= wanted:
        return _settled(decision, job, known, current, mine, now)
    if (waits := _why_not_yet(decision.status, job)) is not None:
        return _with(decision, job, known, waits, now)
    if (nothing := _why_nothing(job, settings)) is not None:
        outcome, targets = nothing
        done = DeliveryStatus(number=wanted, start_time=now, targets=targets)
        return _with(decision, job, done, outcome, now)
    return _due(decision, job, known, current, wanted, now)


def delivery_not_started(
    decision: Decision, job: RecordingJob, why: str, now: datetime
) -> Decision:
    """Say that the delivery's Workflow cannot be made; the rest of the decision stands."""
    outcome = ConditionStatus.UNKNOWN, DeliveredReason.CANNOT_START, why
    said = _with(decision, job, job.status.delivery, outcome, now)
    return looking_again(said, REFUSED_AGAIN)


def _known(
    job: RecordingJob, current: WorkflowView | None, settings: OperatorSettings
) -> DeliveryStatus | None:
    """The newest delivery that has begun, as it is now."""
    known = job.status.delivery
    if current is not None and (known is None or current.attempt >= known.number):
        return follow(job, current, settings)
    return None if known is None else gone(known)


def _settled(
    decision: Decision,
    job: RecordingJob,
    known: DeliveryStatus,
    current: WorkflowView | None,
    mine: list[WorkflowView],
    now: datetime,
) -> Decision:
    """The newest delivery that is wanted has begun: say how it goes."""
    again = start_again(current, mine, now) if current is not None else None
    if isinstance(again, timedelta):
        return looking_again(_with(decision, job, job.status.delivery, _BEGINNING, now), again)
    if again is not None:
        return _with(decision, job, job.status.delivery, _BEGINNING, now, again)
    before = job.status.delivery
    if current is None and before is not None and before.targets == known.targets:
        return _with(decision, job, known, None, now)  # what was said of it stays so
    return _with(decision, job, known, outcome_of(known, current), now)


def _why_not_yet(status: RecordingJobStatus, job: RecordingJob) -> Outcome | None:
    unknown = ConditionStatus.UNKNOWN
    if not status.is_true(ConditionType.TRANSCRIPT_READY):
        if status.phase.is_final:
            text = "the job ended before there was anything to deliver; see Succeeded"
            return ConditionStatus.FALSE, DeliveredReason.NOT_PUBLISHED, text
        return unknown, DeliveredReason.NOT_YET, "the transcript is not published yet"
    if job.spec.suspend:
        return unknown, DeliveredReason.NOT_YET, "nothing new starts; set spec.suspend to false"
    return None


def _why_nothing(
    job: RecordingJob, settings: OperatorSettings
) -> tuple[Outcome, tuple[DeliveryTarget, ...]] | None:
    """Why no Workflow is needed, with the targets that cannot be served."""
    if job.spec.shadow:
        text = "spec.shadow: another system's results count, nothing is delivered from here"
        return (ConditionStatus.FALSE, DeliveredReason.DISABLED, text), ()
    nothing = ConditionStatus.TRUE, DeliveredReason.NOTHING_TO_DELIVER
    if _was_published_before_deliveries(job):
        text = "the job was finished before this installation delivered; multitrack deliver sends"
        return (*nothing, text), ()
    targets = planned(job, settings)
    if not targets:
        return (*nothing, "neither the job nor the installation names anybody to tell"), ()
    without = DeliveryStatus(number=0, start_time=job.created, targets=targets)
    return None if without.goes_on else (outcome_of(without, None), targets)


def _was_published_before_deliveries(job: RecordingJob) -> bool:
    """An operator that knows of deliveries says something about them before it says Published."""
    is_ready = job.status.is_true(ConditionType.TRANSCRIPT_READY)
    return is_ready and job.status.condition(ConditionType.DELIVERED) is None


def _due(
    decision: Decision,
    job: RecordingJob,
    known: DeliveryStatus | None,
    current: WorkflowView | None,
    wanted: int,
    now: datetime,
) -> Decision:
    """Begin; one delivery at a time, or two would both find no message and both post one."""
    unknown, delivering = ConditionStatus.UNKNOWN, DeliveredReason.DELIVERING
    if current is not None and not current.is_finished:
        stop = (StopWorkflow(current.name),) if current.shutdown is None else ()
        text = f"{current.name} is stopped: there is something newer to deliver"
        return _with(decision, job, known, (unknown, delivering, text), now, *stop)
    return _with(decision, job, known, _BEGINNING, now, StartErrand(DELIVER_RESULTS.name, wanted))


def _with(
    decision: Decision,
    job: RecordingJob,
    delivery: DeliveryStatus | None,
    outcome: Outcome | None,
    now: datetime,
    *actions: Action,
) -> Decision:
    """Put it in; a job that still has something to deliver is not deleted."""
    status = decision.status.model_copy(update={"delivery": delivery})
    if outcome is not None:
        condition = a_condition(ConditionType.DELIVERED, *outcome)
        status = with_conditions(status, job, now, condition)
    said = status.condition(ConditionType.DELIVERED)
    goes_on = said is not None and said.status is ConditionStatus.UNKNOWN
    kept = [each for each in decision.actions if not (goes_on and isinstance(each, DeleteJob))]
    return Decision(status, (*kept, *actions), decision.look_again)
