"""openapi.json: the gateway's description of itself, as it serves it."""

import json
from collections.abc import Iterator

from multitrack.gateway.app import openapi

__all__ = ["page"]


def page() -> Iterator[str]:
    """The file's lines."""
    yield from json.dumps(openapi(), indent=1, ensure_ascii=False).splitlines()
