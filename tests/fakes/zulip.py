"""A Zulip realm on loopback: messages posted, edited, read and found, in Zulip's own words.

`POST /api/v1/messages`, `GET /api/v1/messages` with a narrow, `GET` and `PATCH
/api/v1/messages/{id}`; basic authentication of one bot. `faults` are used up first, one a request.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.loopback import Around, Drop, Reply, Request, serving

__all__ = ["AcceptAndHang", "AcceptAndVanish", "FakeZulip", "Fault", "Refuse", "running_zulip"]

_LONGEST_CONTENT = 10_000
_LONGEST_TOPIC = 60


@dataclass(frozen=True, slots=True)
class Refuse:
    """An error instead of doing what was asked."""

    status: int
    message: str = "no"
    code: str = "BAD_REQUEST"
    location: str = ""
    """For a redirect."""


@dataclass(frozen=True, slots=True)
class AcceptAndVanish:
    """The server does what was asked, and the connection breaks before the answer."""


@dataclass(frozen=True, slots=True)
class AcceptAndHang:
    """The server does what was asked, and answers too late."""

    until: threading.Event


Fault = Refuse | AcceptAndVanish | AcceptAndHang


@dataclass(slots=True)
class FakeZulip:
    """A running realm."""

    url: str = ""
    email: str = "minutes-bot@zulip.example"
    key: str = "bot-key"
    streams: set[str] = field(default_factory=lambda: {"meetings"})
    can_edit: bool = True
    faults: list[Fault] = field(default_factory=list)
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By id: content, stream, topic, sender."""
    history: dict[int, list[str]] = field(default_factory=dict)
    """By id: everything that the message has said, the oldest first."""
    answer_nth: dict[int, Fault] = field(default_factory=dict)
    """Faults by number of the request, from 1."""
    requests: list[str] = field(default_factory=list)
    """`POST /api/v1/messages`, without the query."""
    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    """Held while something is done: two posts get two ids."""

    def add(self, content: str, *, topic: str, sender: str = "", stream: str = "meetings") -> int:
        """Post as somebody; returns the message's id."""
        number = 1000 + len(self.requests) + len(self.messages)
        self.messages[number] = {
            "id": number,
            "content": content.rstrip(),
            "display_recipient": stream,
            "subject": topic,
            "sender_email": sender or self.email,
        }
        self.history[number] = [content.rstrip()]
        return number

    def answer(self, request: Request) -> Reply | Drop:
        """Answer one request."""
        path = urlsplit(request.target).path
        self.requests.append(f"{request.method} {path}")
        fault = self.answer_nth.pop(len(self.requests), None)
        if fault is None and self.faults:
            fault = self.faults.pop(0)
        if isinstance(fault, Refuse):
            headers = {"location": fault.location} if fault.location else {}
            return _error(fault.status, fault.message, fault.code, headers)
        with self.one_at_a_time:
            reply = self._do(request, path)
        if isinstance(fault, AcceptAndVanish):
            return Drop()
        if isinstance(fault, AcceptAndHang):
            return Reply(reply.status, reply.body, after=fault.until)
        return reply

    def _do(self, request: Request, path: str) -> Reply:
        expected = base64.b64encode(f"{self.email}:{self.key}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return _error(401, "Invalid API key", "UNAUTHORIZED")
        form = _single(parse_qs(request.body.decode()))
        query = _single(parse_qs(urlsplit(request.target).query))
        number = path.removeprefix("/api/v1/messages").strip("/")
        if not path.startswith("/api/v1/messages"):
            return _error(404, "Not found")
        match request.method, bool(number):
            case "POST", False:
                return self._post(form)
            case "GET", False:
                return self._find(query)
            case "GET", True:
                message = self.messages.get(int(number))
                return _done({"message": message}) if message else _gone()
            case _:
                return self._edit(int(number), form)

    def _post(self, form: dict[str, str]) -> Reply:
        if form.get("type") != "stream" or not {"to", "topic", "content"} <= form.keys():
            return _error(400, "Missing 'content' argument", "REQUEST_VARIABLE_MISSING")
        if form["to"] not in self.streams:
            return _error(400, f"Channel '{form['to']}' does not exist", "STREAM_DOES_NOT_EXIST")
        if "\0" in form["content"]:
            return _error(400, "Message must not contain null bytes")
        number = self.add(
            _cut(form["content"], _LONGEST_CONTENT, "\n[message truncated]"),
            topic=_cut(form["topic"], _LONGEST_TOPIC, "..."),
            stream=form["to"],
        )
        return _done({"id": number})

    def _edit(self, number: int, form: dict[str, str]) -> Reply:
        if number not in self.messages:
            return _gone()
        if not self.can_edit:
            return _error(400, "The time limit for editing this message has passed")
        self.messages[number]["content"] = form["content"].rstrip()
        self.history[number].append(form["content"].rstrip())
        return _done({})

    def _find(self, query: dict[str, str]) -> Reply:
        fields = {"stream": "display_recipient", "topic": "subject", "sender": "sender_email"}
        narrow = {one["operator"]: one["operand"] for one in json.loads(query["narrow"])}
        if narrow.keys() - fields.keys():
            return _error(400, "Invalid narrow operator: unknown operator")
        found = [
            message
            for message in self.messages.values()
            if all(message[fields[name]] == value for name, value in narrow.items())
        ]
        newest = found[-int(query["num_before"]) :]
        return _done({"messages": newest, "found_oldest": len(newest) == len(found)})


@contextmanager
def running_zulip(
    host: str = "127.0.0.1", port: int = 0, around: Around | None = None
) -> Iterator[FakeZulip]:
    """Serve from entering to leaving."""
    zulip = FakeZulip()
    with serving(zulip.answer, host=host, port=port, around=around) as zulip.url:
        yield zulip


def _single(fields: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in fields.items()}


def _cut(text: str, longest: int, mark: str) -> str:
    return text if len(text) <= longest else text[: longest - len(mark)] + mark


def _done(body: dict[str, object]) -> Reply:
    return Reply(200, json.dumps({"result": "success", "msg": "", **body}).encode())


def _gone() -> Reply:
    return _error(400, "Invalid message(s)")


def _error(
    status: int, message: str, code: str = "BAD_REQUEST", headers: dict[str, str] | None = None
) -> Reply:
    body = {"result": "error", "msg": message, "code": code}
    return Reply(status, json.dumps(body).encode(), headers or {})
