"""`multitrack get` and `multitrack watch`: how jobs are getting on."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from multitrack.api.reasons import ConditionType, Phase, StepPhase
from multitrack.api.recording_job import RecordingJob
from multitrack.cli.cluster.session import Context, JobName, Namespace, with_cluster
from workflow_templates.runtime.errors import ExitCode

if TYPE_CHECKING:
    from multitrack.cluster.client import Cluster

__all__ = ["get_command", "watch_command", "watch_job"]

_SECONDS_BETWEEN_LOOKS = 1.0

_MARK = {
    StepPhase.PENDING: "·",
    StepPhase.RUNNING: "▸",
    StepPhase.SUCCEEDED: "✓",
    StepPhase.FAILED: "✗",
    StepPhase.SKIPPED: "-",
}


def get_command(
    name: Annotated[str | None, typer.Argument(metavar="[JOB]", help="One job, in detail.")] = None,
    namespace: Namespace = None,
    context: Context = None,
) -> None:
    """Show jobs, or one job with its steps."""

    async def show(cluster: "Cluster", namespace: str) -> None:
        if name is not None:
            _console().print(
                _detail(RecordingJob.from_body(await cluster.get_job(namespace, name)))
            )
            return
        jobs = [RecordingJob.from_body(body) for body in await cluster.list_jobs(namespace)]
        _console().print(_table(jobs) if jobs else f"No RecordingJobs in {namespace}.")

    with_cluster(show, namespace, context)


def watch_command(name: JobName, namespace: Namespace = None, context: Context = None) -> None:
    """Follow a job to its end. Exit code 0 if it succeeded, 1 if not."""
    with_cluster(lambda cluster, ns: watch_job(cluster, ns, name), namespace, context)


async def watch_job(cluster: "Cluster", namespace: str, name: str) -> None:
    """Show a job until it has ended; on a terminal in place, else a line a change.

    Raises:
        typer.Exit: It ended, and not well.
    """
    console = _console()
    job = RecordingJob.from_body(await cluster.get_job(namespace, name))
    with Live(console=console, auto_refresh=False, transient=False) as live:
        said = ""
        while True:
            if console.is_terminal:
                live.update(_detail(job), refresh=True)
            elif (line := _line(job)) != said:
                typer.echo(line)
                said = line
            if job.status.phase.is_final and job.status.attempt >= job.spec.attempt:
                break
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            job = RecordingJob.from_body(await cluster.get_job(namespace, name))
    if not console.is_terminal:
        console.print(_detail(job))
    if job.status.phase is not Phase.SUCCEEDED:
        raise typer.Exit(ExitCode.BUG)


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _line(job: RecordingJob) -> str:
    status = job.status
    return f"{status.phase.value}  {status.progress or '-'}  {status.step or ''}".rstrip()


def _table(jobs: list[RecordingJob]) -> Table:
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
            job.spec.title,
        )
    return table


def _detail(job: RecordingJob) -> Group:
    status = job.status
    head = Text(f"{job.name}  {status.phase.value}  {status.progress or ''}", style="bold")
    table = Table(box=None, pad_edge=False, show_header=False)
    for step in status.steps:
        table.add_row(
            _MARK[step.phase],
            step.name,
            f"{step.done}/{step.total}" if step.total > 1 else "",
            f"{step.progress} %" if step.progress is not None else "",
            _took(step.start_time, step.completion_time),
            f"{step.retries} retries" if step.retries else "",
            Text(step.message or "; ".join(step.warnings)),
        )
    lines: list[Text] = []
    succeeded = status.condition(ConditionType.SUCCEEDED)
    if succeeded is not None and succeeded.message:
        lines.append(Text(f"{succeeded.reason}: {succeeded.message}"))
    degraded = status.condition(ConditionType.DEGRADED)
    if degraded is not None and degraded.status == "True":
        lines.append(Text(f"Degraded, {degraded.reason}: {degraded.message}"))
    if status.workflow_ref is not None and status.workflow_ref.url:
        lines.append(Text(status.workflow_ref.url))
    if status.artifacts is not None and status.phase.is_final:
        lines.append(Text(f"Results: {status.artifacts.prefix}published/"))
    return Group(head, table, *lines)


def _took(start: datetime | None, end: datetime | None) -> str:
    if start is None:
        return ""
    seconds = int(((end or datetime.now(UTC)) - start).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"
