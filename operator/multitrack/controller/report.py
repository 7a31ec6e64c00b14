"""What a job's status says: conditions, phase, steps, from what was observed."""

from datetime import datetime

from multitrack.api.reasons import (
    ConditionStatus,
    ConditionType,
    DegradedReason,
    Phase,
    StepPhase,
    SucceededReason,
    TranscriptReason,
    WorkflowCreatedReason,
)
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import Condition, Failure, RecordingJobStatus, StepStatus, WorkflowRef
from multitrack.controller import outcome
from multitrack.controller.conditions import a_condition as _condition
from multitrack.controller.conditions import with_conditions as _with
from multitrack.controller.observed import Node, WorkflowView
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.steps import progress_of, said, step_statuses
from workflow_templates.pipelines import PROCESS_RECORDING

__all__ = [
    "cancelled_before_start",
    "ended",
    "following",
    "not_created",
    "pending",
    "workflow_gone",
]

_TRUE, _FALSE, _UNKNOWN = ConditionStatus.TRUE, ConditionStatus.FALSE, ConditionStatus.UNKNOWN
_LAST_OF_TRANSCRIPT = "finalize"


def pending(job: RecordingJob, now: datetime, lacks: tuple[str, ...] = ()) -> RecordingJobStatus:
    """A job whose Workflow is about to be made; an attempt before leaves nothing behind here."""
    blank = RecordingJobStatus(
        attempt=job.status.attempt,
        conditions=job.status.conditions,
        observed_generation=job.generation,
    )
    return _with(
        blank, job, now, _waiting(SucceededReason.PENDING, "the Workflow is being made", lacks)
    )


def not_created(
    status: RecordingJobStatus,
    job: RecordingJob,
    reason: WorkflowCreatedReason,
    message: str,
    now: datetime,
) -> RecordingJobStatus:
    """The Workflow that the spec asks for cannot be made, or not yet."""
    return _with(
        status, job, now, _condition(ConditionType.WORKFLOW_CREATED, _FALSE, reason, message)
    )


def cancelled_before_start(job: RecordingJob, now: datetime) -> RecordingJobStatus:
    """Cancelled before there was a Workflow."""
    return ended(
        job.status,
        job,
        Phase.CANCELLED,
        SucceededReason.CANCELLED,
        "cancelled before it began",
        now,
    )


def workflow_gone(status: RecordingJobStatus) -> RecordingJobStatus:
    """The Workflow is no longer there."""
    if status.workflow_ref is None or status.workflow_ref.deleted:
        return status
    gone = status.workflow_ref.model_copy(update={"deleted": True})
    return status.model_copy(update={"workflow_ref": gone})


def ended(
    status: RecordingJobStatus,
    job: RecordingJob,
    phase: Phase,
    reason: SucceededReason,
    message: str,
    now: datetime,
) -> RecordingJobStatus:
    """A job that is over without a Workflow to ask."""
    over = status.model_copy(
        update={"phase": phase, "step": None, "completion_time": status.completion_time or now}
    )
    return _with(
        over,
        job,
        now,
        _condition(ConditionType.SUCCEEDED, _FALSE, reason, message),
        *_transcript(over.steps, is_over=True),
    )


def following(
    job: RecordingJob,
    workflow: WorkflowView,
    stuck: Node | None,
    *,
    settings: OperatorSettings,
    now: datetime,
    lacks: tuple[str, ...] = (),
) -> RecordingJobStatus:
    """What the Workflow says about the job."""
    before = job.status
    same = before.workflow_ref is not None and before.workflow_ref.uid == workflow.uid
    is_tried_again = same and before.completion_time is not None and not workflow.is_finished
    retries = before.retries if same else 0
    if workflow.nodes is not None:
        steps = step_statuses(PROCESS_RECORDING, workflow)
    else:
        steps = before.steps
    failure = _failure(job, workflow, stuck, settings)
    status = RecordingJobStatus(
        observed_generation=job.generation,
        phase=_phase(job, workflow, steps),
        step=failure.step if failure and workflow.is_finished else _current_step(steps),
        progress=progress_of(steps),
        attempt=max(before.attempt, workflow.attempt),
        retries=retries + is_tried_again,
        suspend_requested=before.suspend_requested if same else workflow.is_suspended,
        start_time=workflow.created,
        completion_time=(workflow.finished or now) if workflow.is_finished else None,
        conditions=before.conditions,
        workflow_ref=WorkflowRef(
            name=workflow.name, uid=workflow.uid, url=outcome.workflow_url(workflow, settings)
        ),
        steps=steps,
        failure=failure,
        recording=outcome.facts_of(workflow) or (before.recording if same else None),
        artifacts=outcome.artifacts_of(job, workflow, settings),
        usage=outcome.usage_of(PROCESS_RECORDING, workflow),
    )
    return _with(
        status,
        job,
        now,
        _condition(
            ConditionType.WORKFLOW_CREATED,
            _TRUE,
            WorkflowCreatedReason.CREATED,
            f"Workflow {workflow.name} does the work",
        ),
        _succeeded(job, workflow, status, stuck, lacks),
        *_transcript(steps, is_over=workflow.is_finished),
        _degraded(workflow, settings),
    )


def _phase(job: RecordingJob, workflow: WorkflowView, steps: tuple[StepStatus, ...]) -> Phase:
    if workflow.phase == "Succeeded":
        return Phase.SUCCEEDED
    if workflow.is_finished:
        gave_up = _gave_up_waiting(job, workflow)
        return Phase.CANCELLED if workflow.shutdown and not gave_up else Phase.FAILED
    if workflow.is_suspended:
        return Phase.SUSPENDED
    has_begun = any(step.phase is not StepPhase.PENDING for step in steps)
    return Phase.RUNNING if has_begun else Phase.PENDING


def _gave_up_waiting(job: RecordingJob, workflow: WorkflowView) -> bool:
    """We stopped the Workflow ourselves, because a pod of it could not start."""
    succeeded = job.status.condition(ConditionType.SUCCEEDED)
    return (
        workflow.shutdown is not None
        and not job.spec.cancel
        and succeeded is not None
        and succeeded.reason == SucceededReason.POD_CANNOT_START
        and job.status.workflow_ref is not None
        and job.status.workflow_ref.uid == workflow.uid
    )


def _failure(
    job: RecordingJob, workflow: WorkflowView, stuck: Node | None, settings: OperatorSettings
) -> Failure | None:
    if stuck is not None:
        return Failure(step=stuck.template, message=said(stuck))
    if workflow.is_finished and _gave_up_waiting(job, workflow):
        return job.status.failure
    failed = outcome.failed_runs(PROCESS_RECORDING, workflow, optional=False)
    if not failed or workflow.phase == "Succeeded":
        return None
    return outcome.failure_of(workflow, *failed[0], settings)


def _current_step(steps: tuple[StepStatus, ...]) -> str | None:
    """What goes on: the steps that run, else the one that waits."""
    running = [step.name for step in steps if step.phase is StepPhase.RUNNING]
    return ", ".join(running) or next(
        (step.name for step in steps if step.phase is StepPhase.PENDING), None
    )


def _succeeded(
    job: RecordingJob,
    workflow: WorkflowView,
    status: RecordingJobStatus,
    stuck: Node | None,
    lacks: tuple[str, ...],
) -> Condition:
    if workflow.phase == "Succeeded":
        return _outcome(
            _TRUE, SucceededReason.COMPLETED, "every step that was needed has succeeded"
        )
    if workflow.is_finished:
        return _outcome(_FALSE, *_why_it_ended(job, workflow, status.failure))
    if stuck is not None:
        return _outcome(
            _UNKNOWN, SucceededReason.POD_CANNOT_START, f"{stuck.template}: {said(stuck)}"
        )
    match status.phase:
        case Phase.SUSPENDED:
            text = "nothing new starts; set spec.suspend to false, or use argo resume"
            return _outcome(_UNKNOWN, SucceededReason.SUSPENDED, text)
        case Phase.PENDING:
            waits = next((step.message for step in status.steps if step.message), None)
            text = waits or "no pod runs yet"
            return _waiting(SucceededReason.QUEUED, text, lacks)
        case _:
            reason = SucceededReason.RETRYING if status.retries else SucceededReason.RUNNING
            return _outcome(_UNKNOWN, reason, _what_goes_on(status))


def _waiting(reason: SucceededReason, text: str, lacks: tuple[str, ...]) -> Condition:
    """Nothing of the job runs yet; what the installation lacks explains it better than anything."""
    if lacks:
        return _outcome(_UNKNOWN, SucceededReason.INSTALLATION_INCOMPLETE, "; ".join(lacks))
    return _outcome(_UNKNOWN, reason, text)


def _what_goes_on(status: RecordingJobStatus) -> str:
    """The step that runs, or what the next one waits for."""
    here = next((step for step in status.steps if step.name == status.step), None)
    if here is not None and here.phase is StepPhase.PENDING and here.message:
        return f"{here.name}: {here.message}"
    return f"{status.step or 'the pipeline'} goes on"


def _why_it_ended(
    job: RecordingJob, workflow: WorkflowView, failure: Failure | None
) -> tuple[SucceededReason, str]:
    if failure is not None and _gave_up_waiting(job, workflow):
        return SucceededReason.POD_CANNOT_START, f"{failure.step}: {failure.message}"
    if workflow.shutdown:
        return _who_stopped_it(job, workflow.shutdown)
    failed = outcome.failed_runs(PROCESS_RECORDING, workflow, optional=False)
    if failed and failure is not None:
        whose = f" ({failure.track})" if failure.track else ""
        reason = outcome.reason_of(workflow, failed[0][1])
        return reason, f"{failure.step}{whose}: {failure.message}"
    if "deadline" in workflow.message.lower() or "Max duration" in workflow.message:
        return SucceededReason.DEADLINE_EXCEEDED, f"the job took too long: {workflow.message}"
    return SucceededReason.WORKFLOW_ERROR, workflow.message or "Argo gives no reason"


def _who_stopped_it(job: RecordingJob, shutdown: str) -> tuple[SucceededReason, str]:
    if job.spec.cancel:
        return SucceededReason.CANCELLED, "cancelled by spec.cancel; what was computed is kept"
    if shutdown == "Terminate":
        return SucceededReason.TERMINATED, "the Workflow was terminated in Argo"
    return SucceededReason.STOPPED, "the Workflow was stopped in Argo"


def _transcript(steps: tuple[StepStatus, ...], *, is_over: bool) -> tuple[Condition, ...]:
    published = any(
        step.name == _LAST_OF_TRANSCRIPT and step.phase is StepPhase.SUCCEEDED for step in steps
    )
    kind = ConditionType.TRANSCRIPT_READY
    if published:
        return (_condition(kind, _TRUE, TranscriptReason.PUBLISHED, "see status.artifacts"),)
    if is_over:
        text = "the job ended before that; see Succeeded"
        return (_condition(kind, _FALSE, TranscriptReason.NOT_PUBLISHED, text),)
    return (_condition(kind, _UNKNOWN, TranscriptReason.NOT_YET, "the steps before go on"),)


def _degraded(workflow: WorkflowView, settings: OperatorSettings) -> Condition:
    kind = ConditionType.DEGRADED
    if gaps := outcome.track_gaps(workflow):
        return _condition(kind, _TRUE, DegradedReason.TRACK_GAP, "; ".join(gaps))
    failed = outcome.failed_runs(PROCESS_RECORDING, workflow, optional=True)
    if failed:
        task, run = failed[0]
        text = outcome.failure_of(workflow, task, run, settings).message
        reason = DegradedReason.OPTIONAL_STEP_FAILED
        return _condition(kind, _TRUE, reason, f"{task.name}: {text}")
    return _condition(kind, _FALSE, DegradedReason.NOTHING_MISSING, "")


def _outcome(status: ConditionStatus, reason: SucceededReason, message: str) -> Condition:
    return _condition(ConditionType.SUCCEEDED, status, reason, message)
