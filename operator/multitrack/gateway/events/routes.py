"""WebSockets: `/v1/jobs/{name}/events`, and the legacy address of the same."""

import asyncio
import contextlib
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from multitrack.cluster.errors import NotFoundError
from multitrack.gateway.authorisation import is_from_elsewhere, token_of_protocols
from multitrack.gateway.events.hub import Hub
from multitrack.gateway.events.mailbox import CloseCode, Mailbox
from multitrack.gateway.services import Services
from workflow_templates.runtime.errors import MultitrackError

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["events"])

_PROTOCOLS = ("multitrack.events", "bearer")
_SEND_PATIENCE = 30.0
"""Seconds that a follower may take for one message."""


@router.websocket("/jobs/{name}/events")
@router.websocket("/transcripts/{name}/events")
async def follow_job(
    socket: WebSocket,
    name: str,
    namespace: Annotated[str, Query()] = "",
    since: Annotated[str | None, Query()] = None,
) -> None:
    """Tell what happens to a job, until the follower leaves."""
    services: Services = socket.app.state.services
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(next((each for each in offered if each in _PROTOCOLS), None))
    try:
        code = await _refusal(services, socket, namespace)
        if code is None:
            hub: Hub = socket.app.state.hub
            where = namespace or services.settings.job_namespaces[0]
            async with hub.follow(where, name, since) as mailbox:
                code = await _converse(socket, mailbox)
    except NotFoundError:
        code = CloseCode.NOT_FOUND
    except MultitrackError:
        code = CloseCode.TRY_AGAIN_LATER
    if code is not None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(code, code.name.replace("_", " ").lower())


async def _refusal(services: Services, socket: WebSocket, namespace: str) -> CloseCode | None:
    """Why not; None: welcome."""
    user = await services.authoriser.user_of(_token(socket))
    if user is None:
        return CloseCode.UNAUTHENTICATED
    if user.is_anonymous and is_from_elsewhere(socket):
        return CloseCode.FORBIDDEN
    served = services.settings.job_namespaces
    where = namespace or served[0]
    if where not in served:
        return CloseCode.NOT_FOUND
    if not await services.authoriser.may(user, "get", where):
        return CloseCode.FORBIDDEN
    return None


def _token(socket: WebSocket) -> str | None:
    scheme, _, token = socket.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return token_of_protocols(socket.scope.get("subprotocols", []))


async def _converse(socket: WebSocket, mailbox: Mailbox) -> CloseCode | None:
    """Send until one side ends it; None: the follower has left."""
    leaving = asyncio.create_task(_until_left(socket))
    sending = asyncio.create_task(_send(socket, mailbox))
    try:
        await asyncio.wait((leaving, sending), return_when=asyncio.FIRST_COMPLETED)
        return None if leaving.done() else sending.result()
    finally:
        for task in (leaving, sending):
            task.cancel()
        await asyncio.gather(leaving, sending, return_exceptions=True)


async def _until_left(socket: WebSocket) -> None:
    """Followers have nothing to say; what they send is passed over."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _send(socket: WebSocket, mailbox: Mailbox) -> CloseCode | None:
    while (event := await mailbox.get()) is not None:
        try:
            async with asyncio.timeout(_SEND_PATIENCE):
                await socket.send_text(event.text)
        except TimeoutError:
            return CloseCode.TRY_AGAIN_LATER
        except (RuntimeError, WebSocketDisconnect):
            return None
    return mailbox.closed
