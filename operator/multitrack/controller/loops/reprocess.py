"""Nightly reprocess: failed jobs are run again once a night, where trying again can help.

It raises `spec.attempt`, as a person would; finished transcription is taken from the run before.
What it has done stands in the job's annotations, so that no restart does it twice.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from multitrack.api import names
from multitrack.api.reasons import ConditionType, Phase, SucceededReason
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import timestamp
from multitrack.cluster.client import Cluster
from multitrack.cluster.errors import ClusterRefusedError, ConflictError, NotFoundError
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.settings import ReprocessSettings
from workflow_templates.contracts.base import Seconds

__all__ = ["MENDABLE", "NightlyReprocess", "is_due", "night_before"]

_log = logging.getLogger("multitrack.loops")

MENDABLE = frozenset(
    {
        SucceededReason.DEADLINE_EXCEEDED,
        SucceededReason.LANGUAGE_MODEL,
        SucceededReason.OUT_OF_MEMORY,
        SucceededReason.POD_CANNOT_START,
        SucceededReason.STEP_FAILED,
        SucceededReason.STORAGE_FULL,
        SucceededReason.TEMPORARY,
        SucceededReason.WORKFLOW_ERROR,
    }
)
"""Failures that pass by themselves, or that somebody may have mended without touching the job. Bad
input stays bad, who refused refuses again, and what a person stopped is left alone."""

_CATCH_UP = timedelta(hours=3)
"""An operator that was away at the hour does it later, but not in the middle of the day."""
_LARGEST_ATTEMPT = 999


class NightlyReprocess:
    """Raises the attempt of failed jobs at an hour of the night."""

    name = "reprocess"
    interval: Seconds = 120.0

    def __init__(
        self,
        cluster: Cluster,
        jobs: Callable[[], Iterable[RecordingJob]],
        settings: ReprocessSettings,
        metrics: LoopMetrics,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._metrics = metrics
        self._cluster = cluster
        self._jobs = jobs
        self._settings = settings
        self._clock = clock

    async def once(self) -> None:
        """Run again what is due; nothing outside the night's hours."""
        now = self._clock()
        night = night_before(now, self._settings.hour_utc)
        if now - night >= _CATCH_UP:
            return
        for job in list(self._jobs()):
            if is_due(job, night, self._settings.at_most):
                await self._run_again(job, now)

    async def _run_again(self, job: RecordingJob, now: datetime) -> None:
        patch = {
            "metadata": {
                # Whoever changed the job meanwhile knows better.
                "resourceVersion": job.resource_version,
                "annotations": {
                    names.REPROCESSED_AT_ANNOTATION: timestamp(now),
                    names.REPROCESSED_ANNOTATION: str(_nights(job) + 1),
                },
            },
            "spec": {"attempt": job.spec.attempt + 1},
        }
        try:
            await self._cluster.patch_job(job.namespace, job.name, patch)
        except (ConflictError, NotFoundError):
            return
        except ClusterRefusedError as error:
            about = {"job": job.name, "namespace": job.namespace, "error": str(error)}
            _log.warning("job not run again", extra=about)
            return
        self._metrics.reprocessed.inc()
        _log.info(
            "job run again", extra={"job": job.name, "namespace": job.namespace, "loop": self.name}
        )


def night_before(now: datetime, hour: int) -> datetime:
    """The last time that it was so many hours past midnight, UTC."""
    night = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return night if night <= now else night - timedelta(days=1)


def is_due(job: RecordingJob, night: datetime, at_most: int) -> bool:
    """Whether a job failed before that night, may be mended, and has not had its tries."""
    status, spec = job.status, job.spec
    succeeded = status.condition(ConditionType.SUCCEEDED)
    if status.phase is not Phase.FAILED or succeeded is None or succeeded.reason not in MENDABLE:
        return False
    if spec.cancel or spec.suspend or job.is_being_deleted:
        return False
    if spec.attempt != status.attempt or spec.attempt >= _LARGEST_ATTEMPT:
        return False  # somebody has asked for a run already
    if status.completion_time is None or status.completion_time > night:
        return False
    return _nights(job) < at_most and not _was_run_since(job, night)


def _nights(job: RecordingJob) -> int:
    text = job.annotations.get(names.REPROCESSED_ANNOTATION, "")
    return int(text) if text.isdecimal() else 0


def _was_run_since(job: RecordingJob, night: datetime) -> bool:
    try:
        last = datetime.fromisoformat(job.annotations[names.REPROCESSED_AT_ANNOTATION])
    except (KeyError, ValueError):
        return False
    return last.tzinfo is not None and last >= night
