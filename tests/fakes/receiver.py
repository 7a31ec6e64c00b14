"""Somebody's webhook receiver on loopback: keeps every delivery, checks its signature itself.

The check is written here anew, as a receiver would from the documentation. `script` says what
happens to the next deliveries, in order; then each is answered 200.
"""

import hashlib
import hmac
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.loopback import Around, Drop, Reply, Request, serving

__all__ = ["Delivery", "Receiver", "running_receiver"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request."""

    request: Request
    is_signed: bool
    """The signature is there and belongs to this body."""

    @property
    def payload(self) -> dict[str, Any]:
        return dict(json.loads(self.request.body))

    @property
    def event_id(self) -> str:
        return str(self.payload["event_id"])


@dataclass(slots=True)
class Receiver:
    """A running receiver."""

    url: str = ""
    secret: str = "shared secret"  # noqa: S105 - both sides are ours
    script: list[Reply | Drop] = field(default_factory=list)
    """A `Drop` breaks the connection after the delivery was taken."""
    deliveries: list[Delivery] = field(default_factory=list)

    def answer(self, request: Request) -> Reply | Drop:
        """Take one delivery."""
        self.deliveries.append(Delivery(request, self._verifies(request)))
        return self.script.pop(0) if self.script else Reply(200, b"ok")

    def _verifies(self, request: Request) -> bool:
        parts = dict(
            part.partition("=")[::2]
            for part in request.headers.get("x-webhook-signature", "").split(",")
        )
        signed = parts.get("t", "").encode() + b"." + request.body
        expected = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, parts.get("v1", ""))


@contextmanager
def running_receiver(
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    around: Around | None = None,
) -> Iterator[Receiver]:
    """Serve from entering to leaving."""
    receiver = Receiver()
    with serving(receiver.answer, host=host, port=port, tls=tls, around=around) as address:
        receiver.url = f"{address}/hooks/room-token"
        yield receiver
