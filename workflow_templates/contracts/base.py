"""What every contract has in common."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workflow_templates.runtime.errors import BadInputError

__all__ = ["Contract", "Document", "Ratio", "Seconds"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")

Seconds = float
"""A time or a length on the recording's clock, in seconds."""

Ratio = Annotated[float, Field(ge=0, le=1)]
"""A share or probability, 0 to 1."""


class Contract(BaseModel):
    """A frozen value whose shape is promised to others."""

    model_config = _FROZEN


class Document(Contract):
    """A contract that is a file of its own."""

    schema_version: Literal[1] = 1
    complete: bool = True
    """Always true in a file that a step finished; a file without it is a fragment."""
    inputs_sha256: str = ""
    """What this file was made from: see `workflow_templates.runtime.provenance.fingerprint`."""

    def write(self, file: Path) -> None:
        """Write as JSON, replacing `file` in one move, so that no reader sees half of it.

        Raises:
            OSError: The file cannot be written.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        fragment = file.with_name(f".{file.name}.part")
        fragment.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
        fragment.replace(file)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read and validate.

        Raises:
            BadInputError: The file is absent, not JSON, or not of this contract.
        """
        try:
            return cls.model_validate_json(file.read_bytes())
        except FileNotFoundError as error:
            raise BadInputError(
                f"{file}: there is no such file; run the step that makes it"
            ) from error
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the whole file"
            raise BadInputError(
                f"{file}: not a valid {cls.__name__} ({where}: {first['msg']}); "
                "run the step that makes it again"
            ) from error
