"""How many requests may start per second, over all that run at once."""

import asyncio
from collections.abc import Callable

from workflow_templates.contracts.base import Seconds

__all__ = ["RateLimit"]


class RateLimit:
    """A token bucket that holds one token: requests start at least `1 / rate` apart.

    It is kept as the time at which the next token is there (the generic cell rate algorithm, ITU-T
    I.371), so that waiting needs no timer of its own.
    """

    def __init__(self, requests_per_second: float, clock: Callable[[], Seconds]) -> None:
        self._interval: Seconds = 1.0 / requests_per_second
        self._clock = clock
        self._next_start: Seconds = clock()

    def reserve(self) -> Seconds:
        """Take the next free place; returns how long to wait for it."""
        now = self._clock()
        start = max(now, self._next_start)
        self._next_start = start + self._interval
        return start - now

    def hold(self, pause: Seconds) -> None:
        """Let nothing start for a while: the endpoint said so to one, it means all."""
        self._next_start = max(self._next_start, self._clock() + pause)

    async def wait(self) -> None:
        """Wait for the next free place."""
        await asyncio.sleep(self.reserve())
