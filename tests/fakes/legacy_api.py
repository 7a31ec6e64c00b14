"""The legacy API on loopback, as far as shadow mode speaks with it.

POST /v1/daily/webhook                        takes what Daily tells; its signature is not looked at
GET /v1/transcripts                           a page {items, total, page, size, pages}
GET /v1/transcripts/{id}?transcript_format=…  one transcript, in one of the four formats
GET /v1/transcripts/{id}/topics/with-words    its topics

Shapes and units are the legacy's: duration in milliseconds, everything else in seconds. `script`
says what happens to the next requests, in order; then each is answered from `transcripts`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.loopback import Drop, Reply, Request, serving
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.legacy.formats import (
    to_rows,
    to_text,
    to_text_timestamped,
    to_webvtt_named,
    transcript_segments,
)
from workflow_templates.legacy.topics import legacy_topics

__all__ = ["FakeLegacyApi", "LegacyMeeting", "legacy_meeting", "running_legacy_api"]


@dataclass(slots=True)
class LegacyMeeting:
    """A row, its topics, and its transcript in each format."""

    row: dict[str, Any]
    topics: list[dict[str, Any]]
    formats: dict[str, Any]


@dataclass(slots=True)
class FakeLegacyApi:
    """A running API."""

    url: str = ""
    token: str = "legacy token"  # noqa: S105 - both sides are ours
    transcripts: dict[str, LegacyMeeting] = field(default_factory=dict)
    """By id, newest first."""
    script: list[Reply | Drop] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    events: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Reply | Drop:
        """Answer one request."""
        self.requests.append(request)
        if self.script:
            return self.script.pop(0)
        if (request.method, request.target) == ("POST", "/v1/daily/webhook"):
            self.events.append(request)
            return _json({"status": "ok"})
        return self._read(request)

    def _read(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return _json({"detail": "Not authenticated"}, 401)
        address = urlsplit(request.target)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        match address.path.strip("/").split("/"):
            case ["v1", "transcripts"]:
                return self._page(int(query.get("page", "1")), int(query.get("size", "50")))
            case ["v1", "transcripts", known] if known in self.transcripts:
                meeting = self.transcripts[known]
                form = query.get("transcript_format", "text")
                said = meeting.formats.get(form)
                return _json({**meeting.row, "transcript_format": form, "transcript": said})
            case ["v1", "transcripts", known, "topics", "with-words"] if known in self.transcripts:
                return _json(self.transcripts[known].topics)
        return _json({"detail": "Transcript not found"}, 404)

    def _page(self, page: int, size: int) -> Reply:
        rows = [meeting.row for meeting in self.transcripts.values()]
        shown = rows[(page - 1) * size : page * size]
        pages = -(-len(rows) // size)
        return _json(
            {"items": shown, "total": len(rows), "page": page, "size": size, "pages": pages}
        )


def legacy_meeting(
    meeting: PublishedTranscript, transcript_id: str, **changes: object
) -> LegacyMeeting:
    """What the legacy pipeline would say of the same meeting, if it heard the same words."""
    segments = transcript_segments(meeting)
    topics = list(legacy_topics(meeting.topics, meeting.segments, meeting.words))
    row = {
        "id": transcript_id,
        "user_id": None,
        "name": "Transcript",
        "status": "ended",
        "locked": False,
        "duration": meeting.recording.duration * 1000,
        "title": meeting.title.text,
        "short_summary": meeting.summary.short,
        "long_summary": meeting.summary.long,
        "created_at": "2026-03-14T10:05:00+00:00",
        "share_mode": "private",
        "source_language": "en",
        "target_language": "en",
        "reviewed": False,
        "meeting_id": "m-1",
        "source_kind": "room",
        "room_id": "r-1",
        "room_name": meeting.recording.name,
        "audio_deleted": None,
        "participants": [
            {"id": person.id, "speaker": person.speaker, "name": person.name, "user_id": None}
            for person in meeting.participants
        ],
    }
    return LegacyMeeting(
        row={**row, **changes},
        # At HEAD every topic's duration is 0.
        topics=[{**topic.model_dump(mode="json"), "duration": 0} for topic in topics],
        formats={
            "json": [each.model_dump(mode="json") for each in to_rows(segments)],
            "text": to_text(segments),
            "text-timestamped": to_text_timestamped(segments),
            "webvtt-named": to_webvtt_named(segments),
        },
    )


@contextmanager
def running_legacy_api(host: str = "127.0.0.1", port: int = 0) -> Iterator[FakeLegacyApi]:
    """Serve from entering to leaving."""
    api = FakeLegacyApi()
    with serving(api.answer, host=host, port=port) as address:
        api.url = address
        yield api


def _json(content: object, status: int = 200) -> Reply:
    body = json.dumps(content).encode()
    return Reply(status, body, {"content-type": "application/json"})
