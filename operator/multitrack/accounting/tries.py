"""One try of a step, as a pod made it: how long it waited and ran, what it used, how it ended."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from multitrack.accounting.prices import Spent
from multitrack.api.reasons import StepPhase, SucceededReason
from multitrack.api.status import StepStatus
from multitrack.controller.observed import Node, WorkflowView
from multitrack.controller.outcome import EXECUTOR_FAILED, GIB_PER_100_MIB, reason_of_try
from multitrack.controller.steps import report_of, track_index
from workflow_templates.contracts.results import StepReport
from workflow_templates.runtime.errors import ExitCode

__all__ = ["FailureClass", "Try", "new_tries", "tries_of", "try_of"]

_SIGNALS = 128
"""Shells' exit codes of processes that a signal ended begin above this number."""


class FailureClass(StrEnum):
    """What kind of failure a try was: what trying again would have changed."""

    BAD_INPUT = "bad-input"
    """Exit 2: the same input fails again."""
    REFUSED = "refused"
    """Exit 3: another system said no for good."""
    TEMPORARY = "temporary"
    """Exit 75: another system was away or busy."""
    KILLED = "killed"
    """Ended from outside: out of memory, a deadline, a lost node, a person."""
    STORAGE = "storage"
    """Exit 64: Argo could not fetch or keep the step's files."""
    BUG = "bug"
    """Any other exit code: nobody foresaw it."""


_CLASS_BY_CODE: Mapping[int, FailureClass] = {
    ExitCode.BAD_INPUT: FailureClass.BAD_INPUT,
    ExitCode.REFUSED: FailureClass.REFUSED,
    ExitCode.TEMPORARY: FailureClass.TEMPORARY,
}


@dataclass(frozen=True, slots=True)
class Try:
    """One try that has ended."""

    step: str
    number: int
    """From 0; above, it is a retry."""
    track: int | None
    """Of which track, in a step that runs once a track."""
    started: datetime | None
    """When Argo asked for the pod."""
    finished: datetime | None
    waiting: float | None
    """Seconds from then until the step's program began: a node, the image, the files. None: the
    step did not live to tell, or says it in no way."""
    running: float | None
    """Seconds from then to the pod's end. Where `waiting` is not known: all of its time."""
    spent: Spent
    is_reused: bool
    """It found its result of an earlier run and copied it."""
    failed: FailureClass | None
    """None: it has not."""
    reason: SucceededReason | None
    """Why it failed; None: it has not."""
    program_seconds: float | None
    """Seconds of the step's program alone; None: it did not live to tell."""


def try_of(node: Node, number: int = 0, track: int | None = None) -> Try:
    """Read one pod's node.

    Args:
        node: Of a pod that has ended.
        number: Which try of its run, from 0.
        track: Whose run, where there is one a track.
    """
    report = report_of(node)
    waiting, running = _times(node, report)
    return Try(
        step=node.template,
        number=number,
        track=track,
        started=node.started,
        finished=node.finished,
        waiting=waiting,
        running=running,
        spent=_spent(node, report),
        is_reused=report.reused,
        failed=_class_of(node) if node.has_failed else None,
        reason=reason_of_try(node) if node.has_failed else None,
        program_seconds=report.duration,
    )


def tries_of(workflow: WorkflowView, step: str) -> Iterator[Try]:
    """All tries of a step that have ended, of all its tracks."""
    for run in workflow.of_step(step):
        for number, node in enumerate(workflow.tries(run)):
            if node.finished is not None and node.phase not in ("Pending", "Running"):
                yield try_of(node, number, track_index(run))


def new_tries(
    before: tuple[StepStatus, ...], after: tuple[StepStatus, ...], workflow: WorkflowView
) -> Iterator[Try]:
    """The tries that have ended between two statuses, each of them once.

    What was told of before stands in the status, in the cluster, so that no restart of ours makes
    one count twice.

    Args:
        before: Of the same Workflow; empty: nothing has been told of yet.
        after: As it is told now.
        workflow: It, at least as new as `after`.
    """
    told = {step.name: _ended(step) for step in before}
    for step in after:
        runs = {track_index(run): run for run in workflow.of_step(step.name)}
        for track, count in _ended(step).items():
            run = runs.get(track)
            known = told.get(step.name, {}).get(track, 0)
            if run is None:
                continue
            # Fewer than before: `argo retry` has deleted them, and these are new ones.
            first = known if known <= count else 0
            for number, node in enumerate(workflow.tries(run)[first:count], first):
                yield try_of(node, number, track)


def _ended(step: StepStatus) -> Mapping[int | None, int]:
    """Tries that have ended by track, as a status tells: all but one that still goes on."""
    if not step.tracks:
        return {None: _count(step.phase, step.retries)}
    return {track.index: _count(track.phase, track.retries) for track in step.tracks}


def _count(phase: StepPhase, retries: int) -> int:
    return retries + (phase in (StepPhase.SUCCEEDED, StepPhase.FAILED))


def _times(node: Node, report: StepReport) -> tuple[float | None, float | None]:
    """Seconds of waiting and of running; clocks of two machines may be a little apart."""
    if node.started is None or node.finished is None:
        return None, None
    whole = max(0.0, (node.finished - node.started).total_seconds())
    if report.began is not None:
        waiting = report.began - node.started.timestamp()
    elif report.duration is not None:
        waiting = whole - report.duration
    else:
        return None, whole
    waiting = min(max(0.0, waiting), whole)
    return round(waiting, 3), round(whole - waiting, 3)


def _spent(node: Node, report: StepReport) -> Spent:
    tokens = report.tokens
    return Spent(
        cpu_seconds=node.resources.get("cpu", 0),
        memory_gib_seconds=node.resources.get("memory", 0) * GIB_PER_100_MIB,
        # An extended resource: nvidia.com/gpu, amd.com/gpu.
        gpu_seconds=sum(count for name, count in node.resources.items() if "/" in name),
        audio_seconds=report.audio_seconds or 0.0,
        prompt_tokens=tokens.prompt if tokens else 0,
        completion_tokens=tokens.completion if tokens else 0,
    )


def _class_of(node: Node) -> FailureClass:
    if node.phase == "Error" and EXECUTOR_FAILED in node.message:
        return FailureClass.STORAGE
    code = node.exit_code
    if code is None or code == 0 or code > _SIGNALS or "OOMKilled" in node.message:
        return FailureClass.KILLED
    return _CLASS_BY_CODE.get(code, FailureClass.BUG)
