"""`status.steps`: what Argo's nodes say about each step of the pipeline."""

import json
import re
from collections.abc import Iterable
from datetime import datetime

from pydantic import ValidationError

from multitrack.api.reasons import StepPhase
from multitrack.api.status import StepStatus, TrackStatus
from multitrack.controller.observed import Node, WorkflowView
from workflow_templates.contracts.results import StepReport
from workflow_templates.pipelines import Pipeline, Task

__all__ = [
    "progress_of",
    "report_of",
    "said",
    "step_statuses",
    "stuck_pod",
    "track_index",
    "track_name",
    "track_names",
]

_EXIT = re.compile(r"^(?:main: )?Error \(exit code \d+\)(?:: )?")
_MOST_WARNINGS = 32
_CANNOT_START = (
    "ImagePullBackOff",
    "ErrImagePull",
    "ErrImageNeverPull",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CreateContainerError",
    "FailedMount",
    'persistentvolumeclaim "',  # is not found; one that waits for its volume is not named
)
"""What Argo says about a pod that only a person can help. A pod that no node has room for is not
among them: a node may come."""


def step_statuses(pipeline: Pipeline, workflow: WorkflowView) -> tuple[StepStatus, ...]:
    """One entry a task, in the pipeline's order."""
    tracks = len(track_names(workflow))
    return tuple(_step(task, workflow, tracks) for task in pipeline.tasks)


def progress_of(steps: Iterable[StepStatus]) -> str:
    """`7/15`: runs that have succeeded, of all that are known and not skipped."""
    counted = [step for step in steps if step.phase is not StepPhase.SKIPPED]
    return f"{sum(step.done for step in counted)}/{sum(step.total for step in counted)}"


def said(node: Node) -> str:
    """The node's message without Argo's words around it."""
    return _EXIT.sub("", node.message).strip() or node.message


def stuck_pod(workflow: WorkflowView) -> Node | None:
    """The first pod that cannot start until a person does something."""
    if workflow.is_finished:
        return None
    waiting = [
        node
        for node in (workflow.nodes or {}).values()
        if node.type == "Pod"
        and node.phase == "Pending"
        and any(word in node.message for word in _CANNOT_START)
    ]
    return min(waiting, key=lambda node: (node.started is None, node.started), default=None)


def report_of(node: Node) -> StepReport:
    """What the step told through step.json; empty if it did not get to that."""
    try:
        return StepReport.model_validate_json(node.outputs.get("step") or "{}")
    except ValidationError:
        return StepReport()


def track_names(workflow: WorkflowView) -> list[str]:
    """Whose tracks there are, once get-participants has said so."""
    for run in workflow.of_step("get-participants"):
        try:
            entries = json.loads(run.outputs.get("tracks") or "[]")
        except ValueError:
            return []
        return [str(entry.get("name", "")) for entry in entries]
    return []


def track_name(run: Node) -> str | None:
    """Whose track this run is about."""
    try:
        return str(json.loads(run.inputs["track"])["name"])
    except (KeyError, TypeError, ValueError):
        return None


def _step(task: Task, workflow: WorkflowView, tracks: int) -> StepStatus:
    runs = workflow.of_step(task.name)
    tries = [attempt for run in runs for attempt in workflow.tries(run)]
    total = max(len(runs), tracks if task.fan_out else 1, 1)
    done = sum(run.phase == "Succeeded" for run in runs)
    phase = _phase(runs, done, total, workflow)
    ended = [run.finished for run in runs if run.finished]
    return StepStatus(
        name=task.name,
        phase=phase,
        done=done,
        total=total,
        progress=_percent(runs, workflow, total) if phase is StepPhase.RUNNING else None,
        start_time=_earliest(each.started for each in tries if each.phase != "Pending"),
        completion_time=max(ended) if ended and phase.is_final else None,
        retries=sum(max(0, len(workflow.tries(run)) - 1) for run in runs),
        tracks=_tracks(runs, workflow) if task.fan_out else (),
        message=_message(runs, tries, phase),
        warnings=_warnings(runs),
    )


def _tracks(runs: list[Node], workflow: WorkflowView) -> tuple[TrackStatus, ...]:
    """Each track's own run, by index."""
    known = {}
    for run in runs:
        index = track_index(run)
        if index is not None:
            done = int(run.phase == "Succeeded")
            phase = _phase([run], done, 1, workflow)
            known[index] = TrackStatus(
                index=index,
                name=track_name(run) or "",
                phase=phase,
                progress=_percent([run], workflow, 1) if phase is StepPhase.RUNNING else None,
                retries=max(0, len(workflow.tries(run)) - 1),
            )
    return tuple(known[index] for index in sorted(known))


def track_index(run: Node) -> int | None:
    """Of which track this run is; None: of none, or it does not say."""
    try:
        return int(json.loads(run.inputs["track"])["index"])
    except (KeyError, TypeError, ValueError):
        return None


def _phase(runs: list[Node], done: int, total: int, workflow: WorkflowView) -> StepPhase:
    if not runs:
        return StepPhase.SKIPPED if workflow.is_finished else StepPhase.PENDING
    if all(run.phase in ("Skipped", "Omitted") for run in runs):
        return StepPhase.SKIPPED
    if done == total:
        return StepPhase.SUCCEEDED
    goes_on = any(run.phase in ("Running", "Pending", "") for run in runs)
    if not goes_on and any(run.has_failed for run in runs):
        return StepPhase.FAILED
    pods = [attempt.phase for run in runs for attempt in workflow.tries(run)]
    waits = all(phase == "Pending" for phase in pods)
    return StepPhase.PENDING if waits else StepPhase.RUNNING


def _percent(runs: list[Node], workflow: WorkflowView, total: int) -> int | None:
    """Mean over all runs, where pods say how far they are."""
    told = False
    shares = 0.0
    for run in runs:
        tries = workflow.tries(run)
        first, _, second = (tries[-1].progress if tries else "").partition("/")
        if run.phase == "Succeeded":
            shares += 1
        elif first.isdigit() and second.isdigit() and int(second) > 1:
            told = True
            shares += min(1.0, int(first) / int(second))
    return round(100 * shares / total) if told else None


def _message(runs: list[Node], tries: list[Node], phase: StepPhase) -> str | None:
    failed = [run for run in runs if run.has_failed]
    if failed:
        whose = [track_name(run) for run in failed]
        return "; ".join(
            f"{name}: {said(run)}" if name else said(run)
            for name, run in zip(whose, failed, strict=True)
        )
    if phase.is_final:
        return None
    waiting = [*tries, *runs]
    return next(
        (node.message for node in waiting if node.phase == "Pending" and node.message), None
    )


def _warnings(runs: list[Node]) -> tuple[str, ...]:
    found = [warning for run in runs for warning in report_of(run).warnings]
    return tuple(dict.fromkeys(found))[:_MOST_WARNINGS]


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)
