"""What every route needs, wired once."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from multitrack.cluster.client import Cluster
from multitrack.gateway.authoriser import Authoriser
from multitrack.gateway.daily.intake import DailyIntake
from multitrack.gateway.settings import GatewaySettings
from workflow_templates.runtime.store import S3Store

__all__ = ["Services", "ServicesOf", "services_of"]


@dataclass(frozen=True, slots=True)
class Services:
    """The gateway's connections to the rest of the world."""

    settings: GatewaySettings
    cluster: Cluster
    store: S3Store
    """Blocks: call it in a thread."""
    authoriser: Authoriser
    daily: DailyIntake | None = None
    """None: no webhook secret is set, and no events are taken."""


async def services_of(connection: HTTPConnection) -> Services:
    """FastAPI dependency; a coroutine, because FastAPI gives each plain function a thread."""
    found: Services = connection.app.state.services
    return found


ServicesOf = Annotated[Services, Depends(services_of)]
