"""Reading the file of `--participants`: who is on which track."""

import csv
import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.errors import SettingsError

__all__ = ["ParticipantRow", "read_participants", "rows_to_parameter"]


class ParticipantRow(BaseModel):
    """One row: a track, and what a person knows about it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Annotated[str, Field(min_length=1)]
    """The track's file name, with or without extension, or a Daily participant id."""
    name: Annotated[str, Field(min_length=1)] | None = None
    offset: Annotated[Seconds, Field(ge=0)] | None = None
    """From the recording's start to the track's first sample, where the file does not say."""
    shared: bool = False
    """Several people speak on this track."""


_ROWS = TypeAdapter(tuple[ParticipantRow, ...])


def read_participants(file: Path) -> tuple[ParticipantRow, ...]:
    """Read JSON (a list of objects) or CSV (a header line with the same names).

    Raises:
        SettingsError: No such file, or a row that cannot be understood; the sentence names it.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        rows = _csv_rows(text, file) if file.suffix.lower() == ".csv" else json.loads(text)
        return _ROWS.validate_python(rows)
    except OSError as error:
        raise SettingsError(
            f"{file}: cannot read the participants file ({error.strerror})"
        ) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise SettingsError(
            f"{file}: neither JSON nor .csv ({error}); see `multitrack run --help`"
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = first["loc"]
        row = f"row {int(where[0]) + 1}, " if where and isinstance(where[0], int) else ""
        raise SettingsError(
            f"{file}: {row}{where[-1] if len(where) > 1 else 'the file'}: {first['msg']}; "
            "a row is {file, name, offset, shared}, all but file optional"
        ) from error


def rows_to_parameter(rows: tuple[ParticipantRow, ...]) -> str:
    """The value of the job parameter `participants`."""
    return _ROWS.dump_json(rows, exclude_defaults=True).decode()


def _csv_rows(text: str, file: Path) -> list[dict[str, str]]:
    lines = csv.DictReader(text.splitlines(), skipinitialspace=True)
    if not lines.fieldnames:
        raise SettingsError(
            f"{file}: the file is empty; its first line is: file,name,offset,shared"
        )
    return [
        {str(name).strip(): value for name, value in row.items() if value not in (None, "")}
        for row in lines
    ]
