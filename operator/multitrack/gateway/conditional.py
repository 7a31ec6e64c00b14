"""ETag and If-None-Match: what has not changed is not sent again (RFC 9110, 13.1.2)."""

import hashlib
from collections.abc import Iterable

from fastapi import Request, Response

__all__ = ["etag_of", "is_known", "not_modified"]


def etag_of(parts: Iterable[str]) -> str:
    """A tag that changes when one of the parts does."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f'"{digest[:32]}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the client has that already."""
    asked = request.headers.get("If-None-Match", "")
    known = [tag.strip().removeprefix("W/") for tag in asked.split(",")]
    return "*" in known or etag in known


def not_modified(etag: str) -> Response:
    """The answer to a client that has it already."""
    return Response(status_code=304, headers={"ETag": etag, "Cache-Control": "private, no-cache"})
