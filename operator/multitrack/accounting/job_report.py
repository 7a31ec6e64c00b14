"""What one job has taken and cost, from its status and, where it is still there, its Workflow."""

import collections
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from multitrack.accounting.critical_path import (
    Link,
    Span,
    TimeSpent,
    critical_path,
    where_the_time_went,
)
from multitrack.accounting.prices import PriceTable, Spent
from multitrack.accounting.tries import Try, tries_of
from multitrack.api.reasons import ConditionType, StepPhase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import StepStatus
from multitrack.controller.observed import WorkflowView
from multitrack.controller.steps import track_names
from workflow_templates.pipelines import PROCESS_RECORDING

__all__ = ["JobReport", "StepAccount", "report_on"]


@dataclass(frozen=True, slots=True)
class StepAccount:
    """One step, all its tracks and tries together."""

    step: str
    phase: StepPhase
    started: datetime | None
    finished: datetime | None
    runs: int
    """Tracks, or one."""
    retries: int
    waiting: float | None
    """Seconds of all its tries, for nodes, images and files. None: not known."""
    running: float | None
    """Seconds of all its tries. None: not known."""
    spent: Spent | None
    """None: not known."""
    cost: float | None
    """None: not known, or there are no prices."""
    failures: Mapping[str, int]
    """Tries that failed, by reason."""


@dataclass(frozen=True, slots=True)
class JobReport:
    """One job. All times in seconds."""

    job: str
    namespace: str
    title: str
    phase: str
    reason: str | None
    attempt: int
    workflow: str | None
    """What the figures of steps are from; None: it tells nothing any more."""
    created: datetime
    finished: datetime | None
    took: float
    """From the job's creation to its end, or until now."""
    recording: float | None
    """How long the recording is."""
    steps: tuple[StepAccount, ...]
    spent: Spent
    currency: str
    """Empty: there are no prices, and nothing is said about cost."""
    cost: float | None
    critical_path: tuple[Link, ...]
    time: TimeSpent
    unknown: tuple[str, ...]
    """What cannot be told, and why, in sentences."""


def report_on(
    job: RecordingJob, workflow: WorkflowView | None, prices: PriceTable, now: datetime
) -> JobReport:
    """Put together what is known.

    Args:
        job: With its status.
        workflow: The one that the status is about; None: it is gone.
        prices: Of the installation.
        now: With time zone.
    """
    status = job.status
    told = workflow if workflow is not None and workflow.nodes is not None else None
    steps = tuple(_account(step, told, prices) for step in status.steps)
    spent = sum((step.spent for step in steps if step.spent), Spent()) if told else _usage(job)
    succeeded = status.condition(ConditionType.SUCCEEDED)
    end = status.completion_time or now
    begin = status.start_time or job.created
    path = critical_path(PROCESS_RECORDING, dict(_spans(job, told, end)), begin)
    whole = max(0.0, (end - job.created).total_seconds())
    before = max(0.0, (begin - job.created).total_seconds())
    return JobReport(
        job=job.name,
        namespace=job.namespace,
        title=job.spec.title,
        phase=status.phase.value,
        reason=succeeded.reason if succeeded else None,
        attempt=status.attempt,
        workflow=told.name if told else None,
        created=job.created,
        finished=status.completion_time,
        took=whole,
        recording=status.recording.duration_seconds if status.recording else None,
        steps=steps,
        spent=spent,
        currency=prices.currency,
        cost=prices.cost(spent) if prices.is_set else None,
        critical_path=path,
        time=where_the_time_went(path, before_workflow=before, whole=whole),
        unknown=tuple(_unknown(job, workflow, steps)),
    )


def _account(step: StepStatus, workflow: WorkflowView | None, prices: PriceTable) -> StepAccount:
    tries = tuple(tries_of(workflow, step.name)) if workflow else None
    spent = sum((each.spent for each in tries), Spent()) if tries is not None else None
    return StepAccount(
        step=step.name,
        phase=step.phase,
        started=step.start_time,
        finished=step.completion_time,
        runs=step.total,
        retries=step.retries,
        waiting=sum(each.waiting or 0.0 for each in tries) if tries is not None else None,
        running=sum(each.running or 0.0 for each in tries) if tries is not None else None,
        spent=spent,
        cost=prices.cost(spent) if spent is not None and prices.is_set else None,
        failures=dict(
            collections.Counter(each.reason.value for each in tries or () if each.reason)
        ),
    )


def _failures(tries: Iterable[Try]) -> dict[str, int]:
    reasons = (each.reason.value for each in tries if each.reason is not None)
    return dict(collections.Counter(reasons))


def _usage(job: RecordingJob) -> Spent:
    """What the status keeps of a Workflow that is gone."""
    usage = job.status.usage
    if usage is None:
        return Spent()
    return Spent(
        cpu_seconds=usage.cpu_seconds,
        memory_gib_seconds=usage.memory_gib_seconds,
        gpu_seconds=usage.gpu_seconds,
        audio_seconds=usage.audio_seconds,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
    )


def _spans(
    job: RecordingJob, workflow: WorkflowView | None, end: datetime
) -> Iterator[tuple[str, Span]]:
    """Of each step that has started, the run that ended last."""
    for step in job.status.steps:
        if step.start_time is None or step.phase is StepPhase.SKIPPED:
            continue
        finished = step.completion_time or end
        tries = list(tries_of(workflow, step.name)) if workflow else []
        last = max(tries, key=_end_of, default=None) if step.completion_time else None
        if workflow is None or last is None:
            yield step.name, Span(step.name, step.start_time, finished)
        else:
            yield step.name, _span(workflow, tries, last, finished)


def _span(workflow: WorkflowView, tries: list[Try], last: Try, finished: datetime) -> Span:
    """The run whose last try this is, from its first try on."""
    names = track_names(workflow)
    known = last.track is not None and last.track < len(names)
    starts = [each.started for each in tries if each.track == last.track and each.started]
    return Span(
        last.step,
        min(starts, default=finished),
        finished,
        names[last.track] if last.track is not None and known else None,
        last,
    )


def _end_of(ended: Try) -> tuple[bool, float]:
    return ended.finished is not None, ended.finished.timestamp() if ended.finished else 0.0


def _unknown(
    job: RecordingJob, workflow: WorkflowView | None, steps: tuple[StepAccount, ...]
) -> Iterator[str]:
    reference = job.status.workflow_ref
    if reference is None:
        yield "no Workflow of this job is known: nothing has run yet, or it never began"
    elif workflow is None:
        yield (
            f"Workflow {reference.name} is gone: what each step waited, ran, used and cost, its "
            "failed tries and the slowest track are no longer known; totals are from the status"
        )
    elif workflow.nodes is None:
        yield (
            f"Argo keeps the steps of Workflow {reference.name} in its database: what each of "
            "them waited, ran, used and cost is not known here; totals are from the status"
        )
    if job.status.attempt > 1:
        yield (
            f"this is attempt {job.status.attempt}; what the attempts before it used is not "
            "counted here (the metrics have it)"
        )
    mute = [each.step for each in steps if each.spent and not each.spent.cpu_seconds and _ran(each)]
    if mute and workflow is not None and workflow.nodes is not None:
        yield f"Argo says nothing about resources of: {', '.join(mute)}"


def _ran(step: StepAccount) -> bool:
    return step.phase in (StepPhase.SUCCEEDED, StepPhase.FAILED)
