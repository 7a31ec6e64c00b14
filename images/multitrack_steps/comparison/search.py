"""Finds the legacy transcript of a recording in the legacy API's list."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from multitrack_steps.comparison.legacy_api import LegacyApi
from workflow_templates.contracts.published import PublishedRecording
from workflow_templates.runtime.errors import BadInputError, RefusedError, TemporaryError

__all__ = ["find_transcript"]

_PAGE = 100
_MOST_PAGES = 50
_BEFORE, _AFTER = timedelta(hours=1), timedelta(days=14)
"""A transcript is created when its recording is ready; a run of the night may make it later."""
_SAME_MS = 1000.0
"""Both durations are Daily's."""


def find_transcript(
    api: LegacyApi, base: str, recording: PublishedRecording, recording_id: str
) -> str:
    """The id of the recording's transcript.

    Versions that list a transcript's `recording_id` are asked by that. Others tell room, duration
    and creation: a single transcript that fits all three is taken.

    Raises:
        TemporaryError: None is listed, or not yet.
        RefusedError: Several could be it.
        BadInputError: The list is of another version.
    """
    alike: list[str] = []
    for row in _rows(api, base):
        if row.get("recording_id") == recording_id:
            return str(row["id"])
        if "recording_id" not in row and _fits(row, recording):
            alike.append(str(row["id"]))
    if len(alike) > 1:
        raise RefusedError(
            f"{api.site}: {len(alike)} transcripts could be that of recording {recording_id} "
            f"({', '.join(alike[:3])}); name one with legacy-transcript-id"
        )
    if not alike:
        raise TemporaryError(f"{api.site}: lists no transcript of recording {recording_id}")
    return alike[0]


def _rows(api: LegacyApi, base: str) -> Iterator[Mapping[str, Any]]:
    url = f"{base}/v1/transcripts"
    for page in range(1, _MOST_PAGES + 1):
        answer = api.get(url, "list of transcripts", page=str(page), size=str(_PAGE))
        items = answer.get("items") if isinstance(answer, dict) else None
        if not isinstance(items, list):
            raise BadInputError(
                f"{api.site}: its list of transcripts is not as Multitrack knows it; "
                "name the transcript with legacy-transcript-id or legacy-transcript-url"
            )
        yield from (row for row in items if isinstance(row, dict) and row.get("id"))
        if len(items) < _PAGE:
            return


def _fits(row: Mapping[str, Any], recording: PublishedRecording) -> bool:
    room, duration = row.get("room_name"), row.get("duration")
    if not room or not isinstance(duration, int | float):
        return False
    # Daily's room names are the legacy's and the time of the meeting.
    same_room = recording.name == room or recording.name.startswith(f"{room}-")
    same_length = abs(duration - 1000 * recording.duration) <= _SAME_MS
    return same_room and same_length and _is_after(row.get("created_at"), recording.started_at)


def _is_after(created: object, started: str | None) -> bool:
    try:
        made, began = (_moment(str(text)) for text in (created, started))
    except ValueError:
        return False  # without both, an equal length is too little
    return began - _BEFORE <= made <= began + _AFTER


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
