"""Puts the gateway together: routes, errors, and what runs beside them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI

from multitrack.api.recording_job import RecordingJob
from multitrack.gateway import health, me
from multitrack.gateway.daily import routes as daily
from multitrack.gateway.events import routes as events
from multitrack.gateway.events.hub import Hub
from multitrack.gateway.files import routes as files
from multitrack.gateway.files.access import address_of
from multitrack.gateway.jobs import actions, consent
from multitrack.gateway.jobs import routes as jobs
from multitrack.gateway.page import routes as page
from multitrack.gateway.problems import Problem, add_problem_handlers, problem_responses
from multitrack.gateway.services import Services
from multitrack.gateway.transcripts import routes as transcripts

__all__ = ["create_app", "openapi"]

_ROUTERS = (
    jobs.router,
    actions.router,
    consent.router,
    files.router,
    transcripts.router,
    events.router,
    me.router,
    daily.router,
    health.router,
    page.router,
)
_DESCRIPTION = (
    "Recorded meetings: have them processed, follow them, fetch what came of them. Errors are "
    "`application/problem+json`. Jobs tell what happens to them on a WebSocket, "
    "`/v1/jobs/{name}/events`."
)


def create_app(services: Services) -> FastAPI:
    """The application; its lifespan watches jobs for those who follow them."""

    def read(job: RecordingJob, key: str) -> bytes:
        return services.store.read(address_of(services, job, key))

    hub = Hub(services.cluster, services.settings.job_namespaces, read)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(hub.run())
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    app = _application(lifespan)
    app.state.services = services
    app.state.hub = hub
    return app


def openapi() -> dict[str, Any]:
    """The description of the API, without anything to serve it with."""
    return _application(None).openapi()


def _application(lifespan: Any) -> FastAPI:  # noqa: ANN401 - Starlette's own type is private
    app = FastAPI(
        title="Multitrack",
        version=version("multitrack"),
        description=_DESCRIPTION,
        responses=problem_responses(),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    add_problem_handlers(app)
    for router in _ROUTERS:
        app.include_router(router)
    _describe(app)
    return app


def _describe(app: FastAPI) -> None:
    """Add the schema of problems, which no route returns as a model."""
    described = app.openapi

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = described()
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = Problem.model_json_schema()
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]
