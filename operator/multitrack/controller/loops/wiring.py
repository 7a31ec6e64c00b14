"""Which loops run in this installation, with everything that they need."""

import logging
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import timestamp
from multitrack.cluster.client import Cluster
from multitrack.cluster.errors import ClusterAwayError, ClusterRefusedError
from multitrack.controller.loops.failed_runs import FailedRunMonitor
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.reprocess import NightlyReprocess
from multitrack.controller.loops.runner import Loop
from multitrack.controller.loops.webhook_monitor import Announce, WebhookMonitor
from multitrack.controller.settings import OperatorSettings
from workflow_templates.runtime.daily.client import DailyClient
from workflow_templates.runtime.daily.failures import API_KEY_VARIABLE

__all__ = ["open_loops"]

_log = logging.getLogger("multitrack.loops")


@asynccontextmanager
async def open_loops(
    cluster: Cluster,
    settings: OperatorSettings,
    jobs: Callable[[], Iterable[RecordingJob]],
    metrics: LoopMetrics,
) -> AsyncIterator[list[Loop]]:
    """Make the loops that are switched on; what they have open is closed in the end.

    Args:
        cluster: Connected.
        settings: Of the operator.
        jobs: What the operator knows of jobs, now.
        metrics: The loops'.

    Raises:
        SettingsError: Daily's address is no URL.
    """
    told = settings.loops
    loops: list[Loop] = []
    if told.reprocess.enabled:
        loops.append(NightlyReprocess(cluster, jobs, told.reprocess, metrics))
    if told.failed_runs.enabled:
        loops.append(FailedRunMonitor(jobs, told.failed_runs, metrics))
    async with AsyncExitStack() as stack:
        if os.environ.get(API_KEY_VARIABLE):
            daily = await stack.enter_async_context(DailyClient.connect(settings.daily.api_url))
            if told.webhook_monitor.enabled:
                announce = _announcer(cluster, settings.job_namespaces[0])
                loops.append(WebhookMonitor(daily, announce, told.webhook_monitor, metrics))
        for loop in loops:
            _log.info("loop runs", extra={"loop": loop.name})
        yield loops


def _announcer(cluster: Cluster, namespace: str) -> Announce:
    """Posts Events about the namespace in which Daily's recordings become jobs, if it can."""

    async def announce(reason: str, message: str) -> None:
        about = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "name": namespace,
            "namespace": namespace,
        }
        now = timestamp(datetime.now(UTC))
        try:
            await cluster.post_event(about, reason=reason, message=message, is_warning=True, at=now)
        except (ClusterAwayError, ClusterRefusedError) as error:
            _log.warning("event not posted", extra={"namespace": namespace, "error": str(error)})

    return announce
