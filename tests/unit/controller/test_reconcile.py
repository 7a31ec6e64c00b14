"""What the operator decides, as a table."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from multitrack.api.names import workflow_name
from multitrack.api.reasons import ConditionType, DegradedReason, Phase, SucceededReason
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import Failure, RecordingJobStatus, WorkflowRef
from multitrack.controller.decision import (
    Action,
    CreateWorkflow,
    DeleteJob,
    StopWorkflow,
    SuspendWorkflow,
    WakeWorkflow,
)
from multitrack.controller.observed import WorkflowView
from multitrack.controller.reconcile import reconcile
from tests.unit.controller.builders import (
    NOW,
    SETTINGS,
    UID,
    a_job,
    a_pod,
    a_run,
    a_workflow,
    followed,
    said_by_step,
)

FIRST = f"standup-{UID[:8]}-1"
STARTED = RecordingJobStatus(
    attempt=1, phase=Phase.RUNNING, workflow_ref=WorkflowRef(name=FIRST, uid="workflow-1")
)
ENDED = STARTED.model_copy(update={"phase": Phase.SUCCEEDED, "completion_time": NOW})
FAILED_TRACK = a_run(
    "pad-track",
    "Failed",
    a_pod(
        "pad-track",
        "Failed",
        message="Error (exit code 2): Alice.webm: no decodable audio",
        exit_code=2,
        outputs=said_by_step('{"failure_reason":"TrackUnreadable"}'),
    ),
    inputs={"track": '{"index":0,"name":"Alice"}'},
    finished=NOW,
)
DELETED_SOURCE = a_run(
    "get-recording",
    "Failed",
    a_pod(
        "get-recording",
        "Failed",
        message="Error (exit code 2): s3://daily/a: Daily names it, and it was deleted",
        exit_code=2,
        outputs=said_by_step('{"failure_reason":"SourceDeleted"}'),
    ),
    finished=NOW,
)
NO_TEMPLATE = 'workflowtemplates.argoproj.io "process-recording-7c4cc015" not found'
NO_IMAGE = a_pod(
    "get-recording",
    "Pending",
    message="ImagePullBackOff: Back-off pulling image",
    started=NOW - timedelta(seconds=400),
)


@dataclass(frozen=True, slots=True)
class Case:
    job: RecordingJob
    workflows: tuple[WorkflowView, ...] = ()
    want_actions: tuple[Action, ...] = ()
    want_phase: Phase | None = None
    want_reason: SucceededReason | None = None


CASES = {
    "new job starts its workflow": Case(
        a_job(), (), (CreateWorkflow(1),), Phase.PENDING, SucceededReason.PENDING
    ),
    "cancelled before it began": Case(
        a_job(cancel=True), (), (), Phase.CANCELLED, SucceededReason.CANCELLED
    ),
    "a workflow that is there is not made twice": Case(
        a_job(), (a_workflow(),), (), Phase.PENDING, SucceededReason.QUEUED
    ),
    "running": Case(
        a_job(STARTED),
        (a_workflow("Running", *a_run("pad-track", "Running", a_pod("pad-track", "Running"))),),
        (),
        Phase.RUNNING,
        SucceededReason.RUNNING,
    ),
    "created suspended": Case(
        a_job(suspend=True),
        (a_workflow(is_suspended=True),),
        (),
        Phase.SUSPENDED,
        SucceededReason.SUSPENDED,
    ),
    "resumed by the spec": Case(
        a_job(STARTED.model_copy(update={"suspend_requested": True})),
        (a_workflow(is_suspended=True),),
        (SuspendWorkflow(FIRST, suspend=False),),
        Phase.SUSPENDED,
        SucceededReason.SUSPENDED,
    ),
    "suspended by a person in Argo stays so": Case(
        a_job(STARTED),
        (a_workflow(is_suspended=True),),
        (),
        Phase.SUSPENDED,
        SucceededReason.SUSPENDED,
    ),
    "resumed by a person in Argo stays so": Case(
        a_job(STARTED.model_copy(update={"suspend_requested": True}), suspend=True),
        (a_workflow(),),
        (),
        Phase.PENDING,
        SucceededReason.QUEUED,
    ),
    "cancel stops the workflow": Case(
        a_job(STARTED, cancel=True), (a_workflow(),), (StopWorkflow(FIRST),)
    ),
    "cancel stops it once": Case(a_job(STARTED, cancel=True), (a_workflow(shutdown="Stop"),)),
    "cancelled": Case(
        a_job(STARTED, cancel=True),
        (a_workflow("Failed", shutdown="Stop"),),
        (),
        Phase.CANCELLED,
        SucceededReason.CANCELLED,
    ),
    "stopped in Argo": Case(
        a_job(STARTED),
        (a_workflow("Failed", shutdown="Stop"),),
        (),
        Phase.CANCELLED,
        SucceededReason.STOPPED,
    ),
    "terminated in Argo": Case(
        a_job(STARTED),
        (a_workflow("Failed", shutdown="Terminate"),),
        (),
        Phase.CANCELLED,
        SucceededReason.TERMINATED,
    ),
    "succeeded": Case(
        a_job(STARTED), (a_workflow("Succeeded"),), (), Phase.SUCCEEDED, SucceededReason.COMPLETED
    ),
    "unreadable track is told by the step": Case(
        a_job(STARTED),
        (a_workflow("Failed", *FAILED_TRACK),),
        (),
        Phase.FAILED,
        SucceededReason.TRACK_UNREADABLE,
    ),
    "a shadow job whose recording the other pipeline has deleted is skipped": Case(
        a_job(STARTED, shadow=True),
        (a_workflow("Failed", *DELETED_SOURCE),),
        (),
        Phase.SKIPPED,
        SucceededReason.SOURCE_DELETED,
    ),
    "another job whose recording was deleted has failed": Case(
        a_job(STARTED),
        (a_workflow("Failed", *DELETED_SOURCE),),
        (),
        Phase.FAILED,
        SucceededReason.SOURCE_DELETED,
    ),
    "a shadow job that fails for another reason has failed": Case(
        a_job(STARTED, shadow=True),
        (a_workflow("Failed", *FAILED_TRACK),),
        (),
        Phase.FAILED,
        SucceededReason.TRACK_UNREADABLE,
    ),
    "out of memory": Case(
        a_job(STARTED),
        (
            a_workflow(
                "Failed",
                *a_run(
                    "pad-track",
                    "Failed",
                    a_pod("pad-track", "Failed", message="OOMKilled (exit code 137)"),
                ),
            ),
        ),
        (),
        Phase.FAILED,
        SucceededReason.OUT_OF_MEMORY,
    ),
    "storage that Argo cannot reach": Case(
        a_job(STARTED),
        (
            a_workflow(
                "Error",
                *a_run(
                    "get-recording",
                    "Error",
                    a_pod(
                        "get-recording",
                        "Error",
                        message="wait: Error (exit code 64): failed to put file: "
                        "The specified bucket does not exist.",
                        exit_code=0,
                    ),
                ),
            ),
        ),
        (),
        Phase.FAILED,
        SucceededReason.STORAGE_UNAVAILABLE,
    ),
    "argo's own error": Case(
        a_job(STARTED),
        (a_workflow("Error", message="template not found"),),
        (),
        Phase.FAILED,
        SucceededReason.WORKFLOW_ERROR,
    ),
    "tried again by a person in Argo": Case(
        a_job(STARTED.model_copy(update={"phase": Phase.FAILED, "completion_time": NOW})),
        (a_workflow("Running", *a_run("pad-track", "Running", a_pod("pad-track", "Running"))),),
        (),
        Phase.RUNNING,
        SucceededReason.RETRYING,
    ),
    "workflow deleted during the run": Case(
        a_job(STARTED), (), (), Phase.FAILED, SucceededReason.WORKFLOW_DELETED
    ),
    "workflow gone after the end changes nothing": Case(a_job(ENDED), (), (), Phase.SUCCEEDED),
    "a workflow that Argo could not begin is given a moment": Case(
        a_job(STARTED),
        (a_workflow("Error", message=NO_TEMPLATE, finished=NOW - timedelta(seconds=1)),),
        (),
        Phase.PENDING,
        SucceededReason.PENDING,
    ),
    "then the attempt is started again": Case(
        a_job(STARTED),
        (a_workflow("Error", message=NO_TEMPLATE, finished=NOW - timedelta(seconds=2)),),
        (CreateWorkflow(1, start=2),),
        Phase.PENDING,
        SucceededReason.PENDING,
    ),
    "not for ever": Case(
        a_job(STARTED),
        tuple(
            a_workflow("Error", message=NO_TEMPLATE, created=NOW - timedelta(seconds=100 * start))
            for start in range(6)
        ),
        (),
        Phase.FAILED,
        SucceededReason.WORKFLOW_ERROR,
    ),
    "not when it is cancelled": Case(
        a_job(STARTED, cancel=True),
        (a_workflow("Error", message=NO_TEMPLATE, finished=NOW - timedelta(seconds=9)),),
        (),
        Phase.CANCELLED,
        SucceededReason.CANCELLED,
    ),
    "an error after something ran is an end": Case(
        a_job(STARTED),
        (a_workflow("Error", *FAILED_TRACK, message=NO_TEMPLATE, finished=NOW),),
        (),
        Phase.FAILED,
    ),
    "a higher attempt starts a second workflow": Case(
        a_job(ENDED, attempt=2), (a_workflow("Succeeded"),), (CreateWorkflow(2),), Phase.PENDING
    ),
    "a higher attempt waits for the run before": Case(
        a_job(STARTED, attempt=2), (a_workflow(),), (), Phase.PENDING
    ),
    "force stops the run before": Case(
        a_job(STARTED, attempt=2, force=True), (a_workflow(),), (StopWorkflow(FIRST),)
    ),
    "the attempt that was made is followed": Case(
        a_job(ENDED, attempt=2),
        (a_workflow("Succeeded"), a_workflow(attempt=2)),
        (),
        Phase.PENDING,
        SucceededReason.QUEUED,
    ),
    "cancelled jobs start no attempt": Case(
        a_job(ENDED, attempt=2, cancel=True), (a_workflow("Succeeded"),), (), Phase.SUCCEEDED
    ),
    "a pod without its image is waited for, then the job is stopped": Case(
        a_job(STARTED),
        (a_workflow("Running", *a_run("get-recording", "Running", NO_IMAGE)),),
        (StopWorkflow(FIRST),),
        None,
        SucceededReason.POD_CANNOT_START,
    ),
    "a pod without its volume is waited for, then the job is stopped": Case(
        a_job(STARTED),
        (
            a_workflow(
                "Running",
                *a_run(
                    "get-recording",
                    "Running",
                    replace(
                        NO_IMAGE,
                        message="Unschedulable: 0/2 nodes are available: "
                        'persistentvolumeclaim "models" not found.',
                    ),
                ),
            ),
        ),
        (StopWorkflow(FIRST),),
        None,
        SucceededReason.POD_CANNOT_START,
    ),
    "a pod that waits for a GPU has all the time": Case(
        a_job(STARTED),
        (
            a_workflow(
                "Running",
                *a_run(
                    "transcribe-track",
                    "Running",
                    replace(NO_IMAGE, message="Unschedulable: 2 Insufficient nvidia.com/gpu."),
                ),
            ),
        ),
    ),
    "a pod without its image has time": Case(
        a_job(STARTED),
        (
            a_workflow(
                "Running", *a_run("get-recording", "Running", replace(NO_IMAGE, started=NOW))
            ),
        ),
        (),
        None,
        SucceededReason.POD_CANNOT_START,
    ),
    "a forgotten workflow is woken": Case(
        a_job(STARTED),
        (a_workflow(changed=NOW - timedelta(seconds=61)),),
        (WakeWorkflow(FIRST),),
    ),
    "a workflow with a pod is not forgotten": Case(
        a_job(STARTED),
        (
            a_workflow(
                "Running",
                *a_run("pad-track", "Running", a_pod("pad-track", "Running")),
                changed=NOW - timedelta(hours=1),
            ),
        ),
    ),
    "a suspended workflow is not forgotten": Case(
        a_job(STARTED), (a_workflow(is_suspended=True, changed=NOW - timedelta(hours=1)),)
    ),
    "a finished job is deleted when its time is up": Case(
        a_job(
            ENDED.model_copy(update={"completion_time": NOW - timedelta(seconds=60)}),
            ttlSecondsAfterFinished=60,
        ),
        (),
        (DeleteJob(),),
    ),
    "a job that is being deleted is left alone": Case(
        replace(a_job(STARTED), is_being_deleted=True), (a_workflow(),), (), Phase.RUNNING
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_reconcile(case: Case) -> None:
    decision = reconcile(case.job, case.workflows, settings=SETTINGS, now=NOW)
    assert decision.actions == case.want_actions
    if case.want_phase is not None:
        assert decision.status.phase is case.want_phase
    if case.want_reason is not None:
        succeeded = decision.status.condition(ConditionType.SUCCEEDED)
        assert succeeded is not None
        assert succeeded.reason == case.want_reason


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_second_look_says_the_same(case: Case) -> None:
    first = reconcile(case.job, case.workflows, settings=SETTINGS, now=NOW)
    job = followed(case.job, first.status)
    later = NOW + timedelta(seconds=1)
    second = reconcile(job, case.workflows, settings=SETTINGS, now=later)
    assert second.status == first.status


@pytest.mark.parametrize("workflows", [(), (a_workflow(),)], ids=["not made", "not begun"])
def test_a_job_that_waits_says_what_the_installation_lacks(
    workflows: tuple[WorkflowView, ...],
) -> None:
    lacks = ("bucket recordings does not exist", "Secret storage is missing")
    status = reconcile(a_job(), workflows, settings=SETTINGS, now=NOW, lacks=lacks).status
    succeeded = status.condition(ConditionType.SUCCEEDED)
    assert succeeded is not None
    assert succeeded.reason == SucceededReason.INSTALLATION_INCOMPLETE
    assert succeeded.message == "bucket recordings does not exist; Secret storage is missing"


def test_a_job_that_runs_is_not_told_what_the_installation_lacks() -> None:
    running = a_workflow("Running", *a_run("pad-track", "Running", a_pod("pad-track", "Running")))
    plain = reconcile(a_job(STARTED), (running,), settings=SETTINGS, now=NOW)
    told = reconcile(a_job(STARTED), (running,), settings=SETTINGS, now=NOW, lacks=("bucket",))
    assert told == plain


def test_a_failure_says_who_what_and_where() -> None:
    workflow = a_workflow("Failed", *FAILED_TRACK)
    status = reconcile(a_job(STARTED), (workflow,), settings=SETTINGS, now=NOW).status
    assert status.failure == Failure(
        step="pad-track",
        track="Alice",
        message="Alice.webm: no decodable audio",
        exit_code=2,
        pod=f"{FIRST}-pad-track-0",
        logs_url=f"https://argo.example/workflows/meetings/{FIRST}?nodeId=pad-track-pod-0",
    )


def test_a_job_stopped_for_a_missing_image_has_failed_and_says_why() -> None:
    waiting = a_workflow("Running", *a_run("get-recording", "Running", NO_IMAGE))
    first = reconcile(a_job(STARTED), (waiting,), settings=SETTINGS, now=NOW)
    stopped = a_workflow("Failed", shutdown="Stop")
    job = followed(a_job(STARTED), first.status)
    status = reconcile(job, (stopped,), settings=SETTINGS, now=NOW).status
    assert status.phase is Phase.FAILED
    succeeded = status.condition(ConditionType.SUCCEEDED)
    assert succeeded is not None
    assert succeeded.reason == SucceededReason.POD_CANNOT_START
    assert "ImagePullBackOff" in succeeded.message


@pytest.mark.parametrize(
    ("nodes", "want"),
    [
        (
            a_run("mixdown-tracks", "Failed", a_pod("mixdown-tracks", "Failed", message="no")),
            DegradedReason.OPTIONAL_STEP_FAILED,
        ),
        (
            a_run(
                "transcribe-track",
                "Succeeded",
                outputs=said_by_step('{"is_gap":true,"warnings":["Ben.webm: empty"]}'),
            ),
            DegradedReason.TRACK_GAP,
        ),
        ([], DegradedReason.NOTHING_MISSING),
    ],
)
def test_what_a_result_lacks_is_said(nodes: list[object], want: DegradedReason) -> None:
    workflow = a_workflow("Succeeded", *nodes)  # type: ignore[arg-type] # nodes, or none
    status = reconcile(a_job(STARTED), (workflow,), settings=SETTINGS, now=NOW).status
    degraded = status.condition(ConditionType.DEGRADED)
    assert degraded is not None
    assert degraded.reason == want
    assert status.phase is Phase.SUCCEEDED


def test_each_wait_before_a_further_start_is_twice_as_long() -> None:
    waits = []
    for starts in range(1, 6):
        workflows = tuple(
            a_workflow("Error", message=NO_TEMPLATE, finished=NOW) for _ in range(starts)
        )
        decision = reconcile(a_job(STARTED), workflows, settings=SETTINGS, now=NOW)
        assert decision.look_again is not None
        waits.append(decision.look_again.total_seconds())
    assert waits == [2, 4, 8, 16, 32]


def test_a_further_start_has_a_name_of_its_own() -> None:
    assert workflow_name("standup", UID, 1, start=2) == f"{FIRST}-2"


def test_a_long_name_keeps_room_for_uid_and_attempt() -> None:
    name = workflow_name("a" * 253, UID, 999)
    assert len(name) == 63
    assert name.endswith(f"-{UID[:8]}-999")
