"""A model hub that refuses, in the hub's own protocol: statuses and `X-Error-Code`."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

__all__ = ["FakeHub", "Gate", "running_hub"]


class Gate(Enum):
    """Why nothing is handed out: HTTP status, the hub's own code."""

    GATED = (403, "GatedRepo")
    UNKNOWN = (404, "RepoNotFound")
    BAD_TOKEN = (401, "")
    DOWN = (503, "")


@dataclass(slots=True)
class FakeHub:
    """A running hub."""

    url: str
    tokens: set[str] = field(default_factory=set)
    """Authorization headers that were sent."""


@contextlib.contextmanager
def running_hub(gate: Gate) -> Iterator[FakeHub]:
    """Answer every request with the gate's status."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        hub: ClassVar[FakeHub]

        def do_GET(self) -> None:
            self._refuse()

        def do_HEAD(self) -> None:
            self._refuse()

        def _refuse(self) -> None:
            self.hub.tokens.add(self.headers.get("Authorization", ""))
            status, code = gate.value
            self.send_response(status)
            if code:
                self.send_header("X-Error-Code", code)
                self.send_header("X-Error-Message", "no")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.hub = FakeHub(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Handler.hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
