"""One delivery of an event to a receiver: signature, headers, request, and what answers mean.

Receivers of the legacy pipeline need no change: names, order and signature are its.
"""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from enum import StrEnum

from workflow_templates.contracts.base import Seconds
from workflow_templates.delivery.destination import Destination
from workflow_templates.delivery.trust import trusted_authorities
from workflow_templates.runtime.errors import RefusedError, TemporaryError

__all__ = ["SECRET_VARIABLE", "WebhookEvent", "encode", "event_id", "post", "sign"]

SECRET_VARIABLE = "MULTITRACK_WEBHOOK_SECRET"  # noqa: S105 - a name
"""What deliveries are signed with."""

_EVENT_IDS = uuid.UUID("6f2f6f0a-6a5b-5d0e-9d3a-3c1f6a9b7e11")
_USER_AGENT = "Reflector-Webhook/1.0"
"""The legacy's: receivers filter by it."""
_LATER = frozenset({408, 425, 429})
"""The receiver asks for another try."""


class WebhookEvent(StrEnum):
    """What a delivery is about."""

    TRANSCRIPT_COMPLETED = "transcript.completed"
    TEST = "test"


def event_id(delivery: str, event: WebhookEvent) -> str:
    """The same id for the same delivery, however often it is tried: receivers drop repetitions.

    Args:
        delivery: Names what is delivered and which time: job and delivery number.
        event: What it is about.
    """
    return str(uuid.uuid5(_EVENT_IDS, f"{delivery}/{event}"))


def encode(payload: Mapping[str, object]) -> bytes:
    """The body: compact JSON, UTF-8."""
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()


def sign(secret: str, body: bytes, timestamp: int) -> str:
    """`t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of `<t>.<body>` with the secret as UTF-8."""
    signed = str(timestamp).encode() + b"." + body
    return f"t={timestamp},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def post(
    destination: Destination,
    event: WebhookEvent,
    body: bytes,
    *,
    secret: str = "",
    retry: int = 0,
    timeout: Seconds = 30.0,
) -> int:
    """Deliver once; redirects are not followed.

    Args:
        destination: Checked; no other address is connected to.
        event: For the header.
        body: As signed and sent.
        secret: Shared with the receiver; empty: no signature.
        retry: How many tries there were before.
        timeout: For connecting, and again for the answer.

    Returns:
        The receiver's status, 2xx.

    Raises:
        RefusedError: 3xx or 4xx: trying again would end the same way.
        SettingsError: `$MULTITRACK_CA_CERTIFICATES` holds no certificates.
        TemporaryError: 5xx, 408, 425, 429, or no answer.
    """
    headers = {
        "Content-Type": "application/json",
        "User-Agent": _USER_AGENT,
        "X-Webhook-Event": event.value,
        "X-Webhook-Retry": str(retry),
    }
    if secret:
        headers["X-Webhook-Signature"] = sign(secret, body, int(time.time()))
    status = _send(destination, headers, body, timeout)
    if status in _LATER or status >= 500:  # noqa: PLR2004 - HTTP
        raise TemporaryError(f"{destination.site}: answered {status}; it is tried again later")
    if status >= 400:  # noqa: PLR2004 - HTTP
        raise RefusedError(
            f"{destination.site}: refused the webhook with {status}; "
            "check its address, secret and what it accepts, then deliver again"
        )
    if status >= 300:  # noqa: PLR2004 - HTTP
        raise RefusedError(
            f"{destination.site}: redirects ({status}), which is not followed; "
            "give the address that it redirects to"
        )
    return status


def _send(
    destination: Destination, headers: Mapping[str, str], body: bytes, timeout: Seconds
) -> int:
    """Try the checked addresses in turn; once one is connected, it is the one."""
    import httpx  # noqa: PLC0415 - slow to import, and only deliveries need it

    url = httpx.URL(destination.url)
    last: httpx.TransportError | None = None
    # A proxy would resolve the name again: the one that was checked must be the one that is called.
    with httpx.Client(timeout=timeout, trust_env=False, verify=trusted_authorities()) as client:
        for address in destination.addresses:
            request = client.build_request(
                "POST",
                url.copy_with(host=address),
                headers={**headers, "Host": url.netloc.decode()},
                content=body,
                extensions={"sni_hostname": destination.host},
            )
            try:
                response = client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                last = error
            except httpx.TransportError as error:
                raise _no_answer(destination, error) from error
            else:
                response.close()
                return response.status_code
    raise _no_answer(destination, last) from last


def _no_answer(destination: Destination, error: Exception | None) -> TemporaryError:
    said = str(error).rstrip(".") or type(error).__name__
    return TemporaryError(f"{destination.site}: no answer ({said}); it is tried again later")
