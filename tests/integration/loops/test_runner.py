"""The runner: every loop goes on, whatever happens to the others."""

import asyncio
from collections.abc import Callable

from prometheus_client import CollectorRegistry

from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.runner import run_loops
from workflow_templates.runtime.errors import TemporaryError


class Counting:
    """A loop that counts its looks and does what it is told at each."""

    def __init__(self, name: str, act: Callable[[int], None], enough: int) -> None:
        self.name = name
        self.interval = 0.001
        self.looks = 0
        self.had_enough = asyncio.Event()
        self._act = act
        self._enough = enough

    async def once(self) -> None:
        self.looks += 1
        if self.looks >= self._enough:
            self.had_enough.set()
        self._act(self.looks)


def fail_twice(look: int) -> None:
    if look <= 2:
        raise TemporaryError("Daily: away; try again later")


def break_always(_: int) -> None:
    raise ZeroDivisionError


def do_nothing(_: int) -> None:
    pass


async def test_loops_that_fail_are_counted_and_stop_neither_themselves_nor_others(
    registry: CollectorRegistry,
) -> None:
    loops = [
        Counting("mends", fail_twice, 5),
        Counting("broken", break_always, 4),
        Counting("sound", do_nothing, 5),
    ]
    running = asyncio.create_task(run_loops(loops, LoopMetrics(registry)))
    async with asyncio.timeout(10):
        for loop in loops:
            await loop.had_enough.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    def count(loop: str, outcome: str) -> float:
        labels = {"loop": loop, "outcome": outcome}
        return registry.get_sample_value("multitrack_loop_runs_total", labels) or 0.0

    assert count("mends", "failed") == 2
    assert count("mends", "done") >= 2
    assert count("broken", "failed") >= 3
    assert count("sound", "failed") == 0
    last = "multitrack_loop_last_success_timestamp_seconds"
    assert registry.get_sample_value(last, {"loop": "sound"})
    assert registry.get_sample_value(last, {"loop": "broken"}) is None


async def test_without_loops_the_runner_waits_to_be_cancelled(registry: CollectorRegistry) -> None:
    running = asyncio.create_task(run_loops([], LoopMetrics(registry)))
    done, _ = await asyncio.wait({running}, timeout=0.05)
    assert not done
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
