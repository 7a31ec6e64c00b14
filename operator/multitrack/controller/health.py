"""/livez, /readyz and /metrics over HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

__all__ = ["PORT", "serve_health"]

PORT = 8080


@asynccontextmanager
async def serve_health(
    is_alive: Callable[[], str | None], is_ready: Callable[[], str | None], port: int = PORT
) -> AsyncIterator[None]:
    """Serve while the block runs.

    Args:
        is_alive: What is wrong so that only a restart helps; None: nothing.
        is_ready: What is still missing before jobs are followed; None: nothing.
        port: Of all addresses.
    """

    async def live(_: web.Request) -> web.Response:
        return _answer(is_alive())

    async def ready(_: web.Request) -> web.Response:
        return _answer(is_ready())

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
        await web.TCPSite(runner, port=port).start()
        yield
    finally:
        await runner.cleanup()


def _answer(problem: str | None) -> web.Response:
    return web.Response(text=problem or "ok", status=503 if problem else 200)
