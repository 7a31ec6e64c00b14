"""One message to those who follow a job."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

__all__ = ["Event", "EventName"]

_DIGEST_LENGTH = 16


class EventName(StrEnum):
    """Names as in the legacy pipeline. Public API."""

    TRANSCRIPT = "TRANSCRIPT"
    """All words are there; the text itself is in the topics."""
    TOPIC = "TOPIC"
    STATUS = "STATUS"
    FINAL_TITLE = "FINAL_TITLE"
    FINAL_LONG_SUMMARY = "FINAL_LONG_SUMMARY"
    FINAL_SHORT_SUMMARY = "FINAL_SHORT_SUMMARY"
    ACTION_ITEMS = "ACTION_ITEMS"
    DURATION = "DURATION"
    """Milliseconds."""
    WAVEFORM = "WAVEFORM"
    PIPELINE_PROGRESS = "PIPELINE_PROGRESS"
    """A step of the legacy pipeline's thirteen begins or ends."""
    DAG_STATUS = "DAG_STATUS"
    """Every step of the job."""
    DAG_TASK_PROGRESS = "DAG_TASK_PROGRESS"
    """A step's percentage."""


@dataclass(frozen=True, slots=True)
class Event:
    """A message, written once for all who get it."""

    id: str
    """The same for the same fact, on every replica: what came twice is known by it."""
    name: EventName
    text: str
    """JSON: {event, data, id}."""

    @classmethod
    def of_state(
        cls, name: EventName, version: str, data: Mapping[str, Any], about: str = ""
    ) -> Self:
        """What is so at one version of a job.

        Args:
            name: What kind.
            version: The job's resource version.
            data: In the legacy shape.
            about: Tells apart events of one name and version.
        """
        told = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return cls._written("-".join(filter(None, (name, version, about))), name, told)

    @classmethod
    def of_result(cls, name: EventName, data: Mapping[str, Any]) -> Self:
        """What was made of the meeting: the same content has the same id."""
        told = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(told.encode()).hexdigest()[:_DIGEST_LENGTH]
        return cls._written(f"{name}-{digest}", name, told)

    @classmethod
    def _written(cls, identity: str, name: EventName, told: str) -> Self:
        return cls(identity, name, f'{{"event":"{name}","id":"{identity}","data":{told}}}')
