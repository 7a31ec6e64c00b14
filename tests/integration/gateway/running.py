"""The gateway as it runs in a cluster: uvicorn on loopback, in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from multitrack.cluster.client import connect
from multitrack.gateway.app import create_app
from multitrack.gateway.authoriser import Authoriser
from multitrack.gateway.daily.intake import DailyIntake
from multitrack.gateway.services import Services
from multitrack.gateway.settings import GatewaySettings
from workflow_templates.runtime.store import S3Store

NAMESPACE = "meetings"
BUCKET = "recordings"


@contextmanager
def running_gateway(*, token: str = "", **settings: Any) -> Iterator[str]:
    """Serve for the length of a block; says where. `KUBECONFIG` and S3 come from the environment.

    Args:
        token: The gateway's own, with `authentication: token`.
        settings: Of gateway.yaml, beside namespaces and bucket.
    """
    told = {"jobNamespaces": [NAMESPACE], "storage": {"bucket": BUCKET}, **settings}
    started, running = threading.Event(), _Running()
    thread = threading.Thread(
        target=lambda: asyncio.run(
            running.serve(GatewaySettings.model_validate(told), token, started)
        ),
        daemon=True,
    )
    thread.start()
    assert started.wait(20), "the gateway does not start"
    try:
        yield running.url
    finally:
        assert running.server is not None
        running.server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the gateway does not stop"


class _Running:
    server: uvicorn.Server | None = None
    url = ""

    async def serve(self, settings: GatewaySettings, token: str, started: threading.Event) -> None:
        async with connect() as cluster:
            authoriser = Authoriser(cluster, settings.authentication, token=token)
            store = S3Store.open()
            daily = DailyIntake.from_environment(settings, cluster, store)
            services = Services(settings, cluster, store, authoriser, daily)
            config = uvicorn.Config(
                create_app(services),
                host="127.0.0.1",
                port=0,
                log_level="warning",
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=2,
            )
            self.server = uvicorn.Server(config)
            serving = asyncio.create_task(self.server.serve())
            while not self.server.started:  # noqa: ASYNC110 - uvicorn tells nobody
                await asyncio.sleep(0.01)
            port = self.server.servers[0].sockets[0].getsockname()[1]
            self.url = f"http://127.0.0.1:{port}"
            started.set()
            await serving
