"""The operator's process: wires the parts, runs them, ends when one of them does."""

import asyncio
import logging
import signal
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import kopf

from multitrack.cluster.client import connect
from multitrack.cluster.errors import ClusterAwayError
from multitrack.controller.handlers import operator_settings, register
from multitrack.controller.health import serve_health
from multitrack.controller.installation import Installation
from multitrack.controller.loop import Controller
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.runner import run_loops
from multitrack.controller.loops.wiring import open_loops
from multitrack.controller.metrics import Metrics
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.startup_check import store_of
from multitrack.logs import log_as_json
from workflow_templates.argo.settings import InstallSettings

__all__ = ["run_operator"]

_log = logging.getLogger("multitrack.operator")

_SILENCE = timedelta(minutes=5)
"""A loop that has not even looked at the clock for so long hangs."""


async def run_operator(settings: OperatorSettings, profiles: Mapping[str, InstallSettings]) -> None:
    """Follow jobs until a signal comes.

    Raises:
        ClusterRefusedError: There is no cluster to talk to.
    """
    log_as_json(settings.log_level)
    stop, ready = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with connect() as cluster:
        metrics = Metrics(settings=settings.monitoring)
        loop_metrics = LoopMetrics()
        open_store = store_of(settings.storage)
        controller = Controller(cluster, settings, profiles, metrics, open_store)
        installation = Installation(cluster, settings, profiles, metrics, open_store)

        def is_alive() -> str | None:
            silent = datetime.now(UTC) - controller.last_look
            limit = _SILENCE + timedelta(seconds=settings.resync_interval)
            return f"the loop hangs since {controller.last_look}" if silent > limit else None

        def is_ready() -> str | None:
            return None if ready.is_set() else "not watching yet"

        def notes() -> list[str]:
            return [problem.sentence for problem in installation.problems]

        async with (
            open_loops(
                cluster,
                settings,
                controller.jobs,
                loop_metrics,
                controller.templates,
                open_store,
            ) as loops,
            serve_health(settings.port, is_alive, is_ready, notes),
        ):
            by_clock = asyncio.create_task(run_loops(loops, loop_metrics))
            look = asyncio.create_task(installation.keep_looking(controller.see_problems))
            work = asyncio.create_task(controller.run())
            watch = asyncio.create_task(
                kopf.operator(
                    registry=register(controller),
                    settings=operator_settings(),
                    namespaces=settings.job_namespaces,
                    standalone=True,
                    stop_flag=stop,
                    ready_flag=ready,
                )
            )
            tasks = (look, work, watch, by_clock)
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            for task in (look, work, by_clock):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if broken := next(filter(None, map(_failure, tasks)), None):
                raise ClusterAwayError(f"the operator stopped: {broken}; its pod is restarted")


def _failure(task: "asyncio.Task[None]") -> BaseException | None:
    return None if task.cancelled() else task.exception()
