"""`POST /v1/daily/webhook`."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from multitrack.gateway.daily.intake import DailyIntake
from multitrack.gateway.daily.receiver import Outcome
from multitrack.gateway.daily.signature import is_test_ping, moment_of
from multitrack.gateway.problems import ProblemError
from multitrack.gateway.services import ServicesOf

__all__ = ["router"]

router = APIRouter(prefix="/v1/daily", tags=["Daily"])

_TIMESTAMP, _SIGNATURE = "X-Webhook-Timestamp", "X-Webhook-Signature"
_HANDED_ON = ("content-type", "user-agent", "x-webhook-timestamp", "x-webhook-signature")


class Received(BaseModel):
    """The answer to Daily, which looks at its status alone."""

    outcome: Outcome | None
    """None: a test ping."""


@router.post(
    "/webhook",
    summary="Take an event of Daily's",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
async def webhook(request: Request, services: ServicesOf) -> Received:
    """An authentic event is answered with 200 whatever is in it; what cannot be used is kept.

    `X-Webhook-Timestamp` and `X-Webhook-Signature` prove where it comes from.
    """
    daily = services.daily
    if daily is None:
        raise ProblemError(404, "Daily's events are not taken here: no webhook secret is set")
    body = await _body(request, daily)
    timestamp = request.headers.get(_TIMESTAMP, "")
    if is_test_ping(body):
        return Received(outcome=None)
    if not daily.signatures.are_right(body, timestamp, request.headers.get(_SIGNATURE, "")):
        daily.metrics.rejected.labels(why="signature").inc()
        raise ProblemError(401, "the signature is missing or wrong; check the webhook's secret")
    headers = {name: value for name, value in request.headers.items() if name in _HANDED_ON}
    return Received(outcome=await daily.receiver.receive(body, headers, moment_of(timestamp)))


async def _body(request: Request, daily: DailyIntake) -> bytes:
    """The bytes, no more of them than allowed: a length that is told may be a lie."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > daily.largest_body:
            daily.metrics.rejected.labels(why="size").inc()
            raise ProblemError(413, f"an event has at most {daily.largest_body} bytes")
    return bytes(body)
