"""`multitrack rename`: other names for a finished meeting."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from multitrack.cli.local_run import LocalRun, run_locally
from workflow_templates.contracts.recording import Participants, Recording
from workflow_templates.local.job_folder import JobFolder
from workflow_templates.runtime.errors import SettingsError

__all__ = ["rename_command"]


def rename_command(
    meeting: Annotated[Path, typer.Argument(help="The folder of a finished meeting.")],
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="OLD=NEW", help='"Speaker 2=Dana": a speaker\'s name, now and then.'
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(help="The meeting's new title.")] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say only what failed.")] = False,
) -> None:
    """Give speakers or the meeting another name; redoes only what shows them, no transcription."""
    folder = JobFolder(meeting)
    request = folder.read_request()
    if not names and title is None:
        raise SettingsError("nothing to rename: give OLD=NEW, or --title")
    parameters = {"title": title} if title is not None else {}
    if names:
        rows = json.loads(request.parameters.get("participants", "[]"))
        parameters["participants"] = json.dumps(_renamed(folder, rows, names))
    run = LocalRun(results=meeting, parameters=parameters, resume=True, quiet=quiet)
    raise typer.Exit(run_locally(run, Console(), Console(stderr=True)))


def _renamed(
    folder: JobFolder, rows: list[dict[str, object]], names: list[str]
) -> list[dict[str, object]]:
    """The participants' rows with the new names, one row a renamed track."""
    recording = Recording.read(folder.files / "recording.json")
    participants = Participants.read(folder.files / "participants.json")
    row_by_file = {str(row["file"]): row for row in rows}
    for assignment in names:
        old, equals, new = (part.strip() for part in assignment.partition("="))
        if not equals or not new:
            raise SettingsError(f"{assignment}: not OLD=NEW")
        known = {person.name.casefold(): person.id for person in participants.participants}
        if old.casefold() not in known:
            raise SettingsError(
                f"{old}: nobody has that name here; there are: "
                + ", ".join(person.name for person in participants.participants)
            )
        for track in participants.tracks:
            if track.participant_id == known[old.casefold()]:
                origin = recording.tracks[track.track].origin
                file = origin.path or origin.name
                row_by_file[file] = {**row_by_file.get(file, {"file": file}), "name": new}
    return list(row_by_file.values())
