"""Where the Kubernetes client's errors become ours: the one place."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp

from multitrack.cluster.errors import (
    ClusterAwayError,
    ClusterRefusedError,
    ConflictError,
    ExpiredError,
    NotFoundError,
)
from multitrack.cluster.library import ApiException

__all__ = ["translated"]


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise our error for each of the client's.

    Args:
        what: The object that it is about, for the sentence.
    """
    try:
        yield
    except ApiException as error:
        sentence = f"{what}: {_message(error)}"
        match error.status:
            case 404:
                raise NotFoundError(sentence) from error
            case 409:
                raise ConflictError(sentence) from error
            case 410:
                raise ExpiredError(sentence) from error
            case 400 | 401 | 403 | 405 | 413 | 422:
                raise ClusterRefusedError(sentence) from error
            case _:
                raise ClusterAwayError(sentence) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise ClusterAwayError(f"{what}: the API server does not answer ({error})") from error


def _message(error: ApiException) -> str:
    """The API server's own sentence."""
    try:
        return str(json.loads(error.body or "")["message"])
    except (TypeError, ValueError, KeyError):
        return f"{error.status} {error.reason}"
