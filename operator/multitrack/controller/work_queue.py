"""Which jobs are to be looked at, and when: each at most once at a time, none forgotten."""

import asyncio
from datetime import timedelta

__all__ = ["Key", "WorkQueue"]

Key = tuple[str, str]
"""Namespace and name of a job."""

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 60.0
"""Seconds; doubled from the first to the longest while looking at a job fails."""


class WorkQueue:
    """Keys, without doubles. A key that is added while it is worked on comes again afterwards."""

    def __init__(self) -> None:
        self._ready: asyncio.Queue[Key] = asyncio.Queue()
        self._waiting: set[Key] = set()
        self._at_work: set[Key] = set()
        self._again: set[Key] = set()
        self._failures: dict[Key, int] = {}
        self._timers: dict[Key, asyncio.TimerHandle] = {}

    def add(self, key: Key) -> None:
        """Look at it soon."""
        if key in self._at_work:
            self._again.add(key)
        elif key not in self._waiting:
            self._waiting.add(key)
            self._ready.put_nowait(key)

    def add_later(self, key: Key, delay: timedelta) -> None:
        """Look at it after a while; of several times the earliest counts."""
        loop = asyncio.get_running_loop()
        due = loop.time() + max(0.0, delay.total_seconds())
        known = self._timers.get(key)
        if known is not None and known.when() <= due:
            return
        if known is not None:
            known.cancel()
        self._timers[key] = loop.call_at(due, self._due, key)

    async def take(self) -> Key:
        """Wait for the next key; `done` or `failed` must follow."""
        key = await self._ready.get()
        self._waiting.discard(key)
        self._at_work.add(key)
        return key

    def done(self, key: Key) -> None:
        """It was looked at."""
        self._failures.pop(key, None)
        self._release(key)

    def failed(self, key: Key) -> None:
        """Looking failed; it comes again, later each time."""
        count = self._failures.get(key, 0)
        self._failures[key] = count + 1
        self._release(key)
        delay = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** min(count, 10))
        self.add_later(key, timedelta(seconds=delay))

    def _release(self, key: Key) -> None:
        self._at_work.discard(key)
        if key in self._again:
            self._again.discard(key)
            self.add(key)

    def _due(self, key: Key) -> None:
        self._timers.pop(key, None)
        self.add(key)
