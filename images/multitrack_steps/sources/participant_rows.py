"""The parameter `participants`: what a person says about tracks, and which track each row means."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from multitrack_steps.sources.file_names import stem
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.recording import Recording, SourceTrack
from workflow_templates.runtime.errors import SettingsError

__all__ = ["ParticipantRow", "parse_rows", "row_by_track"]

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ParticipantRow(BaseModel):
    """What is known about the tracks that `file` names; whatever is left out is found out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: _Text
    """File name with or without extension, path, key, or a Daily participant's uuid."""
    name: _Text | None = None
    offset: Annotated[Seconds, Field(ge=0, allow_inf_nan=False)] | None = None
    """From the recording's start to the track's first sample."""
    shared: bool = False
    """Several people speak on this track."""
    id: _Text | None = None
    """Tells two people of one name apart; unites files under several names."""
    user_id: _Text | None = None


_ROWS = TypeAdapter(tuple[ParticipantRow, ...])


def parse_rows(parameter: str) -> tuple[ParticipantRow, ...]:
    """Read the JSON list.

    Raises:
        SettingsError: Not such a list; the sentence names the row and the field.
    """
    try:
        return _ROWS.validate_json(parameter)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = first["loc"]
        row = f"row {int(where[0]) + 1}: " if where and isinstance(where[0], int) else ""
        field = f"{where[-1]}: " if len(where) > 1 else ""
        raise SettingsError(
            f"participants: {row}{field}{first['msg']}; "
            "a row is {file, name, offset, shared, id}, all but file optional"
        ) from error


def row_by_track(rows: Sequence[ParticipantRow], recording: Recording) -> dict[int, ParticipantRow]:
    """Say for each track index what the rows that mean it say together; the later row wins.

    A row means, in falling order of exactness: the track of that path or key, of that file name,
    of that name without extension, of that Daily participant; then the same in any case. Several
    files of equal name, or of one Daily participant, are all meant.

    Raises:
        SettingsError: A row means no track, or gives one offset to several.
    """
    found: dict[int, ParticipantRow] = {}
    for row in rows:
        tracks = _meant(row, recording.tracks)
        if not tracks:
            there = ", ".join(track.origin.name for track in recording.tracks) or "none"
            raise SettingsError(
                f"participants: no track {row.file!r} in the recording; there are: {there}"
            )
        if row.offset is not None and len(tracks) > 1:
            files = ", ".join(track.origin.path or track.origin.name for track in tracks)
            raise SettingsError(
                f"participants: {row.file!r} means several tracks and gives them one offset; "
                f"name each file: {files}"
            )
        for track in tracks:
            earlier = found.get(track.index)
            found[track.index] = (
                earlier.model_copy(update=row.model_dump(exclude_unset=True)) if earlier else row
            )
    return found


def _meant(row: ParticipantRow, tracks: Sequence[SourceTrack]) -> list[SourceTrack]:
    wanted = _composed(row.file)
    file_name = wanted.rpartition("/")[2]
    questions: tuple[Callable[[SourceTrack], bool], ...] = (
        lambda track: wanted in (track.origin.path, track.origin.key),
        lambda track: _composed(track.origin.name) == file_name,
        lambda track: stem(track.origin.name) == file_name,
        lambda track: track.participant_id == wanted.lower(),
        lambda track: _composed(track.origin.name).casefold() == file_name.casefold(),
        lambda track: stem(track.origin.name).casefold() == file_name.casefold(),
    )
    for is_meant in questions:
        if meant := [track for track in tracks if is_meant(track)]:
            return meant
    return []


def _composed(text: str) -> str:
    """Macs store `é` in two characters, people type it as one."""
    return unicodedata.normalize("NFC", text)
