"""`multitrack`: everything a person does with the product, as one command."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from multitrack.cli.cluster.actions import (
    cancel_command,
    fetch_command,
    logs_command,
    retry_command,
)
from multitrack.cli.cluster.report import report_command
from multitrack.cli.cluster.submit import submit_command
from multitrack.cli.cluster.watch import get_command, watch_command
from multitrack.cli.compare import compare_command
from multitrack.cli.deliver import deliver_command
from multitrack.cli.evaluate import evaluate_command
from multitrack.cli.gateway import gateway
from multitrack.cli.operator import check_install, crd, operator
from multitrack.cli.rename import rename_command
from multitrack.cli.render import render_command
from multitrack.cli.run import run_command
from multitrack.cli.steps import steps_command
from workflow_templates.runtime.errors import ExitCode, MultitrackError

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Turn recorded meetings, one audio file a participant, into transcripts "
    "that say who said what and when.",
    epilog="Start with: multitrack run FOLDER",
)
app.command("run")(run_command)
app.command("rename")(rename_command)
app.command("deliver")(deliver_command)
app.command("evaluate")(evaluate_command)
app.command("compare")(compare_command)
app.command("render")(render_command)
app.command("steps")(steps_command)
app.command("submit", rich_help_panel="On a cluster")(submit_command)
app.command("get", rich_help_panel="On a cluster")(get_command)
app.command("watch", rich_help_panel="On a cluster")(watch_command)
app.command("logs", rich_help_panel="On a cluster")(logs_command)
app.command("report", rich_help_panel="On a cluster")(report_command)
app.command("retry", rich_help_panel="On a cluster")(retry_command)
app.command("cancel", rich_help_panel="On a cluster")(cancel_command)
app.command("fetch", rich_help_panel="On a cluster")(fetch_command)
app.command("crd", rich_help_panel="For an installation")(crd)
app.command("check-install", rich_help_panel="For an installation")(check_install)
app.command("operator", rich_help_panel="For an installation")(operator)
app.command("gateway", rich_help_panel="For an installation")(gateway)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"multitrack {version('multitrack')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the version and leave.",
            is_eager=True,
            callback=_show_version,
        ),
    ] = False,
) -> None:
    """Options before any command."""


def main() -> int:
    """Run the command line; every error becomes one sentence and its exit code."""
    try:
        app()
    except MultitrackError as error:
        typer.echo(str(error), err=True)
        return error.exit_code
    except SystemExit as ended:
        if ended.code == ExitCode.INTERRUPTED:
            typer.echo(
                "Interrupted; what is finished is kept. "
                "Go on with: multitrack run -o FOLDER --resume",
                err=True,
            )
        return ended.code if isinstance(ended.code, int) else ExitCode.DONE
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
