"""/livez, /readyz and /metrics.

An API server or a bucket that is away makes the gateway neither dead nor unready: events are still
taken where one of the two is there, and a restart would help nobody.
"""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/livez")
@router.get("/readyz")
async def serving() -> Response:
    """It serves, as this answer shows."""
    return Response("ok", media_type="text/plain")


@router.get("/metrics")
async def metrics() -> Response:
    """For Prometheus."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
