"""How our processes log: a constant message, and facts as fields beside it.

In a pod one JSON object a line, for whoever collects them; on a machine plain lines.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from workflow_templates.runtime.errors import SettingsError

__all__ = ["FORMAT_VARIABLE", "JsonLines", "LogFormat", "log_format", "log_of_step"]

FORMAT_VARIABLE = "MULTITRACK_LOG_FORMAT"
"""`json` or `plain`; rendered into every container of a step."""

_ABOUT_THE_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OURS = ("multitrack_steps", "workflow_templates")


class LogFormat(StrEnum):
    """What a line looks like."""

    JSON = "json"
    """Everything that our own parts say, as objects."""
    PLAIN = "plain"
    """Warnings alone, to be read by a person."""


class JsonLines(logging.Formatter):
    """A record as one JSON object: time, level, who says it, message, its fields, a trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        told: dict[str, Any] = {
            "asctime": self.formatTime(record),
            "levelname": record.levelname,
            "name": record.name,
            "message": record.getMessage(),
            **dict(_fields(record)),
        }
        if record.exc_info:
            told["exc_info"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str, ensure_ascii=False)


class PlainLines(logging.Formatter):
    """A record as `message (field=value, …)`, and a trace below it."""

    def format(self, record: logging.LogRecord) -> str:
        """The lines."""
        fields = ", ".join(f"{name}={value}" for name, value in _fields(record))
        lines = [f"{record.getMessage()} ({fields})" if fields else record.getMessage()]
        if record.exc_info:
            lines.append(self.formatException(record.exc_info))
        return "\n".join(lines)


def log_format(environment: Mapping[str, str] | None = None) -> LogFormat:
    """What `$MULTITRACK_LOG_FORMAT` asks for; unset: plain.

    Args:
        environment: None: this process'.

    Raises:
        SettingsError: A word that is neither.
    """
    told = (os.environ if environment is None else environment).get(FORMAT_VARIABLE, "")
    try:
        return LogFormat(told or LogFormat.PLAIN)
    except ValueError as error:
        raise SettingsError(f"{FORMAT_VARIABLE}={told}: use json or plain") from error


def log_of_step(kind: LogFormat) -> None:
    """Set logging up for a step's whole process: on stderr; of libraries warnings only."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if kind is LogFormat.JSON else PlainLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    if kind is LogFormat.JSON:
        logging.captureWarnings(capture=True)
        for name in _OURS:
            logging.getLogger(name).setLevel(logging.INFO)


def _fields(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    """What was given as `extra`."""
    for name, value in vars(record).items():
        if name not in _ABOUT_THE_RECORD:
            yield name, value
