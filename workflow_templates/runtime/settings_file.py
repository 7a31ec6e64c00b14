"""Reads files of settings: YAML checked by a pydantic model, refused in one sentence."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from workflow_templates.runtime.errors import SettingsError

__all__ = ["check_settings", "read_mapping", "read_settings"]

_Settings = TypeVar("_Settings", bound=BaseModel)


def read_settings(file: Path, model: type[_Settings]) -> _Settings:
    """Read a file that holds one model's settings.

    Raises:
        SettingsError: No such file, not YAML, an unknown key or a value that cannot be.
    """
    return check_settings(file, read_mapping(file), model)


def read_mapping(file: Path) -> dict[str, Any]:
    """The file's keys and values, unchecked; an empty file has none.

    Raises:
        SettingsError: No such file, not YAML, or not a mapping.
    """
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read ({error}); check the path") from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"{file}: not YAML ({reason}); correct the file") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError(f"{file}: not a mapping of settings; correct the file")
    return content


def check_settings(file: Path, content: Mapping[str, Any], model: type[_Settings]) -> _Settings:
    """Make settings of what was read from `file`, whose name is for the message alone.

    Raises:
        SettingsError: An unknown key or a value that cannot be.
    """
    try:
        return model.model_validate(content, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        message = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{file}: {place}: {message}") from error
