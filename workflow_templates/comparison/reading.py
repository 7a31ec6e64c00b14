"""Reads a result from this machine, whichever pipeline made it; the content decides."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from workflow_templates.comparison.legacy import legacy_side, read_answer
from workflow_templates.comparison.ours import read_tracks, side_of
from workflow_templates.comparison.side import Side
from workflow_templates.contracts.comparison import StepFigures
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.local.job_folder import WorkRecord
from workflow_templates.runtime.errors import BadInputError, SourceNotFoundError

__all__ = ["read_side"]

_RESULT = "transcript.json"
_KINDS = "a folder of `multitrack run` or `fetch`, a transcript.json, or a legacy transcript's JSON"


def read_side(path: Path) -> Side:
    """Read a results folder, our transcript.json, or what the legacy API answered.

    Raises:
        SourceNotFoundError: No such file, or a folder without a finished meeting.
        BadInputError: None of these.
    """
    file = _file_of(path)
    content = _json_of(file)
    if not isinstance(content, dict):
        raise BadInputError(f"{file}: not a meeting; give {_KINDS}")
    if {"recording", "segments", "words"} <= content.keys():
        meeting = PublishedTranscript.read(file)
        kept = file.parent / ".multitrack"
        tracks = next(
            (folder for folder in _track_folders(file) if folder.is_dir()), file.parent / "track"
        )
        return side_of(
            meeting,
            str(path),
            tracks=read_tracks(tracks),
            steps=tuple(_steps(kept / "state")),
        )
    if "id" in content and content.keys() & {"transcript", "topics", "short_summary", "status"}:
        return legacy_side(read_answer(content, str(file)), str(path))
    raise BadInputError(f"{file}: no meeting in a known form; give {_KINDS}")


def _file_of(path: Path) -> Path:
    if not path.is_dir():
        return path
    # In a job's own folder, transcript.json is what merge-transcripts made.
    for file in (path / "published" / _RESULT, path / _RESULT):
        if file.is_file():
            return file
    raise SourceNotFoundError(f"{path}: no finished meeting there; give {_KINDS}")


def _json_of(file: Path) -> object:
    try:
        content: object = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SourceNotFoundError(f"{file}: there is no such file; check the path") from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadInputError(f"{file}: not JSON ({error}); give {_KINDS}") from error
    return content


def _track_folders(file: Path) -> Iterator[Path]:
    """Where pad-track's findings lie beside a result: of a run, of a job's own files."""
    yield file.parent / ".multitrack" / "files" / "track"
    if file.parent.name == "published":
        yield file.parent.parent / "track"


def _steps(state: Path) -> Iterator[StepFigures]:
    """How long each step of a run on this machine took; records that cannot be read are left."""
    for file in sorted(state.glob("*.json")):
        try:
            record = WorkRecord.model_validate_json(file.read_bytes())
        except (OSError, ValidationError):
            continue
        yield StepFigures(name=file.stem, seconds=round(record.seconds, 3))
