"""/livez, /readyz and /metrics over HTTP."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from workflow_templates.runtime.errors import SettingsError

__all__ = ["serve_health"]


@asynccontextmanager
async def serve_health(
    port: int,
    is_alive: Callable[[], str | None],
    is_ready: Callable[[], str | None],
    notes: Callable[[], Iterable[str]],
) -> AsyncIterator[None]:
    """Serve while the block runs.

    Args:
        port: Of all addresses.
        is_alive: What is wrong so that only a restart helps; None: nothing.
        is_ready: What is still missing before jobs are followed; None: nothing.
        notes: What a person should know who asks whether it is ready; jobs are followed anyway.

    Raises:
        SettingsError: The port is taken.
    """

    async def live(_: web.Request) -> web.Response:
        return _answer(is_alive())

    async def ready(_: web.Request) -> web.Response:
        return _answer(is_ready(), notes())

    async def metrics(_: web.Request) -> web.Response:
        body = generate_latest(REGISTRY)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes(
        [web.get("/livez", live), web.get("/readyz", ready), web.get("/metrics", metrics)]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, port=port).start()
        except OSError as error:
            raise SettingsError(f"port {port} cannot be served ({error.strerror})") from error
        yield
    finally:
        await runner.cleanup()


def _answer(problem: str | None, notes: Iterable[str] = ()) -> web.Response:
    text = problem or "\n".join(["ok", *notes])
    return web.Response(text=text, status=503 if problem else 200)
