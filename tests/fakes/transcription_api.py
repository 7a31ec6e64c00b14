"""A transcription service that speaks OpenAI's protocol: `POST /v1/audio/transcriptions`.

It keeps what it was sent and answers what it was told to, in the form `verbose_json`, so that a
test says both sides of the conversation.
"""

import contextlib
import email.parser
import email.policy
import io
import json
import threading
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

__all__ = ["Answer", "FakeTranscriptionService", "Upload", "running_transcription_service"]


@dataclass(frozen=True, slots=True)
class Upload:
    """One request."""

    key: str
    """The bearer token."""
    fields: dict[str, list[str]]
    wav: bytes

    @property
    def seconds(self) -> float:
        """Length of the audio that was sent."""
        with wave.open(io.BytesIO(self.wav)) as audio:
            return float(audio.getnframes() / audio.getframerate())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service says to one request."""

    text: str = ""
    words: Sequence[tuple[str, float, float]] = ()
    language: str = "english"
    log_probability: float | None = None
    """Of one segment over everything; None: no segments."""
    status: int = 200

    def body(self) -> dict[str, object]:
        if self.status != 200:
            return {"error": {"message": "no", "type": "error", "code": self.status}}
        body: dict[str, object] = {"task": "transcribe", "language": self.language}
        body |= {"duration": 0.0, "text": self.text}
        body["words"] = [{"word": w, "start": s, "end": e} for w, s, e in self.words]
        if self.log_probability is not None:
            body["segments"] = [_segment(self.text, self.log_probability)]
        return body


@dataclass(slots=True)
class FakeTranscriptionService:
    """A running service."""

    url: str
    answers: list[Answer]
    """One a request; the last one for all further requests."""
    uploads: list[Upload] = field(default_factory=list)

    def next_answer(self) -> Answer:
        return self.answers[min(len(self.uploads), len(self.answers)) - 1]


@contextlib.contextmanager
def running_transcription_service(*answers: Answer) -> Iterator[FakeTranscriptionService]:
    """Serve on a free port of this machine until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    service = FakeTranscriptionService(
        f"http://127.0.0.1:{server.server_port}/v1", list(answers) or [Answer()]
    )
    _Handler.services[server.server_port] = service
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        del _Handler.services[server.server_port]


class _Handler(BaseHTTPRequestHandler):
    services: ClassVar[dict[int, FakeTranscriptionService]] = {}

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        service = self.services[self.server.server_address[1]]  # type: ignore[index] # TCP's are tuples
        if self.path != "/v1/audio/transcriptions":
            self._send(Answer(status=404))
            return
        service.uploads.append(self._upload(content))
        self._send(service.next_answer())

    def _upload(self, content: bytes) -> Upload:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + content)
        fields: dict[str, list[str]] = {}
        wav = b""
        for part in message.walk():
            name = part.get_param("name", header="content-disposition")
            payload = part.get_payload(decode=True)
            if name == "file" and isinstance(payload, bytes):
                wav = payload
            elif isinstance(name, str) and isinstance(payload, bytes):
                fields.setdefault(name, []).append(payload.decode())
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return Upload(key, fields, wav)

    def _send(self, answer: Answer) -> None:
        body = json.dumps(answer.body()).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        # The client waits as long as it is told, so that a test of its patience takes no time.
        self.send_header("retry-after-ms", "1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base's name
        """Keep quiet."""


def _segment(text: str, log_probability: float) -> dict[str, object]:
    return {
        "id": 0, "seek": 0, "start": 0.0, "end": 600.0, "text": text, "tokens": [],
        "temperature": 0.0, "avg_logprob": log_probability, "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }  # fmt: skip
