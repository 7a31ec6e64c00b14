"""Daily's event JSON: exact track starts, content types and names, where a room has it switched on.

`<key>.event.json` holds `{"events": [{"type", "participant_id", "data": {…}}]}`. Two types matter:
`track-added` {trackSessionNum, displayName} and `recording-media-started` {trackSessionNum, uri,
contentType, mediaStartTime (Unix time, seconds)}. Source: Daily's guide to the recording event
file. It may be partial or absent, so whatever it lacks is simply not known.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from multitrack_steps.sources.daily_key import DailyKey, parse_daily_key
from workflow_templates.contracts.base import Seconds

__all__ = ["EVENT_JSON_SUFFIX", "EventLog", "MediaStart", "parse_event_json"]

EVENT_JSON_SUFFIX = ".event.json"
_LONGEST_RECORDING: Seconds = 48 * 3600
"""An offset beyond it is a misread clock, not a late participant."""


@dataclass(frozen=True, slots=True)
class MediaStart:
    """What the log says about one media file."""

    offset: Seconds | None
    """From the recording's start to the first sample."""
    content_type: str | None


@dataclass(frozen=True, slots=True)
class EventLog:
    """What one or several event files say."""

    media: Mapping[DailyKey, MediaStart] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """The last display name by participant uuid."""

    def __or__(self, later: "EventLog") -> "EventLog":
        return EventLog({**self.media, **later.media}, {**self.names, **later.names})


def parse_event_json(content: bytes) -> EventLog:
    """Take what is usable; events of unknown type or shape are passed over.

    Raises:
        ValueError: Not JSON, or without a list of events.
    """
    document = json.loads(content)
    events = document.get("events") if isinstance(document, dict) else None
    if not isinstance(events, list):
        raise ValueError("it has no list of events")  # noqa: TRY004 - a wrong file, not a wrong call
    media: dict[DailyKey, MediaStart] = {}
    names: dict[str, str] = {}
    for kind, participant, body in _well_formed(events):
        match kind:
            case "track-added":
                name = body.get("displayName")
                if participant and isinstance(name, str) and name.strip():
                    names[participant] = name.strip()
            case "recording-media-started":
                key = parse_daily_key(str(body.get("uri", "")).rsplit("/", 1)[-1])
                if key is not None:
                    media[key] = _media_start(key, body)
            case _:
                pass
    return EventLog(media, names)


def _well_formed(events: list[Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for event in events:
        if isinstance(event, dict) and isinstance(event.get("data"), dict):
            participant = event.get("participant_id")
            yield str(event.get("type")), str(participant or "").lower(), event["data"]


def _media_start(key: DailyKey, body: Mapping[str, Any]) -> MediaStart:
    moment = body.get("mediaStartTime")
    offset: Seconds | None = None
    if isinstance(moment, int | float) and math.isfinite(moment):
        since_start = round(moment - key.recording_start_ms / 1000, 3)
        offset = since_start if 0 <= since_start <= _LONGEST_RECORDING else None
    content_type = body.get("contentType")
    return MediaStart(offset, content_type if isinstance(content_type, str) else None)
