"""`multitrack deliver`: tell others about a meeting that was finished on this machine."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from multitrack.cli.display import display_for
from workflow_templates.local.engine import Capacity, Engine, RunResult
from workflow_templates.local.job_folder import JobFolder
from workflow_templates.local.plan import Selection, TaskPhase, select_tasks
from workflow_templates.pipelines import DELIVER_RESULTS
from workflow_templates.runtime.errors import SettingsError

__all__ = ["deliver_command"]

_ZULIP = "Zulip"


def deliver_command(
    folder: Annotated[Path, typer.Argument(help="A meeting's folder, as `run` left it.")],
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
) -> None:
    """Post a finished meeting to Zulip, call a webhook, or both.

    Delivered again, the Zulip message is edited. A webhook that took the meeting is not called
    again.
    """
    if webhook is None and zulip_url is None:
        raise SettingsError("nowhere to deliver to; name --webhook or --zulip-url")
    told = {
        "webhook": "true" if webhook else "false",
        "zulip": "true" if zulip_url else "false",
        "webhook-url": webhook or "",
        "webhook-allowed-private": allow_private,
        "link": link,
        "zulip-url": zulip_url or "",
        "zulip-bot-email": zulip_bot_email,
        "zulip-stream": zulip_stream,
        "zulip-topic": zulip_topic,
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
