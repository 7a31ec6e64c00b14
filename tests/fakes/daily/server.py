"""Runs the server in a thread, and what tests say to it."""

import json
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.daily.hooks import Delivery, Hook, message, post, signed_headers
from tests.fakes.daily.rest import Account, Answer, answer_to

__all__ = ["FakeDaily", "Request", "running_daily"]

_ROOT = "/v1"


@dataclass(frozen=True, slots=True)
class Request:
    """One REST request as it came in."""

    method: str
    path: str
    """Without `/v1`."""
    query: Mapping[str, str]
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    """Names in lower case."""
    at: float
    """Monotonic seconds."""
    status: int


@dataclass(slots=True)
class _Window:
    """So many requests in so many seconds."""

    requests: int
    seconds: float
    times: deque[float] = field(default_factory=deque)

    def admit(self, now: float) -> float:
        """Seconds to wait before the next request; 0: it is admitted."""
        while self.times and self.times[0] <= now - self.seconds:
            self.times.popleft()
        if len(self.times) >= self.requests:
            return self.times[0] + self.seconds - now
        self.times.append(now)
        return 0.0


@dataclass(slots=True)
class _Fault:
    path: str
    times: int
    answer: Answer | None
    """None: the connection is closed without one."""


class FakeDaily:
    """A running server: what a test arranges, and what the server saw."""

    def __init__(self, api_url: str, api_key: str) -> None:
        self.api_url = api_url
        """Base address: what an installation sets instead of https://api.daily.co/v1."""
        self.api_key = api_key
        self.account = Account()
        self.requests: list[Request] = []
        self.deliveries: list[Delivery] = []
        """Webhook messages, test pings left out."""
        self._faults: list[_Fault] = []
        self._lock = threading.RLock()
        self._windows = {"most": _Window(100, 5), "listings": _Window(50, 30)}

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process needs to be let in; the address is told apart."""
        return {"MULTITRACK_DAILY_API_KEY": self.api_key}

    def put_recording(self, recording: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        """Add a recording, or replace the one of that id; `changes` are laid over it."""
        with self._lock:
            whole = {**recording, **changes}
            self.account.recordings[whole["id"]] = whole
            return whole

    def put_participants(self, meeting: str, *participants: Mapping[str, Any]) -> None:
        """Say who took part in a meeting session, in the order in which they joined."""
        with self._lock:
            self.account.participants[meeting] = [dict(each) for each in participants]

    def add_hook(self, url: str, *event_types: str, **fields: Any) -> Hook:
        """Register a webhook without the test ping; `fields` as in `Hook`: secret, retry_type."""
        hook = Hook(url=url, **fields)
        hook.event_types = event_types or hook.event_types
        with self._lock:
            self.account.hooks[hook.uuid] = hook
        return hook

    def send(
        self,
        event: Mapping[str, Any] | bytes,
        *,
        to: str,
        secret: str,
        timestamp: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Delivery:
        """Send one signed message to an address, whether or not a hook is registered there.

        Args:
            event: A message, or raw bytes to be signed and sent as they are.
            to: The receiver's URL.
            secret: The key it is signed with, base64.
            timestamp: Unix seconds; None: now.
            headers: Laid over the signed ones.
        """
        body = message(event)
        signed = {**signed_headers(body, secret, timestamp), **(headers or {})}
        delivery = post(to, body, signed)
        self.deliveries.append(delivery)
        return delivery

    def emit(self, event: Mapping[str, Any]) -> list[Delivery]:
        """Send a message to every hook that is on and asked for its type, as Daily does.

        Every hook is blocked in the meantime; a receiver in the caller's own event loop therefore
        needs `asyncio.to_thread(daily.emit, event)`.
        """
        body = message(event)
        sent = [
            hook.push(body)
            for hook in list(self.account.hooks.values())
            if hook.state == "ACTIVE" and event.get("type") in hook.event_types
        ]
        self.deliveries += sent
        return sent

    def resend(self) -> list[Delivery]:
        """Send again what failed at hooks of the retry type exponential."""
        sent = [each for hook in list(self.account.hooks.values()) for each in hook.resend()]
        self.deliveries += sent
        return sent

    def fail(
        self,
        path: str,
        *,
        times: int = 1,
        status: int = 503,
        error: str = "server-error",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer the next requests whose path starts so with an error."""
        answer = Answer({"error": error, "info": error}, status, headers or {})
        self._faults.append(_Fault(path, times, answer))

    def throttle(self, path: str, *, times: int = 1, retry_after: str = "1") -> None:
        """Answer the next requests whose path starts so with 429."""
        self.fail(
            path,
            times=times,
            status=429,
            error="rate-limit-error",
            headers={"Retry-After": retry_after},
        )

    def hang_up(self, path: str, *, times: int = 1) -> None:
        """Close the connection of the next requests whose path starts so."""
        self._faults.append(_Fault(path, times, None))

    def garble(self, path: str, body: Any, *, times: int = 1) -> None:
        """Answer the next requests whose path starts so with 200 and this body."""
        self._faults.append(_Fault(path, times, Answer(body)))

    def asked(self, path: str, method: str = "GET") -> list[Request]:
        """The requests so far whose path is this one."""
        return [each for each in self.requests if (each.method, each.path) == (method, path)]

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Answer | None:
        """What the server says to a request; None: it hangs up."""
        parts = urlsplit(target)
        path, query = parts.path.removeprefix(_ROOT), dict(parse_qsl(parts.query))
        told: dict[str, Any] = json.loads(body) if body else {}
        with self._lock:
            answer = self._answer(method, path, query, told, headers.get("authorization"))
            status = answer.status if answer else 0
            at = time.monotonic()
            self.requests.append(Request(method, path, query, told, headers, at, status))
        return answer

    def _answer(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Mapping[str, Any],
        authorization: str | None,
    ) -> Answer | None:
        for fault in self._faults:
            if fault.times and path.startswith(fault.path):
                fault.times -= 1
                return fault.answer
        if not authorization or not authorization.startswith("Bearer "):
            return Answer({"error": "authorization-header-error"}, 400)
        if authorization != f"Bearer {self.api_key}":
            return Answer({"error": "authentication-error"}, 401)
        kind = "listings" if (method, path) == ("GET", "/recordings") else "most"
        if wait := self._windows[kind].admit(time.monotonic()):
            headers = {"Retry-After": str(int(wait) + 1)}
            return Answer({"error": "rate-limit-error"}, 429, headers)
        return answer_to(self.account, method, path, query, body)


@contextmanager
def running_daily(api_key: str = "daily-key", host: str = "127.0.0.1") -> Iterator[FakeDaily]:
    """Serve from entering to leaving, at an address of this machine's."""
    daily = FakeDaily("", api_key)

    class Handler(_Handler):
        account_of = daily

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    daily.api_url = f"http://{host}:{server.server_port}{_ROOT}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield daily
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    account_of: FakeDaily

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.account_of.answer(self.command, self.path, headers, body)
        if answer is None:
            self.close_connection = True
            return
        content = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
