"""Runs control loops side by side: what one of them cannot do stops none of the others."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Protocol

from multitrack.controller.loops.metrics import LoopMetrics
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.errors import MultitrackError

__all__ = ["Loop", "run_loops"]

_log = logging.getLogger("multitrack.loops")

_LONGEST_PAUSE: Seconds = 300.0
"""After failures the pause grows to this, or to the loop's own interval if that is longer."""


class Loop(Protocol):
    """Something that is done again and again."""

    @property
    def name(self) -> str:
        """In logs and metrics."""

    @property
    def interval(self) -> Seconds:
        """From the end of one look to the beginning of the next."""

    async def once(self) -> None:
        """Do it once. Whatever it raises is reported, and it is done again later."""


async def run_loops(loops: Sequence[Loop], metrics: LoopMetrics) -> None:
    """Run all of them until cancelled; without any, wait for that."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(asyncio.Event().wait())
        for loop in loops:
            tasks.create_task(_keep_running(loop, metrics))


async def _keep_running(loop: Loop, metrics: LoopMetrics) -> None:
    failures = 0
    metrics.expect(loop.name)
    while True:
        failures = 0 if await _run_once(loop, metrics) else failures + 1
        longest = max(_LONGEST_PAUSE, loop.interval)
        await asyncio.sleep(min(loop.interval * 2.0 ** min(failures, 10), longest))


async def _run_once(loop: Loop, metrics: LoopMetrics) -> bool:
    """Whether it went well."""
    try:
        await loop.once()
    except MultitrackError as error:
        _log.warning("loop failed", extra={"loop": loop.name, "error": str(error)})
    except Exception:  # noqa: BLE001 - the edge: one broken loop must not stop the others
        _log.exception("loop failed unexpectedly", extra={"loop": loop.name})
    else:
        metrics.runs.labels(loop=loop.name, outcome="done").inc()
        metrics.last_success.labels(loop=loop.name).set(time.time())
        return True
    metrics.runs.labels(loop=loop.name, outcome="failed").inc()
    return False
