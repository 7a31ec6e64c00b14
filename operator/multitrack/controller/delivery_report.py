"""What a delivery's Workflow says about each target."""

from collections.abc import Iterator

from multitrack.api.reasons import ConditionStatus, DeliveredReason, DeliveryPhase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import DeliveryStatus, DeliveryTarget, WorkflowRef
from multitrack.controller.delivery_plan import WEBHOOK, ZULIP, plan_delivery
from multitrack.controller.observed import Node, WorkflowView
from multitrack.controller.outcome import workflow_url
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.steps import report_of, said
from workflow_templates.runtime.errors import ExitCode, FailureReason

__all__ = ["Outcome", "follow", "gone", "outcome_of", "planned"]

_STEPS = {ZULIP: "post-zulip", WEBHOOK: "send-webhook"}
_FINAL = {
    FailureReason.SETTINGS: DeliveredReason.SETTINGS,
    FailureReason.BAD_INPUT: DeliveredReason.SETTINGS,
    FailureReason.REFUSED: DeliveredReason.REFUSED,
}
_HOPELESS = (ExitCode.BAD_INPUT, ExitCode.REFUSED)
_DELETED = "the delivery's Workflow was deleted before it was taken; multitrack deliver sends again"

Outcome = tuple[ConditionStatus, DeliveredReason, str]
"""Status, reason and message of the condition `Delivered`."""


def planned(job: RecordingJob, settings: OperatorSettings) -> tuple[DeliveryTarget, ...]:
    """The targets before anything has been tried."""
    plan = plan_delivery(job, settings.delivery)
    waiting = [DeliveryTarget(name=name, phase=DeliveryPhase.DELIVERING) for name in plan.targets]
    impossible = [
        DeliveryTarget(name=name, phase=DeliveryPhase.FAILED, message=why)
        for name, why in plan.impossible.items()
    ]
    return (*waiting, *impossible)


def follow(job: RecordingJob, workflow: WorkflowView, settings: OperatorSettings) -> DeliveryStatus:
    """The delivery as its Workflow has it."""
    known = job.status.delivery
    is_known = known is not None and known.number == workflow.attempt
    targets = known.targets if known is not None and is_known else planned(job, settings)
    return DeliveryStatus(
        number=workflow.attempt,
        start_time=known.start_time if known is not None and is_known else workflow.created,
        workflow_ref=WorkflowRef(
            name=workflow.name, uid=workflow.uid, url=workflow_url(workflow, settings)
        ),
        targets=tuple(
            _target(target, workflow) for target in targets if not _is_left_out(target, workflow)
        ),
    )


def gone(known: DeliveryStatus) -> DeliveryStatus:
    """The delivery whose Workflow is no longer there."""
    if known.workflow_ref is None or known.workflow_ref.deleted:
        return known
    targets = tuple(
        target.model_copy(update={"phase": DeliveryPhase.FAILED, "message": _DELETED})
        if target.phase is DeliveryPhase.DELIVERING
        else target
        for target in known.targets
    )
    ref = known.workflow_ref.model_copy(update={"deleted": True})
    return known.model_copy(update={"workflow_ref": ref, "targets": targets})


def outcome_of(delivery: DeliveryStatus, workflow: WorkflowView | None) -> Outcome:
    """What to say about all targets together.

    Args:
        delivery: As it is now.
        workflow: The one that delivers; None: it is gone, or there never was one.
    """
    message = "; ".join(_sentences(delivery))
    if delivery.goes_on:
        return ConditionStatus.UNKNOWN, DeliveredReason.DELIVERING, message
    if all(target.phase is DeliveryPhase.DELIVERED for target in delivery.targets):
        return ConditionStatus.TRUE, DeliveredReason.DELIVERED, message
    return ConditionStatus.FALSE, _why(delivery, workflow), message


def _why(delivery: DeliveryStatus, workflow: WorkflowView | None) -> DeliveredReason:
    if workflow is None:
        has_begun = delivery.workflow_ref is not None
        return DeliveredReason.DELETED if has_begun else DeliveredReason.SETTINGS
    if workflow.shutdown:
        return DeliveredReason.STOPPED
    reasons = [_reason(target, workflow) for target in delivery.targets]
    return next(reason for reason in reasons if reason is not None)


def _reason(target: DeliveryTarget, workflow: WorkflowView) -> DeliveredReason | None:
    if target.phase is not DeliveryPhase.FAILED:
        return None
    run = _run(target.name, workflow)
    if run is None:
        return DeliveredReason.UNDELIVERABLE
    if run.phase == "Skipped":  # the installation cannot serve it, so it was not even tried
        return DeliveredReason.SETTINGS
    tries = workflow.tries(run)
    told = report_of(tries[-1] if tries else run).failure_reason
    return (
        _FINAL.get(told, DeliveredReason.UNDELIVERABLE) if told else DeliveredReason.UNDELIVERABLE
    )


def _is_left_out(target: DeliveryTarget, workflow: WorkflowView) -> bool:
    """The Workflow was made before the installation named this target."""
    run = _run(target.name, workflow)
    is_skipped = run is not None and run.phase == "Skipped"
    return is_skipped and target.phase is DeliveryPhase.DELIVERING


def _target(target: DeliveryTarget, workflow: WorkflowView) -> DeliveryTarget:
    run = _run(target.name, workflow)
    if run is None or run.phase == "Skipped":
        if workflow.is_finished and target.phase is DeliveryPhase.DELIVERING:
            message = workflow.message or "the Workflow ended without a try"
            return target.model_copy(update={"phase": DeliveryPhase.FAILED, "message": message})
        return target
    tries = workflow.tries(run)
    return DeliveryTarget(
        name=target.name,
        phase=_phase(run, workflow),
        message=None if run.phase == "Succeeded" else _last_word(run, tries),
        tries=len(tries),
        delivered_at=run.finished if run.phase == "Succeeded" else None,
    )


def _phase(run: Node, workflow: WorkflowView) -> DeliveryPhase:
    if run.phase == "Succeeded":
        return DeliveryPhase.DELIVERED
    is_over = run.has_failed or workflow.is_finished or _is_final(workflow.tries(run))
    return DeliveryPhase.FAILED if is_over else DeliveryPhase.DELIVERING


def _is_final(tries: list[Node]) -> bool:
    """The step said that no further try helps; Argo heeds that only after the pause of a minute."""
    return bool(tries) and tries[-1].has_failed and tries[-1].exit_code in _HOPELESS


def _last_word(run: Node, tries: list[Node]) -> str | None:
    """What the last try that said anything has said: the newest has often not got to that."""
    for node in (*reversed(tries), run):
        if node.message:
            return said(node)
    return None


def _run(target: str, workflow: WorkflowView) -> Node | None:
    return next(iter(workflow.of_step(_STEPS[target])), None) if target in _STEPS else None


def _sentences(delivery: DeliveryStatus) -> Iterator[str]:
    for target in delivery.targets:
        match target.phase:
            case DeliveryPhase.DELIVERED:
                yield f"{target.name}: delivered"
            case _ if target.message:
                yield f"{target.name}: {target.message} (try {target.tries})"
            case _:
                yield f"{target.name}: not taken yet"
