"""Jobs as people see them on a terminal: a table of jobs, one job with its steps and tracks."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from multitrack.api.reasons import ConditionStatus, ConditionType, StepPhase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import RecordingJobStatus, StepStatus, TrackStatus

__all__ = ["changes", "job_in_detail", "table_of_jobs"]

_MARK = {
    StepPhase.PENDING: "·",
    StepPhase.RUNNING: "▸",
    StepPhase.SUCCEEDED: "✓",
    StepPhase.FAILED: "✗",
    StepPhase.SKIPPED: "-",
}
_BAR_WIDTH = 20
_PART = 25
"""Percent of progress that are worth a line where nothing can be shown in place."""


def table_of_jobs(jobs: Iterable[RecordingJob]) -> Table:
    """A row a job, the oldest first."""
    table = Table(box=None, pad_edge=False)
    for heading in ("JOB", "PHASE", "PROGRESS", "STEP", "TOOK", "TITLE"):
        table.add_column(heading)
    for job in sorted(jobs, key=lambda each: each.created):
        status = job.status
        table.add_row(
            job.name,
            status.phase.value,
            status.progress or "",
            status.step or "",
            _took(status.start_time, status.completion_time),
            Text(job.spec.title),
        )
    return table


def job_in_detail(job: RecordingJob) -> Group:
    """The job with its steps; while one goes on or has failed, with each track of it."""
    status = job.status
    head = Text(f"{job.name}  {status.phase.value}  {status.progress or ''}", style="bold")
    table = Table(box=None, pad_edge=False, show_header=False)
    for step in status.steps:
        table.add_row(*_step(step))
        if step.phase in (StepPhase.RUNNING, StepPhase.FAILED):
            for track in step.tracks:
                table.add_row(*_track(track))
    return Group(head, table, *_remarks(status))


def changes(before: RecordingJobStatus | None, after: RecordingJobStatus) -> Iterator[str]:
    """What is new, a line each, where nothing can be shown in place.

    Args:
        before: What was told last; None: nothing yet.
        after: The job's status.
    """
    earlier = {step.name: step for step in before.steps} if before else {}
    if before is None or before.phase is not after.phase:
        yield f"{after.phase.value}  {after.progress or ''}".rstrip()
    for step in after.steps:
        known = earlier.get(step.name)
        if step.phase is not (known.phase if known else StepPhase.PENDING):
            yield _told(step.name, step.phase, after.progress, step.message)
        yield from _changes_of_tracks(step, known)


def _changes_of_tracks(step: StepStatus, before: StepStatus | None) -> Iterator[str]:
    earlier = {track.index: track for track in before.tracks} if before else {}
    for track in step.tracks:
        known = earlier.get(track.index)
        who = f"{step.name}, {track.name}"
        if track.phase is not (known.phase if known else StepPhase.PENDING):
            yield _told(who, track.phase, None, None)
        elif _parts(track) > (_parts(known) if known else 0):
            yield f"{who}: {track.progress} %"


def _told(who: str, phase: StepPhase, progress: str | None, message: str | None) -> str:
    words = f"{who}: {phase.value.lower()}"
    if message:
        words += f": {message}"
    return f"{words}  {progress}" if progress else words


def _parts(track: TrackStatus) -> int:
    return (track.progress or 0) // _PART


def _step(step: StepStatus) -> tuple[RenderableType, ...]:
    return (
        _MARK[step.phase],
        step.name,
        f"{step.done}/{step.total}" if step.total > 1 else "",
        _percent(step.progress),
        _took(step.start_time, step.completion_time),
        _retries(step.retries),
        Text(step.message or "; ".join(step.warnings)),
    )


def _track(track: TrackStatus) -> tuple[RenderableType, ...]:
    bar: RenderableType = ""
    if track.phase is StepPhase.RUNNING:
        # Without a figure from the step the bar says that something goes on.
        known = track.progress is not None
        bar = ProgressBar(completed=track.progress or 0, width=_BAR_WIDTH, pulse=not known)
    return (
        "",
        Text(f"  {_MARK[track.phase]} {track.name}"),
        "",
        _percent(track.progress) if track.phase is StepPhase.RUNNING else "",
        "",
        _retries(track.retries),
        bar,
    )


def _remarks(status: RecordingJobStatus) -> Iterator[Text]:
    succeeded = status.condition(ConditionType.SUCCEEDED)
    if succeeded is not None and succeeded.message:
        yield Text(f"{succeeded.reason}: {succeeded.message}")
    degraded = status.condition(ConditionType.DEGRADED)
    if degraded is not None and degraded.status is ConditionStatus.TRUE:
        yield Text(f"Degraded, {degraded.reason}: {degraded.message}")
    delivered = status.condition(ConditionType.DELIVERED)
    if delivered is not None and status.delivery is not None and status.delivery.targets:
        yield Text(f"{delivered.reason}: {delivered.message}")
    if status.workflow_ref is not None and status.workflow_ref.url:
        yield Text(status.workflow_ref.url)
    if status.artifacts is not None and status.phase.is_final:
        yield Text(f"Results: {status.artifacts.prefix}published/")


def _percent(progress: int | None) -> str:
    return "" if progress is None else f"{progress} %"


def _retries(count: int) -> str:
    return "" if not count else f"{count} {'retry' if count == 1 else 'retries'}"


def _took(start: datetime | None, end: datetime | None) -> str:
    if start is None:
        return ""
    seconds = int(((end or datetime.now(UTC)) - start).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"
