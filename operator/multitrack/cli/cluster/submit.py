"""`multitrack submit`: make a RecordingJob, as `kubectl apply` would."""

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from multitrack.api import names
from multitrack.cli.cluster.session import Context, Namespace, with_cluster
from multitrack.cli.cluster.watch import watch_job
from workflow_templates.contracts.deletion import ConsentPolicy
from workflow_templates.runtime.daily.address import DAILY_SCHEME, DailyAddress
from workflow_templates.runtime.errors import SettingsError
from workflow_templates.runtime.store import S3Address

if TYPE_CHECKING:
    from multitrack.cluster.client import Cluster

__all__ = ["submit_command"]


def submit_command(
    source: Annotated[
        str | None,
        typer.Argument(help="s3://BUCKET/PREFIX, or a prefix of the installation's bucket."),
    ] = None,
    daily: Annotated[
        str | None,
        typer.Option(help="Instead of SOURCE: the id of a recording of Daily.co's."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The job's name. \\[default: after the prefix]")
    ] = None,
    title: Annotated[str, typer.Option(help="The meeting's title. \\[default: made]")] = "",
    language: Annotated[str, typer.Option(help="ISO 639-1 code, or auto.")] = "auto",
    profile: Annotated[str, typer.Option(help="One of the installation's profiles.")] = "default",
    gap: Annotated[
        bool, typer.Option("--gap", help="Go on without tracks that cannot be used.")
    ] = False,
    consent_policy: Annotated[
        ConsentPolicy, typer.Option(help="What becomes of the audio; the text stays.")
    ] = ConsentPolicy.DELETE_AUDIO_ON_DENIAL,
    suspend: Annotated[bool, typer.Option("--suspend", help="Make it, and wait.")] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Follow it to its end.")] = False,
    namespace: Namespace = None,
    context: Context = None,
) -> None:
    """Have a recording in a bucket, or one that Daily.co made, processed by the cluster.

    multitrack submit recordings/standup/ --title "Monday standup" --watch
    """
    where, usual_name = _place(source, daily)
    job_name = name or usual_name
    spec: dict[str, Any] = {
        "source": where,
        "title": title,
        "language": language,
        "profile": profile,
        "onTrackFailure": "Gap" if gap else "Fail",
        "consent": {"policy": consent_policy.value},
        "suspend": suspend,
    }

    async def submit(cluster: "Cluster", namespace: str) -> None:
        body = {
            "apiVersion": names.API_VERSION,
            "kind": names.KIND,
            "metadata": {"name": job_name, "namespace": namespace},
            "spec": spec,
        }
        await cluster.create_job(body)
        typer.echo(f"RecordingJob {job_name} created in {namespace}")
        if watch:
            await watch_job(cluster, namespace, job_name)
        else:
            typer.echo(f"Follow it with: multitrack watch {job_name} -n {namespace}")

    with_cluster(submit, namespace, context)


def _place(source: str | None, daily: str | None) -> tuple[dict[str, Any], str]:
    """`spec.source`, and the name of a job that has it."""
    if (source is None) == (daily is None):
        raise SettingsError("submit: name either SOURCE or --daily RECORDING-ID")
    if source is not None and not source.startswith(DAILY_SCHEME):
        where = _bucket(source)
        return {"s3": where}, _name_of(where["prefix"])
    text = source or daily or ""
    address = DailyAddress.parse(f"{DAILY_SCHEME}{text.removeprefix(DAILY_SCHEME)}")
    known = {
        "recordingId": address.recording_id,
        "roomName": address.room_name,
        "meetingSessionId": address.meeting_session_id,
    }
    told = {name: value for name, value in known.items() if value}
    return {"daily": told}, names.daily_job_name(address.recording_id)


def _bucket(text: str) -> dict[str, str]:
    if not text.startswith("s3://"):
        if text.startswith(("/", ".")):
            raise SettingsError(
                f"{text}: the cluster cannot read this machine's files; copy them into the bucket "
                "and name the prefix, or process them here: multitrack run"
            )
        place = {"prefix": text}
    else:
        address = S3Address.parse(text)
        place = {"bucket": address.bucket, "prefix": address.key}
    if not place["prefix"]:
        raise SettingsError(
            f"submit: {text!r} names no recording; give its prefix: s3://BUCKET/PREFIX, or PREFIX "
            "in the installation's bucket"
        )
    return place


def _name_of(prefix: str) -> str:
    """A name that Kubernetes takes, from the prefix's last part."""
    last = PurePosixPath(prefix).name.lower()
    name = re.sub(r"[^a-z0-9]+", "-", last).strip("-")[:52]
    if not name:
        raise SettingsError(f"{prefix}: no job name can be made of it; give one: --name NAME")
    return name
