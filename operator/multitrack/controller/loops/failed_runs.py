"""Failed-run monitor: how many jobs have failed within the last hour, in a figure and the log."""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from multitrack.api.reasons import ConditionType, Phase, SucceededReason
from multitrack.api.recording_job import RecordingJob
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.settings import FailedRunsSettings
from workflow_templates.contracts.base import Seconds

__all__ = ["FailedRunMonitor"]

_log = logging.getLogger("multitrack.loops")

_HOUR = timedelta(hours=1)
_NAMED = 10
"""So many jobs are named in one line of the log."""


class FailedRunMonitor:
    """Counts by reason; a line of the log names the jobs whenever there are new ones."""

    name = "failed-runs"

    def __init__(
        self,
        jobs: Callable[[], Iterable[RecordingJob]],
        settings: FailedRunsSettings,
        metrics: LoopMetrics,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._metrics = metrics
        self._jobs = jobs
        self._clock = clock
        self._known: frozenset[tuple[str, int]] = frozenset()
        self.interval: Seconds = settings.interval

    async def once(self) -> None:
        """Count, and name what is new."""
        since = self._clock() - _HOUR
        failed = [job for job in self._jobs() if _has_failed(job, since)]
        counts = dict.fromkeys(SucceededReason, 0)
        for job in failed:
            counts[_reason(job)] += 1
        for reason, count in counts.items():
            self._metrics.failed_jobs.labels(reason=reason.value).set(count)
        runs = {(job.uid, job.status.attempt): job for job in failed}
        fresh = [job for run, job in runs.items() if run not in self._known]
        self._known = frozenset(runs)
        if fresh:
            named = ", ".join(f"{job.namespace}/{job.name}" for job in fresh[:_NAMED])
            more = len(fresh) - _NAMED
            names = named + (f" and {more} more" if more > 0 else "")
            _log.error("jobs have failed", extra={"jobs": names, "count": len(failed)})


def _has_failed(job: RecordingJob, since: datetime) -> bool:
    ended = job.status.completion_time
    return job.status.phase is Phase.FAILED and ended is not None and ended >= since


def _reason(job: RecordingJob) -> SucceededReason:
    succeeded = job.status.condition(ConditionType.SUCCEEDED)
    try:
        return SucceededReason(succeeded.reason if succeeded else "")
    except ValueError:
        return SucceededReason.STEP_FAILED
