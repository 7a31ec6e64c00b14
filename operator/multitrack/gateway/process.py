"""The gateway's process: wires the parts, serves until a signal comes, and lets requests end."""

import os

import uvicorn

from multitrack.cluster.client import connect
from multitrack.gateway.app import create_app
from multitrack.gateway.authoriser import Authoriser
from multitrack.gateway.daily.intake import DailyIntake
from multitrack.gateway.services import Services
from multitrack.gateway.settings import Authentication, GatewaySettings
from multitrack.logs import log_as_json
from workflow_templates.runtime.errors import SettingsError
from workflow_templates.runtime.store import S3Store

__all__ = ["TOKEN_VARIABLE", "run_gateway"]

TOKEN_VARIABLE = "MULTITRACK_GATEWAY_TOKEN"  # noqa: S105 - where the token is
_GRACE_SECONDS = 20
"""For requests under way when a signal comes; Kubernetes kills after 30."""


async def run_gateway(settings: GatewaySettings) -> None:
    """Serve.

    Raises:
        ClusterRefusedError: There is no cluster to talk to.
        SettingsError: A secret in the environment is missing or malformed, or the port is taken.
    """
    token = os.environ.get(TOKEN_VARIABLE, "")
    if settings.authentication is Authentication.TOKEN and not token:
        raise SettingsError(f"authentication is token, and ${TOKEN_VARIABLE} is not set; set it")
    log_as_json(settings.log_level)
    storage = settings.storage
    store = S3Store.open(endpoint_url=storage.endpoint_url, region=storage.region)
    async with connect() as cluster:
        services = Services(
            settings,
            cluster,
            store,
            Authoriser(cluster, settings.authentication, token=token),
            DailyIntake.from_environment(settings, cluster, store),
        )
        config = uvicorn.Config(
            create_app(services),
            host="0.0.0.0",  # noqa: S104 - a pod serves the cluster
            port=settings.port,
            log_config=None,
            access_log=False,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            server_header=False,
        )
        server = uvicorn.Server(config)
        try:
            await server.serve()
        except SystemExit as error:
            raise SettingsError(f"port {settings.port} cannot be served; is it taken?") from error
