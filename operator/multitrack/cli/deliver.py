"""`multitrack deliver`: tell others about a finished meeting, of this machine or of a cluster."""

import asyncio
import os
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from multitrack.api.recording_job import RecordingJob
from multitrack.cli.cluster.session import with_cluster
from multitrack.cli.display import display_for
from multitrack.gateway.jobs.rules import Refusal, delivering
from workflow_templates.delivery.destination import find_destination, parse_networks
from workflow_templates.delivery.envelope import Envelope, test_payload
from workflow_templates.delivery.webhook import (
    SECRET_VARIABLE,
    WebhookEvent,
    encode,
    event_id,
    post,
)
from workflow_templates.local.engine import Capacity, Engine, RunResult
from workflow_templates.local.job_folder import JobFolder
from workflow_templates.local.plan import Selection, TaskPhase, select_tasks
from workflow_templates.pipelines import DELIVER_RESULTS
from workflow_templates.runtime.errors import BadInputError, SettingsError

if TYPE_CHECKING:
    from multitrack.cluster.client import Cluster

__all__ = ["deliver_command"]

_ZULIP = "Zulip"
_CLUSTER = "On a cluster"
_JOB_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


def deliver_command(
    meeting: Annotated[
        str | None,
        typer.Argument(
            metavar="FOLDER|JOB",
            help="A meeting's folder, as `run` left it, or a RecordingJob.",
            show_default=False,
        ),
    ] = None,
    webhook: Annotated[
        str | None,
        typer.Option(
            help="The receiver: https://receiver.example/path. "
            "It is signed with MULTITRACK_WEBHOOK_SECRET, where that is set."
        ),
    ] = None,
    allow_private: Annotated[
        str, typer.Option(help="Own networks that may be called: 10.0.0.0/8.")
    ] = "",
    test: Annotated[
        bool,
        typer.Option("--test", help="Send the receiver the event `test`, about no meeting."),
    ] = False,
    link: Annotated[str, typer.Option(help="Where people read the meeting.")] = "",
    zulip_url: Annotated[
        str | None,
        typer.Option(
            help="The realm: https://zulip.example; the bot's key is read from "
            "MULTITRACK_ZULIP_API_KEY.",
            rich_help_panel=_ZULIP,
        ),
    ] = None,
    zulip_bot_email: Annotated[
        str, typer.Option(help="The bot that posts.", rich_help_panel=_ZULIP)
    ] = "",
    zulip_stream: Annotated[str, typer.Option(help="The stream.", rich_help_panel=_ZULIP)] = "",
    zulip_topic: Annotated[str, typer.Option(help="The topic there.", rich_help_panel=_ZULIP)] = "",
    tries: Annotated[
        int, typer.Option(min=1, max=30, help="Tries at what fails for now, a minute apart first.")
    ] = 1,
    namespace: Annotated[
        str | None,
        typer.Option(
            "--namespace",
            "-n",
            help="The job's. \\[default: the kubeconfig's, else default]",
            rich_help_panel=_CLUSTER,
        ),
    ] = None,
    context: Annotated[
        str | None, typer.Option(help="A context of the kubeconfig.", rich_help_panel=_CLUSTER)
    ] = None,
) -> None:
    """Post a finished meeting to Zulip, call a webhook, or both; or have a cluster's job do so.

    A folder's message is edited when it is delivered again, and a webhook that took the meeting is
    not called again. A job delivers again to those whom it and its installation name: the message
    is edited, the webhook is called anew.

    multitrack deliver standup-meeting --webhook https://receiver.example/hook

    multitrack deliver --test --webhook https://receiver.example/hook
    """
    if test:
        if meeting is not None or webhook is None:
            raise SettingsError(
                "--test is about no meeting: name the receiver with --webhook alone"
            )
        _test_receiver(webhook, allow_private)
        return
    if meeting is None:
        raise SettingsError("no FOLDER and no JOB: name what is to be delivered")
    told = {
        "webhook-url": webhook or "",
        "webhook-allowed-private": allow_private,
        "link": link,
        "zulip-url": zulip_url or "",
        "zulip-bot-email": zulip_bot_email,
        "zulip-stream": zulip_stream,
        "zulip-topic": zulip_topic,
    }
    given = {name: value for name, value in told.items() if value}
    if _is_job(meeting, given, is_cluster_named=namespace is not None or context is not None):
        _deliver_job(meeting, given, namespace, context)
    else:
        _deliver_folder(Path(meeting), told, tries)


def _is_job(meeting: str, given: Mapping[str, str], *, is_cluster_named: bool) -> bool:
    """Whether a cluster is meant: it is named, or no meeting of `run` is there nor any target."""
    if is_cluster_named:
        return True
    is_run = JobFolder(Path(meeting)).root.is_dir()
    return not is_run and not given and _JOB_NAME.fullmatch(meeting) is not None


def _deliver_job(
    name: str, given: Mapping[str, str], namespace: str | None, context: str | None
) -> None:
    """Raise the job's deliveryAttempt; the operator does the rest."""
    if given:
        raise SettingsError(
            f"--{next(iter(given))} is for a folder; a job's targets are in its spec.delivery"
        )

    async def deliver(cluster: "Cluster", namespace: str) -> None:
        job = RecordingJob.from_body(await cluster.get_job(namespace, name))
        decided = delivering(job)
        if isinstance(decided, Refusal):
            raise BadInputError(f"{name}: {decided.why}")
        if decided.patch is not None:
            await cluster.patch_job(namespace, name, decided.patch)
        typer.echo(f"{name}: delivery asked for; see: multitrack get {name}")

    with_cluster(deliver, namespace, context)


def _test_receiver(url: str, allowed_private: str) -> None:
    """Send the event `test`, as a delivery would be sent; once."""
    destination = find_destination(url, allowed_private=parse_networks(allowed_private))
    secret = os.environ.get(SECRET_VARIABLE, "")
    envelope = Envelope(
        event_id=event_id(uuid.uuid4().hex, WebhookEvent.TEST),
        sent_at=datetime.now(UTC).isoformat(timespec="seconds"),
        room_id="test",
        room_name="test",
    )
    body = encode(test_payload(envelope))
    status = post(destination, WebhookEvent.TEST, body, secret=secret)
    signed = "signed" if secret else f"not signed: {SECRET_VARIABLE} is not set"
    typer.echo(f"{destination.site} took the event ({status}), {signed}")


def _deliver_folder(folder: Path, told: dict[str, str], tries: int) -> None:
    if not told["webhook-url"] and not told["zulip-url"]:
        raise SettingsError("nowhere to deliver to; name --webhook or --zulip-url")
    told = {
        "webhook": "true" if told["webhook-url"] else "false",
        "zulip": "true" if told["zulip-url"] else "false",
        **told,
    }
    console = Console(stderr=True)
    result = _deliver(JobFolder(folder), told, tries, console)
    for each in result.nodes:
        if each.phase is TaskPhase.FAILED:
            console.print(f"{each.node.label} failed: {each.sentence}", markup=False)
    raise typer.Exit(result.exit_code)


def _deliver(folder: JobFolder, told: dict[str, str], tries: int, console: Console) -> RunResult:
    if not folder.keys("published/transcript.json"):
        raise SettingsError(f"{folder.results}: no finished meeting; name the folder of a run")
    parameters = {
        name: told.get(name, parameter.default or "")
        for name, parameter in DELIVER_RESULTS.job_parameters().items()
    }
    with folder.locked(), display_for(console, quiet=False) as display:
        engine = Engine(
            DELIVER_RESULTS,
            folder,
            parameters,
            tasks=select_tasks(DELIVER_RESULTS, Selection(), parameters),
            capacity=Capacity.of_this_machine(tries=tries),
            listener=display,
        )
        return asyncio.run(engine.run())
