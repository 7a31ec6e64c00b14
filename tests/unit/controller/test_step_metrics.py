"""The figures of steps: each try counts once, whatever happens to the operator between."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from multitrack.accounting.prices import PriceTable, Spent
from multitrack.accounting.tries import FailureClass, try_of
from multitrack.api.status import RecordingJobStatus
from multitrack.controller import report
from multitrack.controller.metrics import Metrics
from multitrack.controller.observed import Node, WorkflowView
from multitrack.controller.settings import MonitoringSettings
from tests.unit.controller.builders import (
    NOW,
    SETTINGS,
    a_job,
    a_pod,
    a_run,
    a_workflow,
    followed,
    said_by_step,
)

PRICES = {"currency": "EUR", "cpuHour": 0.036, "gpuHour": 3.6, "millionPromptTokens": 2.0}
STARTED = datetime(2026, 3, 14, 11, 0, tzinfo=UTC)


class Figures:
    """An operator's figures, and the statuses that it writes."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        settings = MonitoringSettings.model_validate({"prices": PRICES})
        self._metrics = Metrics(self._registry, settings)

    def sees(self, before: RecordingJobStatus, *workflows: WorkflowView) -> RecordingJobStatus:
        """The newest Workflow's status is written in place of `before`."""
        job = followed(a_job(), before)
        after = report.following(job, workflows[-1], None, settings=SETTINGS, now=NOW)
        self._metrics.note_change(before, after, workflows)
        return after

    def figure(self, name: str, **labels: str) -> float:
        return self._registry.get_sample_value(f"multitrack_{name}", labels) or 0.0

    def ended(self, step: str) -> tuple[float, float, float]:
        """Tries that succeeded, that failed, and retries."""
        return (
            self.figure("step_tries_total", step=step, outcome="Succeeded"),
            self.figure("step_tries_total", step=step, outcome="Failed"),
            self.figure("step_retries_total", step=step),
        )


def an_ended_pod(step: str, number: int = 0, phase: str = "Succeeded", **more: Any) -> Node:
    """60 s from the pod's begin to its end, of which 20 s are waiting."""
    said = {"began": STARTED.timestamp() + 20, "duration": 38.0, **more.pop("said", {})}
    facts: dict[str, Any] = {
        "started": STARTED,
        "finished": STARTED + timedelta(seconds=60),
        "outputs": said_by_step(json.dumps(said)),
        "resources": {"cpu": 100, "memory": 2048, "nvidia.com/gpu": 40},
    }
    return a_pod(step, phase, number, **{**facts, **more})


def a_failed_pod(step: str, number: int = 0, code: int = 75, **more: Any) -> Node:
    return an_ended_pod(step, number, "Failed", exit_code=code, **more)


def test_a_try_counts_when_it_ends_and_not_again() -> None:
    figures = Figures()
    first = a_failed_pod("pad-track", 0, said={"failure_reason": "Temporary"})
    failed = a_workflow("Running", *a_run("pad-track", "Running", first, inputs=a_track(0)))
    status = figures.sees(RecordingJobStatus(), failed)
    assert figures.ended("pad-track") == (0, 0, 0), "the run may still end with it"
    second = an_ended_pod("pad-track", 1)
    both = a_run("pad-track", "Running", first, a_pod("pad-track", "Running", 1))
    status = figures.sees(status, a_workflow("Running", *with_track(both)))
    assert figures.ended("pad-track") == (0, 1, 0)
    ended = a_workflow("Running", *with_track(a_run("pad-track", "Succeeded", first, second)))
    status = figures.sees(status, ended)
    figures.sees(status, ended)
    assert figures.ended("pad-track") == (1, 1, 1)
    kind = {"step": "pad-track", "reason": "Temporary", "class": "temporary"}
    assert figures.figure("step_tries_failed_total", **kind) == 1


def a_track(index: int) -> dict[str, str]:
    return {"track": json.dumps({"index": index, "name": "Alice"})}


def with_track(run: list[Node]) -> list[Node]:
    return [replace(run[0], inputs=a_track(0)), *run[1:]]


def test_a_restarted_operator_counts_only_what_its_predecessor_did_not() -> None:
    one = a_run("get-recording", "Succeeded", an_ended_pod("get-recording"))
    before, after = Figures(), Figures()
    status = before.sees(RecordingJobStatus(), a_workflow("Running", *one))
    two = a_run("finalize", "Succeeded", an_ended_pod("finalize"))
    after.sees(status, a_workflow("Running", *one, *two))
    assert before.ended("get-recording") == (1, 0, 0)
    assert after.ended("get-recording") == (0, 0, 0)
    assert after.ended("finalize") == (1, 0, 0)


def test_what_argo_retries_counts_again() -> None:
    figures = Figures()
    failed = a_run("finalize", "Failed", a_failed_pod("finalize"), a_failed_pod("finalize", 1))
    status = figures.sees(RecordingJobStatus(), a_workflow("Failed", *failed))
    again = a_run("finalize", "Succeeded", an_ended_pod("finalize"))
    figures.sees(status, a_workflow("Running", *again))
    assert figures.ended("finalize") == (1, 2, 1)


def test_the_last_tries_of_an_attempt_that_another_replaces_count() -> None:
    figures = Figures()
    going = a_workflow("Running", *a_run("finalize", "Running", a_pod("finalize", "Running")))
    status = figures.sees(RecordingJobStatus(), going)
    stopped = a_workflow("Failed", *a_run("finalize", "Failed", a_failed_pod("finalize")))
    figures.sees(status, stopped, a_workflow("Running", attempt=2))
    assert figures.ended("finalize") == (0, 1, 0)


def test_times_speed_use_and_cost_are_measured() -> None:
    figures = Figures()
    said = {"audio_seconds": 380.0, "tokens": {"prompt": 1_000_000, "completion": 500}}
    pod = an_ended_pod("transcribe-track", said=said)
    run = a_run("transcribe-track", "Succeeded", pod, inputs=a_track(0))
    figures.sees(RecordingJobStatus(), a_workflow("Succeeded", *run))
    step = {"step": "transcribe-track"}
    measured = {
        "step_queue_seconds_sum": 20,
        "step_duration_seconds_sum": 40,
        "step_audio_seconds_total": 380,
        "step_cpu_seconds_total": 100,
        "step_memory_gib_seconds_total": 200,
        "step_gpu_seconds_total": 40,
    }
    assert {name: figures.figure(name, **step) for name in measured} == measured
    assert figures.figure("transcription_speed_sum") == 10
    assert figures.figure("step_tokens_total", **step, direction="completion") == 500
    cost = figures.figure("step_cost_total", **step, currency="EUR")
    assert cost == pytest.approx(0.001 + 0.04 + 2.0)


def test_copied_work_is_no_speed() -> None:
    figures = Figures()
    pod = an_ended_pod("transcribe-track", said={"audio_seconds": 380.0, "reused": True})
    run = a_run("transcribe-track", "Succeeded", pod, inputs=a_track(0))
    figures.sees(RecordingJobStatus(), a_workflow("Running", *run))
    assert figures.figure("transcription_speed_count") == 0
    assert figures.figure("step_audio_seconds_total", step="transcribe-track") == 0


CLASSES = {
    "bad input": (a_failed_pod("finalize", code=2), FailureClass.BAD_INPUT),
    "refused": (a_failed_pod("finalize", code=3), FailureClass.REFUSED),
    "away": (a_failed_pod("finalize", code=75), FailureClass.TEMPORARY),
    "a bug": (a_failed_pod("finalize", code=1), FailureClass.BUG),
    "killed": (a_failed_pod("finalize", code=137), FailureClass.KILLED),
    "a pod that is gone": (a_pod("finalize", "Error", message="pod deleted"), FailureClass.KILLED),
    "no file to fetch": (
        a_pod("finalize", "Error", message="Error (exit code 64): no such key", exit_code=64),
        FailureClass.STORAGE,
    ),
    "done": (an_ended_pod("finalize"), None),
}


@pytest.mark.parametrize("case", CLASSES)
def test_failures_have_a_class(case: str) -> None:
    node, want = CLASSES[case]
    assert try_of(node).failed is want


TIMES = {
    "said when it began": ({"began": STARTED.timestamp() + 20}, (20.0, 40.0)),
    "said how long it took": ({"duration": 45.0}, (15.0, 45.0)),
    "said nothing": ({}, (None, 60.0)),
    "its clock is behind": ({"began": STARTED.timestamp() - 3}, (0.0, 60.0)),
    "its clock is ahead": ({"began": STARTED.timestamp() + 99}, (60.0, 0.0)),
}


@pytest.mark.parametrize("case", TIMES)
def test_waiting_ends_where_the_program_begins(case: str) -> None:
    said, want = TIMES[case]
    node = an_ended_pod("finalize", outputs=said_by_step(json.dumps(said)))
    found = try_of(node)
    assert (found.waiting, found.running) == want


def test_without_prices_nothing_is_said_about_cost() -> None:
    assert not PriceTable().is_set
    assert PriceTable().cost(Spent(cpu_seconds=3600, gpu_seconds=3600)) == 0
