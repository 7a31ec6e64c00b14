"""`multitrack retry`, `cancel`, `logs` and `fetch`: what a person does with a job."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from multitrack.api import names
from multitrack.api.recording_job import RecordingJob
from multitrack.cli.cluster.log_lines import readable
from multitrack.cli.cluster.session import Context, JobName, Namespace, with_cluster
from multitrack.cli.cluster.watch import watch_job
from workflow_templates.catalog import CATALOG
from workflow_templates.runtime.errors import BadInputError, SettingsError
from workflow_templates.runtime.store import S3Address, S3Store

if TYPE_CHECKING:
    from multitrack.cluster.client import Cluster

__all__ = ["cancel_command", "fetch_command", "logs_command", "retry_command"]

Endpoint = Annotated[
    str,
    typer.Option(
        "--s3-endpoint-url", help="S3 endpoint, if not Amazon's.", envvar="AWS_ENDPOINT_URL"
    ),
]

_FILES_BESIDE = ("mix.mp3", "waveform.json", "manifest.json")


def retry_command(
    name: JobName,
    force: Annotated[
        bool, typer.Option("--force", help="Stop a run that goes on, instead of waiting for it.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Follow it to its end.")] = False,
    namespace: Namespace = None,
    context: Context = None,
) -> None:
    """Run a job again. Finished transcription is taken from the run before.

    `argo retry WORKFLOW` goes on with the same run instead; both are followed.

    multitrack retry standup -n meetings --watch
    """

    async def retry(cluster: "Cluster", namespace: str) -> None:
        job = RecordingJob.from_body(await cluster.get_job(namespace, name))
        attempt = job.spec.attempt + 1
        await cluster.patch_job(namespace, name, {"spec": {"attempt": attempt, "force": force}})
        typer.echo(f"{name}: attempt {attempt} asked for")
        if watch:
            await watch_job(cluster, namespace, name)

    with_cluster(retry, namespace, context)


def cancel_command(name: JobName, namespace: Namespace = None, context: Context = None) -> None:
    """Stop a job for good. What was computed is kept.

    multitrack cancel standup -n meetings
    """

    async def cancel(cluster: "Cluster", namespace: str) -> None:
        await cluster.patch_job(namespace, name, {"spec": {"cancel": True}})
        typer.echo(f"{name}: cancelled")

    with_cluster(cancel, namespace, context)


def logs_command(
    name: JobName,
    step: Annotated[str, typer.Argument(help="As `multitrack get JOB` shows it.")],
    track: Annotated[
        str | None, typer.Option(help="Whose track, where a step runs once a track.")
    ] = None,
    s3_endpoint_url: Endpoint = "",
    namespace: Namespace = None,
    context: Context = None,
) -> None:
    """Print what a step's pods have logged, the first try first.

    Logs of pods that are gone are read from the bucket, with the credentials of AWS tools.

    multitrack logs standup transcribe-track --track Alice -n meetings
    """
    if step not in [each.name for each in CATALOG]:
        raise SettingsError(f"{step}: no such step; `multitrack steps` lists them")

    async def show(cluster: "Cluster", namespace: str) -> tuple[RecordingJob, int]:
        job = RecordingJob.from_body(await cluster.get_job(namespace, name))
        selector = f"{names.JOB_UID_LABEL}={job.uid},app.kubernetes.io/component={step}"
        shown = 0
        async for pod, log in cluster.pod_logs(namespace, selector):
            if track is not None and track not in pod.about:
                continue
            typer.echo(f"--- {pod.name} {pod.about} on {pod.node}")
            typer.echo(readable(log))
            shown += 1
        return job, shown

    job, shown = with_cluster(show, namespace, context)
    if shown == 0 and not _show_archived(job, step, s3_endpoint_url):
        raise BadInputError(f"{name}: {step} has not logged anything, or not for that track")


def _show_archived(job: RecordingJob, step: str, endpoint_url: str) -> int:
    """Print logs that Argo has put into the bucket; says how many."""
    if job.status.artifacts is None:
        return 0
    prefix = S3Address.parse(job.status.artifacts.prefix)
    store = S3Store.open(endpoint_url=endpoint_url)
    shown = 0
    for found in store.list(S3Address(prefix.bucket, f"{prefix.key}logs/")).objects:
        pod = found.address.key.split("/")[-2]
        if f"-{step}-" in pod:
            typer.echo(f"--- {pod}")
            typer.echo(readable(store.read(found.address).decode("utf-8", "replace")))
            shown += 1
    return shown


def fetch_command(
    name: JobName,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="\\[default: a folder named as the job]")
    ] = None,
    s3_endpoint_url: Endpoint = "",
    namespace: Namespace = None,
    context: Context = None,
) -> None:
    """Download a finished meeting: report, transcripts, mix. Credentials are those of AWS tools.

    multitrack fetch standup -n meetings -o standup-meeting
    """

    async def locate(cluster: "Cluster", namespace: str) -> RecordingJob:
        return RecordingJob.from_body(await cluster.get_job(namespace, name))

    job = with_cluster(locate, namespace, context)
    artifacts = job.status.artifacts
    if artifacts is None or artifacts.manifest is None:
        raise BadInputError(f"{name}: nothing is published yet; see: multitrack get {name}")
    folder = output or Path(name)
    store = S3Store.open(endpoint_url=s3_endpoint_url)
    prefix = S3Address.parse(artifacts.prefix)
    published = S3Address(prefix.bucket, f"{prefix.key}published/")
    found = [each.address for each in store.list(published).objects]
    for beside in _FILES_BESIDE:
        found += [
            each.address
            for each in store.list(S3Address(prefix.bucket, prefix.key + beside)).objects
        ]
    folder.mkdir(parents=True, exist_ok=True)
    for address in found:
        target = folder / address.key.rpartition("/")[2]
        store.download(address, target)
        typer.echo(str(target))
