"""Serves the page's files."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from fastapi import APIRouter, Request, Response

from multitrack.gateway.conditional import is_known
from multitrack.gateway.problems import ProblemError

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def _read() -> Mapping[str, bytes]:
    folder = files("multitrack.gateway.page")
    return MappingProxyType(
        {
            file.name: file.read_bytes()
            for file in folder.iterdir()
            if any(file.name.endswith(suffix) for suffix in _MEDIA_TYPES)
        }
    )


_FILES = _read()


@router.get("/")
async def read_page(request: Request) -> Response:
    """The page itself."""
    return _send(request, "index.html")


@router.get("/page/{name}")
async def read_part(request: Request, name: str) -> Response:
    """What the page is made of."""
    if name not in _FILES:
        raise ProblemError(404, f"the page has no part {name!r}")
    return _send(request, name)


def _send(request: Request, name: str) -> Response:
    content = _FILES[name]
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    if is_known(request, etag):
        return Response(status_code=304, headers=headers)
    suffix = name[name.rindex(".") :]
    return Response(content, media_type=_MEDIA_TYPES[suffix], headers=headers)
