"""What follows for a job's audio, as a table."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from multitrack.api.names import (
    AUDIO_DELETED_ANNOTATION,
    AUDIO_FINALIZER,
    VOTES_ANNOTATION,
)
from multitrack.api.reasons import ConditionStatus, ConditionType, ConsentReason, Phase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import AudioStatus, RecordingJobStatus, WorkflowRef, timestamp
from multitrack.controller.decision import (
    Action,
    CountVotes,
    CreateWorkflow,
    DeleteJob,
    HoldJob,
    ReleaseJob,
    RequestDeletion,
)
from multitrack.controller.observed import Node, WorkflowView
from multitrack.controller.reconcile import reconcile
from multitrack.controller.settings import OperatorSettings, RetentionSettings
from tests.unit.controller.builders import NOW, SETTINGS, UID, a_job, a_pod, a_run, a_workflow
from workflow_templates.contracts.deletion import DeletionScope

RUNNING = RecordingJobStatus(
    attempt=1,
    phase=Phase.RUNNING,
    workflow_ref=WorkflowRef(name=f"standup-{UID[:8]}-1", uid="workflow-1"),
)
COUNTED = AudioStatus(counted="/1")
DENIED = AudioStatus(counted="/1", denied=True)
NO_BY_VOTE = "A participant does not consent."
NO_BY_JOB = "The job says that consent is denied."
BY_POLICY = "The policy is to delete all audio."
TRUE, FALSE, UNKNOWN = ConditionStatus.TRUE, ConditionStatus.FALSE, ConditionStatus.UNKNOWN
ALL, COPIES = DeletionScope.ALL, DeletionScope.COPIES
INTERMEDIATES = DeletionScope.INTERMEDIATES
DAY = timedelta(days=1)


def held(
    audio: AudioStatus | None = None,
    *,
    ended: datetime | None = None,
    annotations: dict[str, str] | None = None,
    leaves: bool = False,
    finalizers: tuple[str, ...] = (AUDIO_FINALIZER,),
    **consent: Any,
) -> RecordingJob:
    """A job with attempt 1 under way, or ended, that the API server keeps for us."""
    others = ("shadow", "cancel", "ttlSecondsAfterFinished")
    more = {name: consent.pop(name) for name in others if name in consent}
    status = RUNNING.model_copy(update={"audio": audio})
    if ended is not None:
        status = status.model_copy(update={"phase": Phase.SUCCEEDED, "completion_time": ended})
    return replace(
        a_job(status, consent=consent, **more),
        finalizers=finalizers,
        annotations=annotations or {},
        is_being_deleted=leaves,
    )


def ended(phase: str, *nodes: Node, at: datetime = NOW, **more: Any) -> WorkflowView:
    return a_workflow(phase, *nodes, finished=at, **more)


def cleaned(says: str, phase: str = "Succeeded") -> list[Node]:
    return a_run("cleanup-consent", phase, outputs={"audio-deleted": says}, finished=NOW)


LACKING = 'CreateContainerConfigError: secret "s3" not found'


def a_deletion(phase: str, *nodes: Node) -> WorkflowView:
    return a_workflow(
        phase, *nodes, name="deletion", uid="deletion", pipeline="delete-audio", attempt=1
    )


def refused_with(code: int, message: str) -> list[Node]:
    said = f"main: Error (exit code {code}): {message}"
    pod = a_pod("cleanup-consent", "Failed", message=said, exit_code=code)
    return a_run("cleanup-consent", "Failed", pod)


def without_its_secret() -> list[Node]:
    pod = a_pod("cleanup-consent", "Pending", message=LACKING)
    return a_run("cleanup-consent", "Running", pod)


@dataclass(frozen=True, slots=True)
class Case:
    job: RecordingJob
    workflows: tuple[WorkflowView, ...] = ()
    want_actions: tuple[Action, ...] = ()
    want_reason: ConsentReason | None = None
    want_status: ConditionStatus | None = None
    want_deleted: bool | None = None
    want_look: timedelta | None = None
    settings: OperatorSettings = SETTINGS


def request(
    why: str, number: int = 1, scope: DeletionScope = ALL, *, others: bool = True
) -> RequestDeletion:
    return RequestDeletion(number, scope, why, reaches_others=others)


def keeping(**days: float) -> OperatorSettings:
    return SETTINGS.model_copy(update={"retention": RetentionSettings(**days)})


AT_WORK = a_workflow("Running", *a_run("pad-track", "Running", a_pod("pad-track", "Running")))
GOOD, BAD = ended("Succeeded", *cleaned("false")), ended("Failed")
DELETED = {AUDIO_DELETED_ANNOTATION: timestamp(NOW + timedelta(seconds=9))}

CASES = {
    "a new job is held before anything is made of it": Case(
        a_job(consent={}), (), (HoldJob(), CreateWorkflow(1)), ConsentReason.NOBODY_DENIES, TRUE
    ),
    "a job that keeps its audio is not held": Case(
        a_job(), (), (CreateWorkflow(1),), ConsentReason.NOT_NEEDED, TRUE
    ),
    "nor is one that was cancelled before it had anything": Case(
        a_job(consent={}, cancel=True), (), (CountVotes("/0"),)
    ),
    "nobody denies, so far": Case(held(), (AT_WORK,), (), ConsentReason.NOBODY_DENIES, TRUE),
    "a vote during the run is counted": Case(
        held(annotations={VOTES_ANNOTATION: "m"}), (AT_WORK,), (CountVotes("m"),)
    ),
    "a denial by vote waits for the end": Case(
        held(AudioStatus(counted="m", denied=True), annotations={VOTES_ANNOTATION: "m"}),
        (AT_WORK,),
        (),
        ConsentReason.WAITING_FOR_END,
        FALSE,
        want_deleted=False,
    ),
    "so does one by the spec": Case(
        held(denied=True),
        (AT_WORK,),
        (),
        ConsentReason.WAITING_FOR_END,
        FALSE,
        want_deleted=False,
    ),
    "a policy breaks no promise before the end": Case(
        held(policy="DeleteAudio"),
        (AT_WORK,),
        (),
        ConsentReason.WAITING_FOR_END,
        UNKNOWN,
    ),
    "the run's own last step has deleted": Case(
        held(DENIED),
        (ended("Succeeded", *cleaned("true")),),
        (ReleaseJob(),),
        ConsentReason.ENFORCED,
        TRUE,
        want_deleted=True,
    ),
    "the last step has counted votes itself": Case(
        held(), (GOOD,), (), ConsentReason.NOBODY_DENIES, TRUE
    ),
    "a vote after success acts at once": Case(
        held(AudioStatus(counted="m", denied=True), annotations={VOTES_ANNOTATION: "m"}),
        (GOOD,),
        (request(NO_BY_VOTE),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "a denial by the spec after success acts at once": Case(
        held(denied=True),
        (GOOD,),
        (request(NO_BY_JOB),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "the last step failed: votes are counted": Case(
        held(), (ended("Succeeded", *cleaned("false", "Failed")),), (CountVotes("/1"),)
    ),
    "the last step failed: the list gets it": Case(
        held(DENIED),
        (ended("Succeeded", *cleaned("false", "Failed")),),
        (request(NO_BY_VOTE),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "after a failure votes are counted": Case(held(), (BAD,), (CountVotes("/1"),)),
    "after a failure a denial waits for another try": Case(
        held(DENIED),
        (BAD,),
        (),
        ConsentReason.WAITING_FOR_RETRY,
        FALSE,
        want_deleted=False,
        want_look=DAY,
    ),
    "the job's own grace counts": Case(
        held(DENIED, graceAfterFailure=60),
        (BAD,),
        (),
        ConsentReason.WAITING_FOR_RETRY,
        FALSE,
        want_deleted=False,
        want_look=timedelta(minutes=1),
    ),
    "no grace, no waiting": Case(
        held(DENIED, graceAfterFailure=0),
        (BAD,),
        (request(NO_BY_VOTE),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "the grace is over": Case(
        held(DENIED),
        (ended("Failed", at=NOW - DAY),),
        (request(NO_BY_VOTE),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "another attempt in its grace goes on": Case(
        replace(held(DENIED), spec=a_job(attempt=2, consent={}).spec),
        (BAD,),
        (CreateWorkflow(2),),
        ConsentReason.WAITING_FOR_END,
        FALSE,
        want_deleted=False,
    ),
    "stopped in Argo: at once": Case(
        held(DENIED),
        (ended("Failed", shutdown="Stop"),),
        (request(NO_BY_VOTE),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "cancelled: at once": Case(
        held(denied=True, cancel=True),
        (ended("Failed", shutdown="Stop"),),
        (request(NO_BY_JOB),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "cancelled with DeleteAudio: at once": Case(
        held(policy="DeleteAudio", cancel=True),
        (ended("Failed", shutdown="Stop"),),
        (request(BY_POLICY, others=False),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "the Workflow was deleted: at once": Case(
        held(DENIED), (), (request(NO_BY_VOTE),), ConsentReason.DELETING, FALSE, want_deleted=False
    ),
    "DeleteAudio after a failure waits for weeks": Case(
        held(policy="DeleteAudio"),
        (BAD,),
        (),
        ConsentReason.WAITING_FOR_RETRY,
        UNKNOWN,
        want_look=14 * DAY,
    ),
    "DeleteAudio that the last step could not do": Case(
        held(policy="DeleteAudio"),
        (ended("Succeeded", *cleaned("false", "Failed")),),
        (request(BY_POLICY, others=False),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "Keep deletes nothing, whatever anybody says": Case(
        held(policy="Keep", denied=True, finalizers=()),
        (BAD,),
        (),
        ConsentReason.NOT_NEEDED,
        TRUE,
    ),
    "a shadow deletes its own copies alone": Case(
        held(denied=True, shadow=True),
        (GOOD,),
        (request(NO_BY_JOB, scope=COPIES, others=False),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "what is written down is not written again": Case(
        held(DENIED.model_copy(update={"requests": 1, "requested_at": NOW})),
        (GOOD,),
        (),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "a refusal is told, with key and right": Case(
        held(DENIED.model_copy(update={"requests": 1, "requested_at": NOW})),
        (GOOD, a_deletion("Failed", *refused_with(3, "s3://b/k: grant s3:DeleteObjectVersion"))),
        (),
        ConsentReason.REFUSED,
        FALSE,
        want_deleted=False,
    ),
    "what may pass by itself is unverified": Case(
        held(DENIED.model_copy(update={"requests": 1, "requested_at": NOW})),
        (GOOD, a_deletion("Failed", *refused_with(75, "s3://b/k: still there"))),
        (),
        ConsentReason.UNVERIFIED,
        FALSE,
        want_deleted=False,
    ),
    "a deletion without its credential is not taken for one that goes on": Case(
        held(DENIED.model_copy(update={"requests": 1, "requested_at": NOW})),
        (GOOD, a_deletion("Running", *without_its_secret())),
        (),
        ConsentReason.UNVERIFIED,
        FALSE,
        want_deleted=False,
    ),
    "a deletion that says it is done is not believed without the proof": Case(
        held(DENIED.model_copy(update={"requests": 1, "requested_at": NOW})),
        (GOOD, a_deletion("Succeeded", *cleaned("true"))),
        (),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "the proof is seen": Case(
        held(DENIED.model_copy(update={"requests": 1, "requested_at": NOW}), annotations=DELETED),
        (GOOD,),
        (ReleaseJob(),),
        ConsentReason.ENFORCED,
        TRUE,
        want_deleted=True,
    ),
    "a run after the deletion makes it open again": Case(
        held(
            DENIED.model_copy(update={"requests": 1, "requested_at": NOW - DAY}),
            annotations={AUDIO_DELETED_ANNOTATION: timestamp(NOW - DAY)},
        ),
        (GOOD,),
        (request(NO_BY_VOTE, 2),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "a deleted job counts votes before it goes": Case(
        held(leaves=True), (AT_WORK,), (CountVotes("/deleted"),)
    ),
    "a deleted job whose audio may stay leaves a note": Case(
        held(AudioStatus(counted="/deleted"), leaves=True),
        (AT_WORK,),
        (ReleaseJob(keeps_audio=True),),
    ),
    "a deleted job's denial acts at once": Case(
        held(AudioStatus(counted="/deleted", denied=True), leaves=True),
        (AT_WORK,),
        (request(NO_BY_VOTE),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "so does its policy": Case(
        held(policy="DeleteAudio", leaves=True),
        (BAD,),
        (request(BY_POLICY, others=False),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "a deleted job goes once it is written down": Case(
        held(
            AudioStatus(counted="/deleted", denied=True, requests=1, requested_at=NOW), leaves=True
        ),
        (AT_WORK,),
        (ReleaseJob(),),
        want_deleted=False,
    ),
    "an entry of an earlier run is none of this one": Case(
        held(
            AudioStatus(counted="/deleted", denied=True, requests=1, requested_at=NOW - DAY),
            leaves=True,
        ),
        (AT_WORK,),
        (request(NO_BY_VOTE, 2),),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "a deleted job that we do not hold is left alone": Case(
        held(leaves=True, finalizers=("somebody.else/hold",)), (AT_WORK,)
    ),
    "its time is up: the list first, in either order": Case(
        held(DENIED, ttlSecondsAfterFinished=0),
        (GOOD,),
        (DeleteJob(), request(NO_BY_VOTE)),
        ConsentReason.DELETING,
        FALSE,
        want_deleted=False,
    ),
    "intermediates go by age": Case(
        held(),
        (ended("Succeeded", *cleaned("false"), at=NOW - 3 * DAY),),
        (
            RequestDeletion(
                1, INTERMEDIATES, "The installation keeps audio no longer.", is_expiry=True
            ),
        ),
        ConsentReason.NOBODY_DENIES,
        TRUE,
        want_look=4 * DAY,
        settings=keeping(intermediates=3, audio=7),
    ),
    "and not again": Case(
        held(AudioStatus(expired=INTERMEDIATES)),
        (ended("Succeeded", *cleaned("false"), at=NOW - 3 * DAY),),
        (),
        ConsentReason.NOBODY_DENIES,
        TRUE,
        want_look=4 * DAY,
        settings=keeping(intermediates=3, audio=7),
    ),
    "all copies go by age": Case(
        held(policy="Keep"),
        (ended("Succeeded", at=NOW - 7 * DAY),),
        (RequestDeletion(1, COPIES, "The installation keeps audio no longer.", is_expiry=True),),
        ConsentReason.NOT_NEEDED,
        TRUE,
        settings=keeping(intermediates=3, audio=7),
    ),
    "they are kept until the job succeeds, or for a while": Case(
        held(COUNTED),
        (ended("Failed", at=NOW - 7 * DAY),),
        (),
        ConsentReason.NOBODY_DENIES,
        TRUE,
        want_look=7 * DAY,
        settings=keeping(audio=1),
    ),
    "without a setting nothing goes by age": Case(
        held(COUNTED),
        (ended("Failed", at=NOW - 700 * DAY),),
        (),
        ConsentReason.NOBODY_DENIES,
        TRUE,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_consent(case: Case) -> None:
    decision = reconcile(case.job, case.workflows, settings=case.settings, now=NOW)
    found = decision.status.condition(ConditionType.CONSENT_ENFORCED)
    assert decision.actions == case.want_actions
    said = (found.reason, found.status) if found else (None, None)
    assert said == (case.want_reason, case.want_status)
    assert decision.status.audio_deleted is case.want_deleted
    assert decision.look_again == case.want_look


def test_a_failing_deletion_changes_nothing_else() -> None:
    audio = DENIED.model_copy(update={"requests": 1, "requested_at": NOW})
    deletion = a_deletion("Failed", *refused_with(3, "s3://b/k: is locked"))
    decision = reconcile(held(audio), (GOOD, deletion), settings=SETTINGS, now=NOW)
    assert decision.status.phase is Phase.SUCCEEDED
    condition = decision.status.condition(ConditionType.CONSENT_ENFORCED)
    assert condition is not None
    assert condition.message == "s3://b/k: is locked"


def test_a_credential_that_is_missing_is_named() -> None:
    audio = DENIED.model_copy(update={"requests": 1, "requested_at": NOW})
    deletion = a_deletion("Running", *without_its_secret())
    decision = reconcile(held(audio), (GOOD, deletion), settings=SETTINGS, now=NOW)
    condition = decision.status.condition(ConditionType.CONSENT_ENFORCED)
    assert condition is not None
    assert LACKING in condition.message


def test_the_deadline_of_the_grace_is_told() -> None:
    decision = reconcile(held(DENIED), (BAD,), settings=SETTINGS, now=NOW)
    condition = decision.status.condition(ConditionType.CONSENT_ENFORCED)
    assert condition is not None
    assert "kept until 2026-03-15T12:00:00Z, then it is deleted" in condition.message


def test_nothing_is_noted_before_it_is_written_down() -> None:
    decision = reconcile(held(denied=True), (GOOD,), settings=SETTINGS, now=NOW)
    assert decision.status.audio is None
