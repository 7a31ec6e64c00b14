"""Every error as application/problem+json (RFC 9457), with one sentence in `detail`."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from multitrack.cluster.errors import (
    ClusterRefusedError,
    ConflictError,
    ExpiredError,
    NotFoundError,
)
from workflow_templates.runtime.errors import (
    BadInputError,
    MultitrackError,
    RefusedError,
    TemporaryError,
)

__all__ = ["MEDIA_TYPE", "Problem", "ProblemError", "add_problem_handlers", "problem_responses"]

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_SECONDS = "5"
_TITLES = {
    413: "Content Too Large",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""RFC 9110's; Python has older ones before 3.13, and the API is described alike on every one."""
_STATUS_BY_ERROR: tuple[tuple[type[MultitrackError], int], ...] = (
    (NotFoundError, 404),
    (ConflictError, 409),
    (ExpiredError, 410),
    (ClusterRefusedError, 422),
    (BadInputError, 422),
    (TemporaryError, 503),
    (RefusedError, 502),
)
"""The first that fits."""
_DECLARED = (400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 502, 503)


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    type: str = "about:blank"
    title: str
    """The HTTP status in words."""
    status: int
    detail: str
    """One sentence: what is wrong, where, what to do."""
    instance: str | None = None
    """What was asked for."""


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def problem_responses() -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: what any route may answer."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _title_of(status), "content": content} for status in _DECLARED}


def add_problem_handlers(app: FastAPI) -> None:
    """Have every error of the application answered as a problem."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(MultitrackError, _on_ours)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_bug)


def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - for the type checker
    headers = error.headers
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers = {"WWW-Authenticate": "Bearer", **headers}
    return _answer(request, error.status, error.detail, headers)


def _on_ours(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS_BY_ERROR if isinstance(error, kind)), 500)
    is_away = status == HTTPStatus.SERVICE_UNAVAILABLE
    return _answer(
        request, status, str(error), {"Retry-After": _RETRY_AFTER_SECONDS} if is_away else {}
    )


def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - for the type checker
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the request"
    return _answer(request, 422, f"{where}: {first['msg']}", {})


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type checker
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = f"{request.url.path}: there is nothing here; /openapi.json lists what there is"
    return _answer(request, error.status_code, detail, dict(error.headers or {}))


def _on_bug(request: Request, error: Exception) -> Response:
    _log.error("a request failed", extra={"path": request.url.path}, exc_info=error)
    return _answer(request, 500, "the gateway failed; its log says why", {})


def _answer(request: Request, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    problem = Problem(
        title=_title_of(status), status=status, detail=detail, instance=request.url.path
    )
    return JSONResponse(
        problem.model_dump(), status_code=status, headers=dict(headers), media_type=MEDIA_TYPE
    )


def _title_of(status: int) -> str:
    return _TITLES.get(status) or HTTPStatus(status).phrase
