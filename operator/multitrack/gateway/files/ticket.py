"""Links that a browser can open without a token: for one job, for a while, signed.

The ticket is a part of the path, so that the report finds its sound by a relative address.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

__all__ = ["InvalidTicketError", "Ticket", "open_ticket", "sign_ticket"]


class InvalidTicketError(Exception):
    """Not ours, changed, or too old."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link may show."""

    namespace: str
    job: str
    uid: str
    """A job made anew under the same name is another one."""
    expires: int
    """Seconds since 1970."""


def sign_ticket(ticket: Ticket, key: bytes) -> str:
    """The ticket as a part of an address: letters, digits, `-`, `_` and a dot."""
    body = _encoded(json.dumps([ticket.namespace, ticket.job, ticket.uid, ticket.expires]).encode())
    return f"{body}.{_encoded(_signature(body, key))}"


def open_ticket(text: str, key: bytes, now: float) -> Ticket:
    """Read a ticket.

    Args:
        text: What `sign_ticket` gave.
        key: The one that it was signed with.
        now: Seconds since 1970.

    Raises:
        InvalidTicketError: Not ours, changed, or too old.
    """
    body, _, signature = text.partition(".")
    expected = _encoded(_signature(body, key))
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        raise InvalidTicketError
    namespace, job, uid, expires = json.loads(base64.urlsafe_b64decode(_padded(body)))
    if expires < now:
        raise InvalidTicketError
    return Ticket(namespace, job, uid, expires)


def _signature(body: str, key: bytes) -> bytes:
    return hmac.new(key, body.encode(), hashlib.sha256).digest()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
