"""Whether a request comes from Daily: HMAC-SHA256 over `timestamp.body` with a shared key.

Source: Daily's webhook reference. The key is base64, as Daily shows it; so is the signature.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from workflow_templates.runtime.errors import SettingsError

__all__ = ["Signatures", "is_test_ping", "moment_of"]

_LONGEST_PING = 200
_MILLISECONDS_FROM = 1e11
"""Seconds reach this in the year 5138."""


class Signatures:
    """Checks signatures by any of several keys, so that a key can be changed without a gap."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Decode the keys.

        Raises:
            SettingsError: One of them is not base64, or empty.
        """
        self._keys = [_key(secret, number) for number, secret in enumerate(secrets, start=1)]

    def are_right(self, body: bytes, timestamp: str, signature: str) -> bool:
        """Whether one of the keys made the signature; takes the same time whichever it is."""
        try:
            given = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            return False
        signed = timestamp.encode() + b"." + body
        matches = [
            hmac.compare_digest(hmac.digest(key, signed, hashlib.sha256), given)
            for key in self._keys
        ]
        return any(matches)


def is_test_ping(body: bytes) -> bool:
    """Whether it is what Daily sends to find out if an address answers.

    It may come unsigned: when a hook is made, Daily has only just thought of its key.
    """
    if len(body) > _LONGEST_PING:
        return False
    try:
        return bool(json.loads(body) == {"test": "test"})
    except ValueError:
        return False


def moment_of(timestamp: str) -> datetime | None:
    """When the request was signed: Unix time in seconds or milliseconds; None: no time at all."""
    try:
        number = float(timestamp)
        seconds = number / 1000 if number > _MILLISECONDS_FROM else number
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _key(secret: str, number: int) -> bytes:
    try:
        key = base64.b64decode(secret.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise SettingsError(
            f"the webhook's secret number {number} is not base64; copy the field hmac that Daily "
            "shows of the webhook"
        )
    return key
