"""When the results are delivered, and what is said about it, as a table."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from multitrack.api.names import errand_name
from multitrack.api.reasons import (
    ConditionStatus,
    ConditionType,
    DeliveredReason,
    DeliveryPhase,
    Phase,
    TranscriptReason,
)
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import (
    Condition,
    DeliveryStatus,
    DeliveryTarget,
    RecordingJobStatus,
    WorkflowRef,
)
from multitrack.controller.decision import Action, DeleteJob, StartErrand, StopWorkflow
from multitrack.controller.delivery_settings import DeliverySettings
from multitrack.controller.observed import Node, WorkflowView
from multitrack.controller.reconcile import reconcile
from tests.unit.controller.builders import NOW, SETTINGS, UID, a_job, a_pod, a_run, a_workflow

REALM = {"zulip": {"url": "https://zulip.example", "botEmail": "bot@zulip.example"}}
HOOK = {"delivery": {"webhook": {"url": "https://receiver.example/hook"}}}
NAME = errand_name("standup", UID, "deliver-results", 1)
START = StartErrand("deliver-results", 1)
FINALIZED = a_run("finalize", "Succeeded", a_pod("finalize", "Succeeded"), finished=NOW)


def published(phase: str = "Succeeded", **more: Any) -> WorkflowView:
    """The processing, whose transcript is there."""
    return a_workflow(phase, *FINALIZED, **more)


def a_delivery(phase: str = "Running", *nodes: Node, number: int = 1, **more: Any) -> WorkflowView:
    """A Workflow of deliver-results."""
    facts = {
        "name": errand_name("standup", UID, "deliver-results", number),
        "uid": f"delivery-{number}",
        "pipeline": "deliver-results",
    }
    return a_workflow(phase, *nodes, attempt=number, **{**facts, **more})


def a_try(step: str, phase: str, number: int = 0, *, reason: str = "", said: str = "") -> Node:
    outputs = {"step": f'{{"failure_reason":"{reason}"}}'} if reason else {}
    message = f"Error (exit code 3): {said}" if said else ""
    return a_pod(step, phase, number, message=message, outputs=outputs)


def known(
    *targets: DeliveryTarget, number: int = 1, is_deleted: bool = False, reason: str = "Delivering"
) -> RecordingJobStatus:
    """A job that is done and whose delivery has begun."""
    status = (
        ConditionStatus.UNKNOWN
        if reason == "Delivering"
        else ConditionStatus.TRUE
        if reason in ("Delivered", "NothingToDeliver")
        else ConditionStatus.FALSE
    )
    ref = WorkflowRef(name=NAME, uid=f"delivery-{number}", deleted=is_deleted)
    return done(reason=reason, status=status).model_copy(
        update={
            "delivery": DeliveryStatus(
                number=number, start_time=NOW, workflow_ref=ref, targets=targets
            )
        }
    )


def done(
    reason: str = "NotYet", status: ConditionStatus = ConditionStatus.UNKNOWN
) -> RecordingJobStatus:
    """A job that is done, as an operator has left it that was killed then."""
    ready = (ConditionType.TRANSCRIPT_READY, ConditionStatus.TRUE, TranscriptReason.PUBLISHED)
    return RecordingJobStatus(
        attempt=1,
        phase=Phase.SUCCEEDED,
        completion_time=NOW,
        workflow_ref=WorkflowRef(name=f"standup-{UID[:8]}-1", uid="workflow-1"),
        conditions=tuple(
            Condition(type=kind, status=state, reason=why, last_transition_time=NOW)
            for kind, state, why in (ready, (ConditionType.DELIVERED, status, reason))
        ),
    )


def a_target(
    phase: DeliveryPhase = DeliveryPhase.DELIVERING, name: str = "webhook"
) -> DeliveryTarget:
    return DeliveryTarget(name=name, phase=phase)


@dataclass(frozen=True, slots=True)
class Case:
    job: RecordingJob
    workflows: tuple[WorkflowView, ...]
    want: DeliveredReason
    want_status: ConditionStatus
    want_actions: tuple[Action, ...] = ()
    want_message: str = ""
    installation: dict[str, Any] = field(default_factory=dict)


TRUE, FALSE, UNKNOWN = ConditionStatus.TRUE, ConditionStatus.FALSE, ConditionStatus.UNKNOWN
NO_TEMPLATE = 'workflowtemplates.argoproj.io "deliver-results-7c4cc015" not found'
BEFORE = RecordingJobStatus(attempt=1, phase=Phase.RUNNING)
CASES = {
    "nothing is delivered before it is published": Case(
        a_job(BEFORE, **HOOK), (a_workflow(),), DeliveredReason.NOT_YET, UNKNOWN
    ),
    "it starts once the transcript is there, though the job goes on": Case(
        a_job(BEFORE, **HOOK),
        (published("Running"),),
        DeliveredReason.DELIVERING,
        UNKNOWN,
        (START,),
    ),
    "a step that fails afterwards holds nothing back": Case(
        a_job(BEFORE, **HOOK), (published("Failed"),), DeliveredReason.DELIVERING, UNKNOWN, (START,)
    ),
    "a job that ended before that has nothing to deliver": Case(
        a_job(BEFORE, **HOOK), (a_workflow("Failed"),), DeliveredReason.NOT_PUBLISHED, FALSE
    ),
    "a job that is done and whose delivery was not made yet": Case(
        a_job(done(), **HOOK), (published(),), DeliveredReason.DELIVERING, UNKNOWN, (START,)
    ),
    "the same, its Workflow gone with time": Case(
        a_job(done(), **HOOK), (), DeliveredReason.DELIVERING, UNKNOWN, (START,)
    ),
    "a Workflow that was made and not written down is not made again": Case(
        a_job(done(), **HOOK), (published(), a_delivery()), DeliveredReason.DELIVERING, UNKNOWN
    ),
    "suspended jobs start nothing new": Case(
        a_job(BEFORE, suspend=True, **HOOK),
        (published("Succeeded"),),
        DeliveredReason.NOT_YET,
        UNKNOWN,
        want_message="spec.suspend",
    ),
    "shadow runs deliver nothing": Case(
        a_job(BEFORE, shadow=True, **HOOK), (published(),), DeliveredReason.DISABLED, FALSE
    ),
    "nobody is named": Case(
        a_job(BEFORE), (published(),), DeliveredReason.NOTHING_TO_DELIVER, TRUE
    ),
    "the installation's receiver": Case(
        a_job(BEFORE),
        (published(),),
        DeliveredReason.DELIVERING,
        UNKNOWN,
        (START,),
        installation={"webhook": {"url": "https://receiver.example/all"}},
    ),
    "a job that does not want the installation's receiver": Case(
        a_job(BEFORE, delivery={"webhook": {"enabled": False}}),
        (published(),),
        DeliveredReason.NOTHING_TO_DELIVER,
        TRUE,
        installation={"webhook": {"url": "https://receiver.example/all"}},
    ),
    "a realm without a stream posts for jobs that name one": Case(
        a_job(BEFORE, delivery={"zulip": {"stream": "meetings"}}),
        (published(),),
        DeliveredReason.DELIVERING,
        UNKNOWN,
        (START,),
        installation=REALM,
    ),
    "a stream without a realm": Case(
        a_job(BEFORE, delivery={"zulip": {"stream": "meetings"}}),
        (published(),),
        DeliveredReason.SETTINGS,
        FALSE,
        want_message="knows no Zulip realm",
    ),
    "what was settled stays so when the installation names somebody": Case(
        a_job(
            known(reason="NothingToDeliver").model_copy(
                update={"delivery": DeliveryStatus(number=1, start_time=NOW)}
            )
        ),
        (),
        DeliveredReason.NOTHING_TO_DELIVER,
        TRUE,
        installation={"webhook": {"url": "https://receiver.example/all"}},
    ),
    "a job of an older version is not delivered by surprise": Case(
        a_job(done().model_copy(update={"conditions": done().conditions[:1]}), **HOOK),
        (published(),),
        DeliveredReason.NOTHING_TO_DELIVER,
        TRUE,
        want_message="before this installation delivered",
    ),
    "delivered": Case(
        a_job(known(a_target()), **HOOK),
        (
            published(),
            a_delivery(
                "Succeeded",
                *a_run(
                    "send-webhook", "Succeeded", a_try("send-webhook", "Succeeded"), finished=NOW
                ),
            ),
        ),
        DeliveredReason.DELIVERED,
        TRUE,
        want_message="webhook: delivered",
    ),
    "a receiver that is down is tried again": Case(
        a_job(known(a_target()), **HOOK),
        (
            published(),
            a_delivery(
                "Running",
                *a_run(
                    "send-webhook",
                    "Running",
                    a_try("send-webhook", "Failed", reason="Temporary", said="answered 503"),
                    a_try("send-webhook", "Running", 1),
                ),
            ),
        ),
        DeliveredReason.DELIVERING,
        UNKNOWN,
        want_message="webhook: answered 503 (try 2)",
    ),
    "a receiver that refuses": Case(
        a_job(known(a_target(), a_target(name="zulip")), **HOOK),
        (
            published(),
            a_delivery(
                "Failed",
                *a_run("post-zulip", "Succeeded", a_try("post-zulip", "Succeeded"), finished=NOW),
                *a_run(
                    "send-webhook",
                    "Failed",
                    a_try("send-webhook", "Failed", reason="Refused", said="refused with 410"),
                ),
            ),
        ),
        DeliveredReason.REFUSED,
        FALSE,
        want_message="webhook: refused with 410 (try 1); zulip: delivered",
    ),
    "a refusal is known before Argo has waited its minute": Case(
        a_job(known(a_target()), **HOOK),
        (
            published(),
            a_delivery(
                "Running",
                *a_run(
                    "send-webhook",
                    "Running",
                    replace(
                        a_try("send-webhook", "Failed", reason="Refused", said="refused with 410"),
                        exit_code=3,
                    ),
                ),
            ),
        ),
        DeliveredReason.REFUSED,
        FALSE,
        want_message="webhook: refused with 410 (try 1)",
    ),
    "a receiver that stays away": Case(
        a_job(known(a_target()), **HOOK),
        (
            published(),
            a_delivery(
                "Failed",
                *a_run(
                    "send-webhook",
                    "Failed",
                    a_try("send-webhook", "Failed", reason="Temporary", said="no answer"),
                ),
            ),
        ),
        DeliveredReason.UNDELIVERABLE,
        FALSE,
    ),
    "a secret that is not there": Case(
        a_job(known(a_target()), **HOOK),
        (
            published(),
            a_delivery(
                "Failed",
                *a_run(
                    "send-webhook",
                    "Failed",
                    a_try("send-webhook", "Failed", reason="Settings", said="is not set"),
                ),
            ),
        ),
        DeliveredReason.SETTINGS,
        FALSE,
    ),
    "stopped by a person": Case(
        a_job(known(a_target()), **HOOK),
        (published(), a_delivery("Failed", shutdown="Stop")),
        DeliveredReason.STOPPED,
        FALSE,
    ),
    "deleted by a person, never made again": Case(
        a_job(known(a_target()), **HOOK), (published(),), DeliveredReason.DELETED, FALSE
    ),
    "gone with time after a good end": Case(
        a_job(known(a_target(DeliveryPhase.DELIVERED), reason="Delivered"), **HOOK),
        (),
        DeliveredReason.DELIVERED,
        TRUE,
    ),
    "gone with time after a refusal": Case(
        a_job(known(a_target(DeliveryPhase.FAILED), reason="Refused"), **HOOK),
        (),
        DeliveredReason.REFUSED,
        FALSE,
    ),
    "asked for again": Case(
        a_job(
            known(a_target(DeliveryPhase.DELIVERED), reason="Delivered"), deliveryAttempt=2, **HOOK
        ),
        (published(), a_delivery("Succeeded")),
        DeliveredReason.DELIVERING,
        UNKNOWN,
        (StartErrand("deliver-results", 2),),
    ),
    "asked for again while one goes on: that one is stopped first": Case(
        a_job(known(a_target()), deliveryAttempt=2, **HOOK),
        (published(), a_delivery()),
        DeliveredReason.DELIVERING,
        UNKNOWN,
        (StopWorkflow(NAME),),
        want_message="is stopped",
    ),
    "it is stopped once": Case(
        a_job(known(a_target()), deliveryAttempt=2, **HOOK),
        (published(), a_delivery(shutdown="Stop")),
        DeliveredReason.DELIVERING,
        UNKNOWN,
    ),
    "a later attempt delivers again": Case(
        a_job(
            known(a_target(DeliveryPhase.DELIVERED), reason="Delivered").model_copy(
                update={"attempt": 2}
            ),
            attempt=2,
            **HOOK,
        ),
        (published(), published("Running", attempt=2), a_delivery("Succeeded")),
        DeliveredReason.DELIVERING,
        UNKNOWN,
        (StartErrand("deliver-results", 2),),
    ),
    "a later attempt that goes on": Case(
        a_job(
            known(a_target(DeliveryPhase.DELIVERED), reason="Delivered").model_copy(
                update={"attempt": 2}
            ),
            attempt=2,
            **HOOK,
        ),
        (published(), a_workflow(attempt=2), a_delivery("Succeeded")),
        DeliveredReason.NOT_YET,
        UNKNOWN,
    ),
    "a job whose time is up waits for its delivery": Case(
        a_job(known(a_target()), ttlSecondsAfterFinished=0, **HOOK),
        (published(), a_delivery()),
        DeliveredReason.DELIVERING,
        UNKNOWN,
    ),
    "and for one that is about to begin": Case(
        a_job(done(), ttlSecondsAfterFinished=0, **HOOK),
        (published(),),
        DeliveredReason.DELIVERING,
        UNKNOWN,
        (START,),
    ),
    "and is deleted afterwards": Case(
        a_job(
            known(a_target(DeliveryPhase.FAILED), reason="Refused"),
            ttlSecondsAfterFinished=0,
            **HOOK,
        ),
        (published(),),
        DeliveredReason.REFUSED,
        FALSE,
        (DeleteJob(),),
    ),
    "a template that Argo does not know yet": Case(
        a_job(done(), **HOOK),
        (
            published(),
            a_delivery("Error", message=NO_TEMPLATE, finished=NOW - timedelta(seconds=2)),
        ),
        DeliveredReason.DELIVERING,
        UNKNOWN,
        (StartErrand("deliver-results", 1, 2),),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_deliveries(case: Case) -> None:
    settings = SETTINGS.model_copy(
        update={"delivery": DeliverySettings.model_validate(case.installation)}
    )
    decision = reconcile(case.job, case.workflows, settings=settings, now=NOW)
    said = decision.status.condition(ConditionType.DELIVERED)
    assert said is not None
    assert (said.reason, said.status) == (case.want, case.want_status), said.message
    assert case.want_message in said.message
    assert decision.actions == case.want_actions
    again = reconcile(
        replace(case.job, status=decision.status), case.workflows, settings=settings, now=NOW
    )
    assert again.status == decision.status, "a second look changes nothing"


def test_a_delivery_says_nothing_about_the_job() -> None:
    failed = a_run("send-webhook", "Failed", a_try("send-webhook", "Failed", said="gone"))
    workflows = (published(), a_delivery("Failed", *failed))
    decision = reconcile(a_job(known(a_target()), **HOOK), workflows, settings=SETTINGS, now=NOW)
    assert decision.status.phase is Phase.SUCCEEDED
    ready = decision.status.condition(ConditionType.TRANSCRIPT_READY)
    assert ready is not None
    assert ready.status is ConditionStatus.TRUE
