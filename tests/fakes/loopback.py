"""An HTTP server whose answers are one function's: what small fakes are made of."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

__all__ = ["Answer", "Around", "Drop", "Reply", "Request", "serving"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in."""

    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    after: threading.Event | None = None
    """Not sent before this is set."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection breaks instead of an answer (TCP RST)."""


Answer = Callable[[Request], Reply | Drop]


class Around(Protocol):
    """Stands between callers and a server."""

    def __call__(self, request: Request, answer: Answer) -> Reply | Drop:
        """Decide what is answered; `answer` has the server do its work."""


@contextmanager
def serving(
    answer: Answer,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    around: Around | None = None,
) -> Iterator[str]:
    """Serve from entering to leaving; yields `http://HOST:PORT`.

    Args:
        answer: What to answer.
        host: The address to listen on.
        port: 0: a free one.
        tls: With a certificate: `https` instead.
        around: What each request passes before it is answered; None: nothing.
    """
    guarded = answer if around is None else partial(around, answer=answer)

    class Handler(_Handler):
        take = staticmethod(guarded)

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://{host}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    take: Callable[[Request], Reply | Drop]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Tests read what the fake has kept."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = type(self).take(Request(self.command, self.path, headers, body))
        if isinstance(reply, Drop):
            # SO_LINGER with zero seconds makes close() send RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        if reply.after is not None:
            reply.after.wait(30)
        # A client whose patience ended is gone by now.
        with suppress(ConnectionError):
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "content-length" not in {name.lower() for name in reply.headers}:
                self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
