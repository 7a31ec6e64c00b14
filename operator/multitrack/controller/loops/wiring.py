"""Which loops run in this installation, with everything that they need."""

import logging
import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import httpx

from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import timestamp
from multitrack.cluster.client import Cluster
from multitrack.cluster.errors import ClusterAwayError, ClusterRefusedError
from multitrack.controller.loops.consent_sweep import ConsentSweep
from multitrack.controller.loops.deletion_workflows import DeletionWorkflows
from multitrack.controller.loops.deletions import Deletions
from multitrack.controller.loops.failed_runs import FailedRunMonitor
from multitrack.controller.loops.inbox import InboxLoop
from multitrack.controller.loops.legacy import LegacyPipeline
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.polling import DailyPolling, MakeJob
from multitrack.controller.loops.reprocess import NightlyReprocess
from multitrack.controller.loops.runner import Loop
from multitrack.controller.loops.seen import SeenRecordings
from multitrack.controller.loops.webhook_monitor import Announce, WebhookMonitor
from multitrack.controller.loops.zulip_progress import SecretOf, ZulipProgress
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.templates import Templates
from multitrack.intake.inbox import Inbox
from multitrack.intake.jobs import create_once, recording_job
from multitrack.intake.provider import Routing
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.runtime.daily.client import DailyClient
from workflow_templates.runtime.daily.failures import API_KEY_VARIABLE
from workflow_templates.runtime.daily.models import DailyRecording
from workflow_templates.runtime.deletions import DeletionList
from workflow_templates.runtime.store import S3Store

__all__ = ["open_loops"]

_log = logging.getLogger("multitrack.loops")


@asynccontextmanager
async def open_loops(
    cluster: Cluster,
    settings: OperatorSettings,
    jobs: Callable[[], Iterable[RecordingJob]],
    metrics: LoopMetrics,
    templates: Templates,
    open_store: Callable[[], S3Store],
) -> AsyncIterator[list[Loop]]:
    """Make the loops that are switched on; what they have open is closed in the end.

    Args:
        cluster: Connected.
        settings: Of the operator.
        jobs: What the operator knows of jobs, now.
        metrics: The loops'.
        templates: What Workflows refer to.
        open_store: Opens the bucket's store.

    Raises:
        SettingsError: Daily's address is no URL, or the provider cannot be.
    """
    told = settings.loops
    routing = Routing.from_environment(
        legacy_url=settings.daily.legacy_url, fallback=settings.daily.fallback_to_legacy
    )
    make_job = _job_maker(cluster, settings, routing)
    storage = settings.storage
    store = open_store()
    entries = DeletionList(store, storage.bucket)
    workflows = DeletionWorkflows(cluster, entries, templates, settings.job_namespaces)
    chosen: tuple[tuple[bool, Loop], ...] = (
        (told.reprocess.enabled, NightlyReprocess(cluster, jobs, told.reprocess, metrics)),
        (told.failed_runs.enabled, FailedRunMonitor(jobs, told.failed_runs, metrics)),
        (
            told.deletions.enabled,
            Deletions(entries, workflows, told.deletions, metrics),
        ),
        (told.consent_sweep.enabled, ConsentSweep(cluster, entries, jobs, settings, metrics)),
        (
            settings.delivery.zulip.progress,
            ZulipProgress(
                jobs,
                store,
                storage.bucket,
                settings.delivery,
                _secret_reader(cluster, templates.profiles),
            ),
        ),
    )
    loops: list[Loop] = [loop for is_on, loop in chosen if is_on]
    async with AsyncExitStack() as stack:
        if told.inbox.enabled:
            hand_on = None
            if routing.legacy_url:
                http = await stack.enter_async_context(httpx.AsyncClient())
                hand_on = LegacyPipeline(http, routing.legacy_url).hand_on
            inbox = Inbox(store, storage.bucket)
            loops.append(
                InboxLoop(
                    inbox, make_job, hand_on, told.inbox, metrics, falls_back=routing.fallback
                )
            )
        if os.environ.get(API_KEY_VARIABLE):
            daily = await stack.enter_async_context(DailyClient.connect(settings.daily.api_url))
            if told.polling.enabled and routing.makes_jobs:
                seen = SeenRecordings(store, storage.bucket)
                loops.append(DailyPolling(daily, seen, make_job, told.polling, metrics))
            if told.webhook_monitor.enabled:
                announce = _announcer(cluster, settings.job_namespaces[0])
                loops.append(WebhookMonitor(daily, announce, told.webhook_monitor, metrics))
        else:
            _log.info("no API key: nothing is asked of Daily")
        for loop in loops:
            _log.info("loop runs", extra={"loop": loop.name})
        yield loops


def _job_maker(cluster: Cluster, settings: OperatorSettings, routing: Routing) -> MakeJob:
    """Makes jobs as the gateway does: whoever is first makes the only one."""
    told = settings.daily.jobs
    if not told.namespace:
        told = told.model_copy(update={"namespace": settings.job_namespaces[0]})

    async def make(recording: DailyRecording) -> bool:
        return await create_once(cluster, recording_job(recording, told, shadow=routing.shadow))

    return make


def _secret_reader(cluster: Cluster, profiles: Mapping[str, InstallSettings]) -> SecretOf:
    """Reads from the job's namespace what its profile names."""

    async def read(job: RecordingJob, variable: str) -> str:
        profile = profiles.get(job.spec.profile)
        secret = profile.secrets.get(variable) if profile else None
        if secret is None:
            return ""
        return await cluster.secret_value(job.namespace, secret.name, secret.key) or ""

    return read


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
