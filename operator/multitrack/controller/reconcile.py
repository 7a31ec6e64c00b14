"""What to do for a job, and what to say about it: pure, without a clock of its own."""

from datetime import datetime, timedelta

from multitrack.api.reasons import Phase, SucceededReason, WorkflowCreatedReason
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import RecordingJobStatus
from multitrack.controller import report
from multitrack.controller.comparisons import with_comparison
from multitrack.controller.consent import enforce_consent
from multitrack.controller.decision import (
    Action,
    CreateWorkflow,
    Decision,
    DeleteJob,
    StopWorkflow,
    SuspendWorkflow,
    WakeWorkflow,
)
from multitrack.controller.deliveries import with_delivery
from multitrack.controller.observed import WorkflowView
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.starts import newest, next_start
from multitrack.controller.steps import stuck_pod
from workflow_templates.pipelines import PROCESS_RECORDING

__all__ = ["reconcile"]

_ERRANDS = (with_delivery, with_comparison, enforce_consent)
"""What else is done for a job, each from what was decided before it."""


def reconcile(
    job: RecordingJob,
    workflows: tuple[WorkflowView, ...],
    *,
    settings: OperatorSettings,
    now: datetime,
    lacks: tuple[str, ...] = (),
) -> Decision:
    """Decide.

    Args:
        job: As the API server last told.
        workflows: All that carry the job's uid.
        settings: Of the operator.
        now: With time zone.
        lacks: What the installation lacks that this job needs, in sentences.
    """
    if job.is_being_deleted:
        return enforce_consent(Decision(job.status), job, workflows, settings=settings, now=now)
    processing = tuple(each for each in workflows if each.pipeline == PROCESS_RECORDING.name)
    decision = _reconcile_processing(job, processing, settings, now, lacks)
    for errand in _ERRANDS:
        decision = errand(decision, job, workflows, settings=settings, now=now)
    return decision


def _reconcile_processing(
    job: RecordingJob,
    workflows: tuple[WorkflowView, ...],
    settings: OperatorSettings,
    now: datetime,
    lacks: tuple[str, ...],
) -> Decision:
    """What to do for process-recording."""
    current = newest(workflows)
    if _wants_another_attempt(job, workflows):
        return _start(job, current, settings, now, lacks)
    if current is None:
        return _without_workflow(job, now)
    if current.never_began and job.spec.cancel:
        return Decision(report.cancelled_before_start(job, now))
    if (again := next_start(current, workflows, now)) is not None:
        return _start_again(job, current.attempt, again, now, lacks)
    return _follow(job, current, settings, now, lacks)


def _wants_another_attempt(job: RecordingJob, workflows: tuple[WorkflowView, ...]) -> bool:
    made = max([job.status.attempt, *(workflow.attempt for workflow in workflows)])
    return job.spec.attempt > made and not job.spec.cancel


def _start(
    job: RecordingJob,
    current: WorkflowView | None,
    settings: OperatorSettings,
    now: datetime,
    lacks: tuple[str, ...],
) -> Decision:
    """Make the Workflow; one at a time."""
    if current is None or current.is_finished:
        status = report.pending(job, now, lacks)
        return Decision(status, (CreateWorkflow(job.spec.attempt),))
    followed = _follow(job, current, settings, now, lacks)
    waiting = report.not_created(
        followed.status,
        job,
        WorkflowCreatedReason.WAITING_FOR_EARLIER_ATTEMPT,
        f"{current.name} still runs; attempt {job.spec.attempt} starts when it has ended",
        now,
    )
    stop = (StopWorkflow(current.name),) if job.spec.force and current.shutdown is None else ()
    return Decision(waiting, (*followed.actions, *stop), followed.look_again)


def _start_again(
    job: RecordingJob, attempt: int, again: int | timedelta, now: datetime, lacks: tuple[str, ...]
) -> Decision:
    """Make the Workflow once more, or wait for that; nothing of the one before has run."""
    status = report.pending(job, now, lacks)
    if isinstance(again, timedelta):
        return Decision(status, look_again=again)
    return Decision(status, (CreateWorkflow(attempt, again),))


def _follow(
    job: RecordingJob,
    current: WorkflowView,
    settings: OperatorSettings,
    now: datetime,
    lacks: tuple[str, ...],
) -> Decision:
    """Say what Argo says; act only where the spec or time asks for it."""
    stuck = stuck_pod(current)
    status = report.following(job, current, stuck, settings=settings, now=now, lacks=lacks)
    if current.is_finished:
        return _after_the_end(job, status, now)
    actions: list[Action] = []
    looks: list[timedelta] = []
    if job.spec.cancel and current.shutdown is None:
        actions.append(StopWorkflow(current.name))
    if job.spec.suspend != status.suspend_requested:
        actions.append(SuspendWorkflow(current.name, job.spec.suspend))
        status = status.model_copy(update={"suspend_requested": job.spec.suspend})
    if stuck is not None and stuck.started is not None and current.shutdown is None:
        left = stuck.started + timedelta(seconds=settings.pod_start_patience) - now
        if left <= timedelta():
            actions.append(StopWorkflow(current.name))
        else:
            looks.append(left)
    if _may_be_forgotten(current) and current.changed is not None:
        left = current.changed + timedelta(seconds=settings.wake_after) - now
        if left <= timedelta():
            actions.append(WakeWorkflow(current.name))
        else:
            looks.append(left)
    return Decision(status, tuple(actions), min(looks, default=None))


def _after_the_end(job: RecordingJob, status: RecordingJobStatus, now: datetime) -> Decision:
    ttl, ended = job.spec.ttl_seconds_after_finished, status.completion_time
    if ttl is None or ended is None:
        return Decision(status)
    left = ended + timedelta(seconds=ttl) - now
    if left <= timedelta():
        return Decision(status, (DeleteJob(),))
    return Decision(status, look_again=left)


def _without_workflow(job: RecordingJob, now: datetime) -> Decision:
    """No Workflow is there, and none is wanted: it is gone, or was never to be."""
    if job.status.phase.is_final:
        status = report.workflow_gone(job.status)
        return _after_the_end(job, status, now)
    known = job.status.workflow_ref
    if known is None:
        return Decision(report.cancelled_before_start(job, now))
    return Decision(
        report.ended(
            report.workflow_gone(job.status),
            job,
            Phase.CANCELLED if job.spec.cancel else Phase.FAILED,
            SucceededReason.CANCELLED if job.spec.cancel else SucceededReason.WORKFLOW_DELETED,
            f"Workflow {known.name} was deleted before it ended; raise spec.attempt to run again",
            now,
        )
    )


def _may_be_forgotten(workflow: WorkflowView) -> bool:
    """It is said to run, and none of its pods is: Argo should be doing something about that."""
    if workflow.phase != "Running" or workflow.is_suspended or workflow.nodes is None:
        return False
    return not any(
        node.type == "Pod" and node.phase in ("Pending", "Running")
        for node in workflow.nodes.values()
    )
