"""When a shadow job is compared with the legacy pipeline, and what its status says: pure.

One comparison for each attempt that has published. What status.comparison has once recorded is
never begun again, whatever becomes of its Workflow.
"""

import json
from datetime import datetime, timedelta

from multitrack.api.reasons import ComparedReason, ConditionStatus, ConditionType, StepPhase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import ComparisonStatus, WorkflowRef
from multitrack.controller.conditions import a_condition, with_conditions
from multitrack.controller.decision import Action, Decision, DeleteJob, StartErrand
from multitrack.controller.errands import (
    REFUSED_AGAIN,
    looking_again,
    newest_run,
    start_again,
)
from multitrack.controller.observed import Node, WorkflowView
from multitrack.controller.outcome import workflow_url
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.steps import said, stuck_pod
from workflow_templates.pipelines import COMPARE_RUN
from workflow_templates.runtime.job_files import job_address

__all__ = ["comparison_arguments", "comparison_not_started", "with_comparison"]

_INCOMPLETE = "incomplete"
"""compare-run's verdict where one side could not be had."""

Outcome = tuple[ConditionStatus, ComparedReason, str]
"""Status, reason and message of the condition `Compared`."""

_BEGINNING = ConditionStatus.UNKNOWN, ComparedReason.COMPARING, "the comparison is about to begin"


def with_comparison(
    decision: Decision,
    job: RecordingJob,
    workflows: tuple[WorkflowView, ...],
    *,
    settings: OperatorSettings,
    now: datetime,
) -> Decision:
    """Add the comparison to what was decided; only shadow jobs are compared.

    Args:
        decision: About the processing: its status says whether there is anything to compare.
        job: As the API server last told.
        workflows: All that carry the job's uid.
        settings: Of the operator.
        now: With time zone.
    """
    if not job.spec.shadow or not settings.comparison.enabled:
        kept = decision.status.model_copy(update={"comparison": job.status.comparison})
        return Decision(kept, decision.actions, decision.look_again)
    mine = [each for each in workflows if each.pipeline == COMPARE_RUN.name]
    current = newest_run(mine)
    known = _known(job, current, settings)
    wanted = decision.status.attempt
    if known is not None and known.number >= wanted:
        return _settled(decision, job, known, current, mine, now)
    if not decision.status.is_true(ConditionType.TRANSCRIPT_READY):
        said_of_it = ConditionStatus.UNKNOWN, ComparedReason.NOT_YET, "nothing is published yet"
        return _with(decision, job, known, said_of_it, now)
    return _with(decision, job, known, _BEGINNING, now, StartErrand(COMPARE_RUN.name, wanted))


def comparison_not_started(
    decision: Decision, job: RecordingJob, why: str, now: datetime
) -> Decision:
    """Say that the comparison's Workflow cannot be made; the rest of the decision stands."""
    outcome = ConditionStatus.UNKNOWN, ComparedReason.COMPARING, f"tried again every minute: {why}"
    return looking_again(_with(decision, job, job.status.comparison, outcome, now), REFUSED_AGAIN)


def comparison_arguments(job: RecordingJob) -> dict[str, str]:
    """Job parameters of compare-run; where the legacy API is, the installation's settings say."""
    daily = job.spec.source.daily
    steps = [
        {
            "name": step.name,
            # Argo's times of a short step are whole seconds of two clocks.
            "seconds": max(0.0, (step.completion_time - step.start_time).total_seconds()),
            "cost": None,
        }
        for step in job.status.steps
        if step.phase is StepPhase.SUCCEEDED and step.start_time and step.completion_time
    ]
    return {
        "legacy-recording-id": daily.recording_id if daily is not None else "",
        "own-steps": json.dumps(steps),
    }


def _known(
    job: RecordingJob, current: WorkflowView | None, settings: OperatorSettings
) -> ComparisonStatus | None:
    """The newest comparison that has begun, as it is now."""
    known = job.status.comparison
    if current is not None and (known is None or current.attempt >= known.number):
        outputs = run.outputs if (run := _run(current)) is not None else {}
        ref = WorkflowRef(name=current.name, uid=current.uid, url=workflow_url(current, settings))
        verdict = outputs.get("verdict") or None
        page = job_address(settings.storage.bucket, job.uid, "comparison/comparison.html")
        return ComparisonStatus(
            number=current.attempt,
            workflow_ref=ref,
            verdict=verdict,
            message=outputs.get("sentence") or None,
            page=str(page) if verdict else None,
        )
    if known is None or known.workflow_ref is None or current is not None:
        return known
    ref = known.workflow_ref.model_copy(update={"deleted": True})
    return known.model_copy(update={"workflow_ref": ref})


def _settled(
    decision: Decision,
    job: RecordingJob,
    known: ComparisonStatus,
    current: WorkflowView | None,
    mine: list[WorkflowView],
    now: datetime,
) -> Decision:
    """The comparison of this attempt has begun: say how it goes."""
    again = start_again(current, mine, now) if current is not None else None
    if again is None:
        return _with(decision, job, known, _outcome(known, current), now)
    before = job.status.comparison
    if isinstance(again, timedelta):
        return looking_again(_with(decision, job, before, _BEGINNING, now), again)
    return _with(decision, job, before, _BEGINNING, now, again)


def _outcome(known: ComparisonStatus, current: WorkflowView | None) -> Outcome:
    sentence = known.message or ""
    if known.verdict == _INCOMPLETE:
        return ConditionStatus.FALSE, ComparedReason.INCOMPLETE, sentence
    if known.verdict:
        text = f"{known.verdict}: {sentence}" if sentence else known.verdict
        return ConditionStatus.TRUE, ComparedReason.COMPARED, text
    if current is None:
        text = "the comparison's Workflow was deleted before its end; raise spec.attempt"
        return ConditionStatus.FALSE, ComparedReason.FAILED, text
    if current.is_finished:
        return ConditionStatus.FALSE, ComparedReason.FAILED, _last_words(current)
    stuck = stuck_pod(current)
    text = f"{current.name} cannot start: {said(stuck)}" if stuck else f"{current.name} compares"
    return ConditionStatus.UNKNOWN, ComparedReason.COMPARING, text


def _last_words(workflow: WorkflowView) -> str:
    run = _run(workflow)
    tries = workflow.tries(run) if run is not None else []
    return (said(tries[-1]) if tries else "") or workflow.message or "it failed without a word"


def _run(workflow: WorkflowView) -> Node | None:
    return next(iter(workflow.of_step(COMPARE_RUN.tasks[0].name)), None)


def _with(
    decision: Decision,
    job: RecordingJob,
    comparison: ComparisonStatus | None,
    outcome: Outcome,
    now: datetime,
    *actions: Action,
) -> Decision:
    """Put it in; a job that is still compared is not deleted."""
    status = decision.status.model_copy(update={"comparison": comparison})
    status = with_conditions(status, job, now, a_condition(ConditionType.COMPARED, *outcome))
    goes_on = outcome[1] is ComparedReason.COMPARING
    kept = [each for each in decision.actions if not (goes_on and isinstance(each, DeleteJob))]
    return Decision(status, (*kept, *actions), decision.look_again)
