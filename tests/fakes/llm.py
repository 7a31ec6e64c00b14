"""A server that speaks the OpenAI chat-completions protocol and does as it is told.

Without a script it answers every question with the least JSON that its schema allows. A script
says what happens to the next requests, in order: an answer, or a fault that real servers have.
"""

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = [
    "Answer",
    "ChatRequest",
    "FakeLanguageModel",
    "Refusal",
    "Reset",
    "answering",
    "fake_language_model",
]

_LETTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One request as it came in."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    at: float
    """Monotonic seconds."""

    @property
    def prompt(self) -> str:
        return "\n".join(turn["content"] for turn in self.body["messages"])

    @property
    def last_turn(self) -> str:
        return str(self.body["messages"][-1]["content"])

    @property
    def format(self) -> str:
        """`json_schema`, `json_object` or `none`."""
        return str(self.body.get("response_format", {"type": "none"})["type"])

    @property
    def question(self) -> str:
        """The name of what is asked for: "Topics", "TitleAnswer" …"""
        if self.format == "json_schema":
            return str(self.body["response_format"]["json_schema"]["name"])
        return ", ".join(self.schema["properties"])

    @property
    def schema(self) -> dict[str, Any]:
        if self.format == "json_schema":
            return dict(self.body["response_format"]["json_schema"]["schema"])
        for turn in reversed(self.body["messages"]):
            if found := re.search(r"satisfies this JSON schema:\n(.+)", turn["content"]):
                return dict(json.loads(found[1]))
        raise AssertionError("neither response_format nor prompt holds a schema")


@dataclass(frozen=True, slots=True)
class Answer:
    """A completion."""

    content: str | None = None
    """None: the least that satisfies the schema."""
    finish_reason: str = "stop"
    fields: Mapping[str, object] = field(default_factory=dict)
    """Further fields of the message, such as `reasoning_content`."""
    wrap: str = "{}"
    """Put around the content, which goes where `{}` stands."""
    after: threading.Event | None = None
    """Not sent before this is set."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP error, or with status 200 a page that is no completion."""

    status: int
    message: str = "refused"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection breaks instead of an answer (TCP RST)."""


Turn = Answer | Refusal | Reset
Mind = Callable[[ChatRequest], Turn | None]


class FakeLanguageModel:
    """What a test says to the server, and what the server saw."""

    def __init__(self) -> None:
        self.base_url = ""
        self.script: list[Turn] = []
        """Used up first, one turn a request."""
        self.mind: Mind = lambda _: None
        """Asked when the script is empty; None: the least answer."""
        self.requests: list[ChatRequest] = []
        self.formats = {"json_schema", "json_object"}
        self.parameters = {"max_tokens", "temperature"}
        self.context_tokens = 1_000_000
        self.says_context = True
        """Whether an overflow's message holds the size of the context."""
        self.reports_usage = True
        self.prompt_tokens: int | None = None
        """Reported instead of an honest count, as by a server that cuts prompts in silence."""
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()

    def questions(self) -> list[str]:
        return [request.question for request in self.requests]

    def take(self, request: ChatRequest) -> Turn:
        with self._lock:
            self.requests.append(request)
            turn = self.script.pop(0) if self.script else None
        return turn or self._objection(request) or self.mind(request) or Answer()

    @contextmanager
    def counting(self) -> Iterator[None]:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1

    def _objection(self, request: ChatRequest) -> Refusal | None:
        """What servers of limited abilities say, in their words."""
        if request.format not in {"none", *self.formats}:
            return Refusal(400, f"'response_format.type' : {request.format} is not supported")
        limits = {"max_tokens", "max_completion_tokens", "temperature"} & set(request.body)
        if unknown := sorted(limits - self.parameters):
            return Refusal(400, f"Unsupported parameter: '{unknown[0]}' with this model")
        asked = len(request.prompt) // _LETTERS_PER_TOKEN
        if asked + int(request.body.get("max_tokens", 0)) > self.context_tokens:
            size = (
                f"context size ({self.context_tokens} tokens)"
                if self.says_context
                else ("context length")
            )
            return Refusal(400, f"request ({asked} tokens) exceeds the available {size}")
        return None


def answering(answers: Mapping[str, object]) -> Mind:
    """A mind that has one answer to each question, by its name; the least one to others."""

    def mind(request: ChatRequest) -> Answer | None:
        known = answers.get(request.question)
        return None if known is None else Answer(json.dumps(known))

    return mind


@contextmanager
def fake_language_model() -> Iterator[FakeLanguageModel]:
    """Serve on a free port of the loopback interface."""
    model = FakeLanguageModel()

    class Handler(_Handler):
        language_model = model

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    model.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    language_model: FakeLanguageModel
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path != "/v1/chat/completions":
            self._send(404, {"error": {"message": f"no such path: {self.path}"}})
            return
        request = ChatRequest(
            json.loads(body),
            {name.lower(): value for name, value in self.headers.items()},
            time.monotonic(),
        )
        with self.language_model.counting():
            self._respond(request, self.language_model.take(request))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """The tests read `requests` instead."""

    def _respond(self, request: ChatRequest, turn: Turn) -> None:
        match turn:
            case Refusal():
                error = {"message": turn.message, "type": "invalid_request_error"}
                self._send(turn.status, {"error": error}, turn.headers)
            case Reset():
                # SO_LINGER with zero seconds makes close() send RST instead of FIN.
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                self.close_connection = True
                self.connection.close()
            case Answer():
                if turn.after is not None:
                    turn.after.wait(30)
                self._send(200, self._completion(request, turn))

    def _completion(self, request: ChatRequest, answer: Answer) -> dict[str, object]:
        content = answer.content
        if content is None:
            content = json.dumps(_least(request.schema, request.schema))
        content = answer.wrap.replace("{}", content)
        completion: dict[str, object] = {
            "id": f"chatcmpl-{len(self.language_model.requests)}",
            "object": "chat.completion",
            "created": 0,
            "model": request.body["model"],
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": content, **answer.fields},
                    "finish_reason": answer.finish_reason,
                }
            ],
        }
        if self.language_model.reports_usage:
            cut = self.language_model.prompt_tokens
            asked = len(request.prompt) // _LETTERS_PER_TOKEN if cut is None else cut
            completion["usage"] = {
                "prompt_tokens": asked,
                "completion_tokens": 10,
                "total_tokens": asked + 10,
            }
        return completion

    def _send(
        self, status: int, document: object, headers: Mapping[str, str] | None = None
    ) -> None:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        # A client whose patience ended is gone by now.
        with suppress(ConnectionError):
            self._write(status, body, headers or {})

    def _write(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _least(schema: Mapping[str, Any], root: Mapping[str, Any]) -> object:
    """The least value that satisfies a schema."""
    if "$ref" in schema:
        return _least(root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], root)
    if "anyOf" in schema:
        return None if {"type": "null"} in schema["anyOf"] else _least(schema["anyOf"][0], root)
    match schema["type"]:
        case "object":
            return {name: _least(part, root) for name, part in schema["properties"].items()}
        case "array":
            return [_least(schema["items"], root)] * int(schema.get("minItems", 0))
        case "integer":
            return schema.get("minimum", 0)
        case "string":
            return "words of the meeting"[: max(20, int(schema.get("minLength", 0)))]
        case kind:
            raise AssertionError(f"no value for {kind}")
