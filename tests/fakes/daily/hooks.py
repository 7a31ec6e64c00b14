"""Webhooks: signed sending, and the circuit breaker that switches a failing hook off."""

import base64
import hashlib
import hmac
import http.client
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

__all__ = ["TEST_PING", "Delivery", "Hook", "message", "new_secret", "post", "signed_headers"]

TEST_PING = b'{"test":"test"}'
"""The body by which Daily finds out whether an address answers."""

_PATIENCE_SECONDS = 5.0
_FAILURES = 3
_TRIES = 5


def new_secret() -> str:
    """A hook's secret as Daily makes one: base64 of random bytes."""
    return base64.b64encode(uuid.uuid4().bytes * 2).decode()


def signed_headers(body: bytes, secret: str, timestamp: str | None = None) -> dict[str, str]:
    """The headers of a webhook request: HMAC-SHA256 over `timestamp.body`, key and result base64.

    Args:
        body: Exactly the bytes that are sent.
        secret: The hook's, base64.
        timestamp: Unix seconds; None: now.
    """
    moment = timestamp or str(int(time.time()))
    mac = hmac.new(base64.b64decode(secret), moment.encode() + b"." + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Daily.co-Webhooks",
        "X-Webhook-Timestamp": moment,
        "X-Webhook-Signature": base64.b64encode(mac.digest()).decode(),
    }


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request that was sent, and what came back."""

    url: str
    body: bytes
    status: int | None
    """None: no connection, or no answer in time."""
    seconds: float
    answer: bytes = b""

    @property
    def succeeded(self) -> bool:
        """Daily takes 200 alone for success."""
        return self.status == 200


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Delivery:
    """Send one request; whatever goes wrong is part of the delivery."""
    place = urlsplit(url)
    started = time.monotonic()
    connection = http.client.HTTPConnection(place.netloc, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("POST", place.path or "/", body=body, headers=dict(headers))
        answer = connection.getresponse()
        content, status = answer.read(), answer.status
    except OSError:
        content, status = b"", None
    finally:
        connection.close()
    return Delivery(url, body, status, time.monotonic() - started, content)


@dataclass(slots=True)
class Hook:
    """A webhook as Daily keeps it."""

    url: str
    event_types: tuple[str, ...] = ("recording.ready-to-download",)
    secret: str = field(default_factory=new_secret)
    retry_type: str = "circuit-breaker"
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "ACTIVE"
    failed_count: int = 0
    last_moment_pushed: str | None = None
    pending: list[tuple[bytes, int]] = field(default_factory=list)
    """Messages of the retry type exponential that failed, and how often."""

    def ping(self) -> Delivery:
        """Ask whether the address answers; success switches the hook on."""
        delivery = post(self.url, TEST_PING, signed_headers(TEST_PING, self.secret))
        if delivery.succeeded:
            self.state, self.failed_count = "ACTIVE", 0
        return delivery

    def push(self, body: bytes, tries: int = 0) -> Delivery:
        """Send one message, signed anew, and keep the account of failures."""
        delivery = post(self.url, body, signed_headers(body, self.secret))
        if delivery.succeeded:
            self.failed_count = 0
            self.last_moment_pushed = datetime.now(UTC).isoformat()
        elif self.retry_type == "exponential":
            if tries + 1 < _TRIES:
                self.pending.append((body, tries + 1))
        else:
            self.failed_count += 1
            if self.failed_count >= _FAILURES:
                self.state = "FAILED"
        return delivery

    def resend(self) -> list[Delivery]:
        """Send what is pending once more."""
        waiting, self.pending = self.pending, []
        return [self.push(body, tries) for body, tries in waiting]

    def shown(self) -> dict[str, Any]:
        """As the REST API shows it."""
        return {
            "uuid": self.uuid,
            "url": self.url,
            "hmac": self.secret,
            "basicAuth": None,
            "retryType": self.retry_type,
            "eventTypes": list(self.event_types),
            "state": self.state,
            "failedCount": self.failed_count,
            "lastMomentPushed": self.last_moment_pushed,
            "domainId": "acme",
            "createdAt": "2023-08-15T18:28:30.000Z",
            "updatedAt": "2023-08-15T18:29:52.000Z",
        }


def message(event: Mapping[str, Any] | bytes) -> bytes:
    """An event as the bytes that are sent."""
    return event if isinstance(event, bytes) else json.dumps(event).encode()
