"""What waits to be sent to one follower: bounded, whoever is slow."""

import asyncio
from collections import deque
from collections.abc import Iterable
from enum import IntEnum

from multitrack.gateway.events.event import Event, EventName

__all__ = ["CloseCode", "Mailbox"]

MOST_WAITING = 256
"""Beyond what was replayed. DAG events do not count: only the newest one ever waits."""
_OF_THE_DAG = (EventName.DAG_STATUS, EventName.DAG_TASK_PROGRESS)


class CloseCode(IntEnum):
    """Why the gateway ends a WebSocket. Public API."""

    GOING_AWAY = 1001
    """The gateway stops; connect again."""
    TRY_AGAIN_LATER = 1013
    """The follower reads too slowly, or the cluster is away; connect again with `since`."""
    UNAUTHENTICATED = 4401
    """No token, or not a valid one."""
    FORBIDDEN = 4403
    """The token's owner may not read jobs of this namespace."""
    NOT_FOUND = 4404
    """There is no such job, or it was deleted."""


class Mailbox:
    """Events for one follower, in order. Of the DAG's only the newest are kept."""

    def __init__(self, replay: Iterable[Event] = ()) -> None:
        self._waiting = deque(replay)
        self._most = len(self._waiting) + MOST_WAITING
        self._arrived = asyncio.Event()
        self.closed: CloseCode | None = None
        """Why nothing more comes."""
        if self._waiting:
            self._arrived.set()

    def put(self, event: Event) -> None:
        """Add an event. Where too many wait, the mailbox closes."""
        if self.closed is not None:
            return
        if event.name is EventName.DAG_STATUS and self._waiting:
            kept = [each for each in self._waiting if each.name not in _OF_THE_DAG]
            self._waiting = deque(kept)
        self._waiting.append(event)
        if len(self._waiting) > self._most:
            self._drop_progress()
        self._arrived.set()

    def close(self, code: CloseCode) -> None:
        """Nothing more comes; what waits can still be had."""
        if self.closed is None:
            self.closed = code
            self._arrived.set()

    async def get(self) -> Event | None:
        """Await the next event; None: closed."""
        while not self._waiting:
            if self.closed is not None:
                return None
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()

    def _drop_progress(self) -> None:
        """Percentages can be done without; if the rest is still too much, close."""
        kept = [each for each in self._waiting if each.name is not EventName.DAG_TASK_PROGRESS]
        self._waiting = deque(kept)
        if len(self._waiting) > self._most:
            self._waiting.clear()
            self.close(CloseCode.TRY_AGAIN_LATER)
