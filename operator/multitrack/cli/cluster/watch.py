"""`multitrack get` and `multitrack watch`: how jobs are getting on."""

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Self

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from multitrack.api.reasons import Phase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import RecordingJobStatus
from multitrack.cli.cluster.session import Context, JobName, Namespace, with_cluster
from multitrack.cli.cluster.shown import changes, job_in_detail, table_of_jobs
from multitrack.cluster.errors import ClusterAwayError
from workflow_templates.runtime.errors import ExitCode

if TYPE_CHECKING:
    from multitrack.cluster.client import Cluster

__all__ = ["get_command", "watch_command", "watch_job"]

_SECONDS_BETWEEN_LOOKS = 1.0
_PATIENCE = 120.0
"""Seconds that the API server may be away while a job is watched."""


def get_command(
    name: Annotated[str | None, typer.Argument(metavar="[JOB]", help="One job, in detail.")] = None,
    namespace: Namespace = None,
    context: Context = None,
) -> None:
    """Show jobs, or one job with its steps.

    multitrack get standup -n meetings
    """

    async def show(cluster: "Cluster", namespace: str) -> None:
        if name is not None:
            _console().print(
                job_in_detail(RecordingJob.from_body(await cluster.get_job(namespace, name)))
            )
            return
        jobs = [RecordingJob.from_body(body) for body in await cluster.list_jobs(namespace)]
        _console().print(table_of_jobs(jobs) if jobs else f"No RecordingJobs in {namespace}.")

    with_cluster(show, namespace, context)


def watch_command(name: JobName, namespace: Namespace = None, context: Context = None) -> None:
    """Follow a job to its end, each track by its name. Exit code 0 if it succeeded, 1 if not.

    multitrack watch standup -n meetings
    """
    with_cluster(lambda cluster, ns: watch_job(cluster, ns, name), namespace, context)


async def watch_job(cluster: "Cluster", namespace: str, name: str) -> None:
    """Show a job until it has ended; on a terminal in place, else a line a change.

    Raises:
        ClusterError: There is no such job, or the API server stays away.
        typer.Exit: It ended, and not well.
    """
    console = _console()
    job = RecordingJob.from_body(await cluster.get_job(namespace, name))
    with _view(console) as view:
        view.show(job)
        away_since: float | None = None
        while not _is_over(job):
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            try:
                job = RecordingJob.from_body(await cluster.get_job(namespace, name))
            except ClusterAwayError as error:
                away_since = away_since or time.monotonic()
                if time.monotonic() - away_since > _PATIENCE:
                    raise
                view.note(f"{error}; trying again")
            else:
                away_since = None
                view.show(job)
    if not console.is_terminal:
        console.print(job_in_detail(job))
    if job.status.phase is not Phase.SUCCEEDED:
        raise typer.Exit(ExitCode.BUG)


def _is_over(job: RecordingJob) -> bool:
    return job.status.phase.is_final and job.status.attempt >= job.spec.attempt


class _InPlace:
    """The job as it is now, always in the same place of the terminal."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, refresh_per_second=4)
        self._shown: Group | None = None

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, job: RecordingJob) -> None:
        self._shown = job_in_detail(job)
        self._live.update(self._shown)

    def note(self, text: str) -> None:
        known = [self._shown] if self._shown is not None else []
        self._live.update(Group(*known, Text(text, style="yellow")))


class _Lines:
    """A line a change, for logs and pipes."""

    def __init__(self) -> None:
        self._told: RecordingJobStatus | None = None
        self._noted = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def show(self, job: RecordingJob) -> None:
        for line in changes(self._told, job.status):
            typer.echo(line)
        self._told, self._noted = job.status, ""

    def note(self, text: str) -> None:
        if text != self._noted:
            typer.echo(text)
            self._noted = text


def _view(console: Console) -> _InPlace | _Lines:
    return _InPlace(console) if console.is_terminal else _Lines()


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)
