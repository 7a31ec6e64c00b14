"""When a shadow job is compared, and what its status says, as a table."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from multitrack.api.reasons import (
    ComparedReason,
    ConditionStatus,
    ConditionType,
    Phase,
    StepPhase,
)
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import (
    ComparisonStatus,
    RecordingJobStatus,
    StepStatus,
    WorkflowRef,
)
from multitrack.controller.comparisons import comparison_arguments
from multitrack.controller.decision import Action, DeleteJob, StartErrand
from multitrack.controller.observed import WorkflowView
from multitrack.controller.reconcile import reconcile
from multitrack.controller.settings import OperatorSettings
from tests.unit.controller.builders import (
    NOW,
    SETTINGS,
    UID,
    a_job,
    a_pod,
    a_run,
    a_workflow,
    followed,
)

COMPARING = OperatorSettings.model_validate(
    {**SETTINGS.model_dump(by_alias=True, mode="json"), "comparison": {"enabled": True}}
)
STARTED = RecordingJobStatus(
    attempt=1,
    phase=Phase.RUNNING,
    workflow_ref=WorkflowRef(name=f"standup-{UID[:8]}-1", uid="workflow-1"),
)
PUBLISHED = a_workflow(
    "Succeeded", *a_run("finalize", "Succeeded", a_pod("finalize", "Succeeded"), finished=NOW)
)
NO_TEMPLATE = 'workflowtemplates.argoproj.io "compare-run-7c4cc015" not found'
BEGUN = ComparisonStatus(number=1, workflow_ref=WorkflowRef(name="compares", uid="comparison"))
START = StartErrand("compare-run", 1)


def a_comparison(
    phase: str = "Running", outputs: Mapping[str, str] | None = None, **more: Any
) -> WorkflowView:
    nodes = a_run(
        "compare-run",
        phase,
        a_pod("compare-run", phase, message="Error (exit code 2): legacy-url: not a URL"),
        outputs=outputs or {},
    )
    given = {"name": "compares", "uid": "comparison", "pipeline": "compare-run", **more}
    return a_workflow(phase, *(() if more.get("message") else nodes), **given)


@dataclass(frozen=True, slots=True)
class Case:
    job: RecordingJob
    workflows: tuple[WorkflowView, ...] = (PUBLISHED,)
    settings: OperatorSettings = COMPARING
    want_reason: ComparedReason | None = None
    want_status: ConditionStatus = ConditionStatus.UNKNOWN
    want_actions: tuple[Action, ...] = field(default=())
    want_words: str = ""


SHADOW = a_job(STARTED, shadow=True)
CASES = {
    "a job that is no shadow is not compared": Case(a_job(STARTED)),
    "nor is one where no legacy API is named": Case(SHADOW, settings=SETTINGS),
    "nothing is compared before it is published": Case(
        SHADOW, (a_workflow(),), want_reason=ComparedReason.NOT_YET
    ),
    "a published shadow job is compared": Case(
        SHADOW, want_reason=ComparedReason.COMPARING, want_actions=(START,)
    ),
    "it is compared once": Case(
        SHADOW, (PUBLISHED, a_comparison()), want_reason=ComparedReason.COMPARING
    ),
    "the verdict is told": Case(
        SHADOW,
        (PUBLISHED, a_comparison("Succeeded", {"verdict": "different", "sentence": "drift"})),
        want_reason=ComparedReason.COMPARED,
        want_status=ConditionStatus.TRUE,
        want_words="different: drift",
    ),
    "a legacy side that could not be had": Case(
        SHADOW,
        (PUBLISHED, a_comparison("Succeeded", {"verdict": "incomplete", "sentence": "away"})),
        want_reason=ComparedReason.INCOMPLETE,
        want_status=ConditionStatus.FALSE,
        want_words="away",
    ),
    "a comparison that fails says why": Case(
        SHADOW,
        (PUBLISHED, a_comparison("Failed")),
        want_reason=ComparedReason.FAILED,
        want_status=ConditionStatus.FALSE,
        want_words="legacy-url: not a URL",
    ),
    "one that somebody deleted is not made again": Case(
        followed(SHADOW, STARTED.model_copy(update={"comparison": BEGUN})),
        want_reason=ComparedReason.FAILED,
        want_status=ConditionStatus.FALSE,
        want_words="was deleted",
    ),
    "a verdict outlives its Workflow": Case(
        followed(
            SHADOW,
            STARTED.model_copy(
                update={"comparison": BEGUN.model_copy(update={"verdict": "alike"})}
            ),
        ),
        want_reason=ComparedReason.COMPARED,
        want_status=ConditionStatus.TRUE,
        want_words="alike",
    ),
    "one that Argo could not begin is started again": Case(
        SHADOW,
        (
            PUBLISHED,
            a_comparison("Error", message=NO_TEMPLATE, finished=NOW - timedelta(minutes=1)),
        ),
        want_reason=ComparedReason.COMPARING,
        want_actions=(replace(START, start=2),),
    ),
    "a job is not deleted while it is compared": Case(
        a_job(
            STARTED.model_copy(update={"completion_time": NOW}),
            shadow=True,
            ttlSecondsAfterFinished=0,
        ),
        (PUBLISHED, a_comparison()),
        want_reason=ComparedReason.COMPARING,
    ),
    "and is once it was": Case(
        a_job(
            STARTED.model_copy(update={"completion_time": NOW}),
            shadow=True,
            ttlSecondsAfterFinished=0,
            consent={"policy": "Keep"},
        ),
        (PUBLISHED, a_comparison("Succeeded", {"verdict": "alike", "sentence": ""})),
        want_reason=ComparedReason.COMPARED,
        want_status=ConditionStatus.TRUE,
        want_actions=(DeleteJob(),),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_comparison(case: Case) -> None:
    decision = reconcile(case.job, case.workflows, settings=case.settings, now=NOW)
    compared = decision.status.condition(ConditionType.COMPARED)
    ours = tuple(each for each in decision.actions if isinstance(each, StartErrand | DeleteJob))
    assert ours == case.want_actions
    if case.want_reason is None:
        assert compared is None
    else:
        assert compared is not None
        assert (compared.reason, compared.status) == (case.want_reason, case.want_status)
        assert case.want_words in compared.message


def test_a_comparison_that_cannot_start_says_why() -> None:
    message = 'CreateContainerConfigError: secret "legacy-api" not found'
    nodes = a_run("compare-run", "Running", a_pod("compare-run", "Pending", message=message))
    stuck = a_workflow("Running", *nodes, name="c", uid="comparison", pipeline="compare-run")
    decision = reconcile(SHADOW, (PUBLISHED, stuck), settings=COMPARING, now=NOW)
    compared = decision.status.condition(ConditionType.COMPARED)
    assert compared is not None
    assert message in compared.message


def a_step(name: str, phase: StepPhase, seconds: float) -> StepStatus:
    ended = NOW + timedelta(seconds=seconds)
    return StepStatus(name=name, phase=phase, start_time=NOW, completion_time=ended)


def test_the_comparison_is_told_what_each_step_took_and_which_recording_it_was() -> None:
    steps = (
        a_step("pad-track", StepPhase.SUCCEEDED, 7),
        a_step("diarize-track", StepPhase.SKIPPED, -2),
        a_step("finalize", StepPhase.SUCCEEDED, -1),
        StepStatus(name="render-report", phase=StepPhase.RUNNING, start_time=NOW),
    )
    status = STARTED.model_copy(update={"steps": steps})
    job = a_job(status, shadow=True, source={"daily": {"recordingId": "08fa0b24"}})
    told = comparison_arguments(job)
    assert told["legacy-recording-id"] == "08fa0b24"
    assert json.loads(told["own-steps"]) == [
        {"name": "pad-track", "seconds": 7.0, "cost": None},
        {"name": "finalize", "seconds": 0.0, "cost": None},
    ]
