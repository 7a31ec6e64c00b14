"""`multitrack rename`: other names for a finished meeting."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from multitrack.cli.local_run import LocalRun, run_locally
from workflow_templates.contracts.recording import Participants, Recording
from workflow_templates.contracts.transcript import Transcript
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
    """Give speakers or the meeting another name; redoes only what shows them, no transcription.

    multitrack rename standup-meeting "Speaker 2=Dana Lee" --title "Release planning"
    """
    folder = JobFolder(meeting)
    request = folder.read_request()
    if not names and title is None:
        raise SettingsError("nothing to rename: give OLD=NEW, or --title")
    parameters = {"title": title} if title is not None else {}
    if names:
        pairs = [_pair(assignment) for assignment in names]
        voices = json.loads(request.parameters.get("voice-names", "{}"))
        of_voices = [pair for pair in pairs if _is_voice(folder, pair[0])]
        if of_voices:
            parameters["voice-names"] = json.dumps(_renamed_voices(folder, voices, of_voices))
        of_people = [pair for pair in pairs if pair not in of_voices]
        if of_people:
            rows = json.loads(request.parameters.get("participants", "[]"))
            parameters["participants"] = json.dumps(_renamed(folder, rows, of_people))
    run = LocalRun(results=meeting, parameters=parameters, resume=True, quiet=quiet)
    raise typer.Exit(run_locally(run, Console(), Console(stderr=True)))


def _pair(assignment: str) -> tuple[str, str]:
    old, equals, new = (part.strip() for part in assignment.partition("="))
    if not equals or not new:
        raise SettingsError(f"{assignment}: not OLD=NEW")
    return old, new


def _voices(folder: JobFolder) -> list[str]:
    """The names under which voices on shared tracks are shown now."""
    file = folder.files / "transcript.json"
    if not file.is_file():
        return []
    return [speaker.name for speaker in Transcript.read(file).speakers if speaker.voice]


def _is_voice(folder: JobFolder, name: str) -> bool:
    return name.casefold() in (voice.casefold() for voice in _voices(folder))


def _renamed_voices(
    folder: JobFolder, given: dict[str, str], pairs: list[tuple[str, str]]
) -> dict[str, str]:
    """Names by the labels that voices have of themselves, whatever they are called by now."""
    label_by_name = {name.casefold(): name for name in _voices(folder)}
    label_by_name |= {name.casefold(): label for label, name in given.items()}
    return given | {label_by_name[old.casefold()]: new for old, new in pairs}


def _renamed(
    folder: JobFolder, rows: list[dict[str, object]], pairs: list[tuple[str, str]]
) -> list[dict[str, object]]:
    """The participants' rows with the new names, one row a renamed track."""
    recording = Recording.read(folder.files / "recording.json")
    participants = Participants.read(folder.files / "participants.json")
    row_by_file = {str(row["file"]): row for row in rows}
    for old, new in pairs:
        known = {person.name.casefold(): person.id for person in participants.participants}
        if old.casefold() not in known:
            raise SettingsError(
                f"{old}: nobody has that name here; there are: "
                + ", ".join(
                    [*(person.name for person in participants.participants), *_voices(folder)]
                )
            )
        for track in participants.tracks:
            if track.participant_id == known[old.casefold()]:
                origin = recording.tracks[track.track].origin
                file = origin.path or origin.name
                row_by_file[file] = {**row_by_file.get(file, {"file": file}), "name": new}
    return list(row_by_file.values())
