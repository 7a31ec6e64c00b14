"""What Daily's refusals and silences mean for whoever asked: the one place that says so.

RefusedError      no valid API key, no right, no such thing, a request that Daily does not take
TemporaryError    over the limits, 5xx, time-outs, no connection, an answer that is no JSON
SettingsError     the address is no URL
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from workflow_templates.runtime.errors import MultitrackError, RefusedError, TemporaryError

__all__ = ["API_KEY_VARIABLE", "NotKnownError", "no_key", "refusal", "silence"]

API_KEY_VARIABLE = "MULTITRACK_DAILY_API_KEY"
"""Where the key is read from, and from nowhere else."""

_TEMPORARY = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
_KEY_ERRORS = frozenset({"authentication-error", "authorization-header-error"})


class NotKnownError(RefusedError):
    """Daily has nothing under that id, or no further page."""


def no_key() -> RefusedError:
    """Nobody gave a key."""
    return RefusedError(
        f"Daily: there is no API key; set {API_KEY_VARIABLE} (in a cluster: daily.apiKeySecret)"
    )


def refusal(status: int, body: object, what: str) -> MultitrackError:
    """The error for an answer that is no success.

    Args:
        status: HTTP status.
        body: As JSON, or None if it is none.
        what: What was asked for: `recording 0cb3…`.
    """
    told: Mapping[str, Any] = body if isinstance(body, dict) else {}
    words = [str(told[name]) for name in ("error", "info") if told.get(name)]
    said = f"{status} {': '.join(words)}".strip()[:300]
    if status in _TEMPORARY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TemporaryError(f"Daily: cannot get {what} now ({said}); try again later")
    if status == HTTPStatus.UNAUTHORIZED or told.get("error") in _KEY_ERRORS:
        return RefusedError(
            f"Daily: it does not take the API key ({said}); "
            f"put the key of the domain into {API_KEY_VARIABLE}"
        )
    if status == HTTPStatus.NOT_FOUND:
        return NotKnownError(
            f"Daily: it knows no {what} ({said}); check the id, and whose domain the API key is of"
        )
    if status == HTTPStatus.FORBIDDEN:
        return RefusedError(f"Daily: the API key may not get {what} ({said}); give it the right")
    return RefusedError(f"Daily: it refuses to get {what} ({said}); check id and daily-api-url")


def silence(error: Exception, what: str) -> TemporaryError:
    """The error for no answer at all, or for one that is no JSON."""
    detail = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return TemporaryError(f"Daily: cannot get {what} now ({detail}); try again later")
