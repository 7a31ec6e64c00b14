"""Polling backup: finds recordings of Daily's whose event never came, and has jobs made of them."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.seen import SeenRecordings
from multitrack.controller.loops.settings import PollingSettings
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.daily.client import DailyClient
from workflow_templates.runtime.daily.models import DailyRecording, RecordingType
from workflow_templates.runtime.errors import RefusedError

__all__ = ["DailyPolling", "MakeJob"]

_log = logging.getLogger("multitrack.loops")

MakeJob = Callable[[DailyRecording], Awaitable[bool]]
"""Makes the recording's job; False: there was one already."""


class DailyPolling:
    """Lists finished recordings of the last hours; those without a job get one."""

    name = "polling"

    def __init__(
        self,
        daily: DailyClient,
        seen: SeenRecordings,
        make_job: MakeJob,
        settings: PollingSettings,
        metrics: LoopMetrics,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._metrics = metrics
        self._daily = daily
        self._seen = seen
        self._make_job = make_job
        self._look_back = timedelta(hours=settings.look_back_hours)
        self._clock = clock
        self._refused: set[str] = set()
        self.interval: Seconds = settings.interval

    async def once(self) -> None:
        """Look at everything that started within the window."""
        await self._seen.load()
        earliest = self._clock() - self._look_back
        async for recording in self._daily.recordings():
            started = _start(recording)
            if started is None:
                continue
            if started < earliest:
                break
            if recording.id not in self._seen and _is_ready(recording):
                await self._admit(recording, started)
        await self._seen.forget_before(earliest)

    async def _admit(self, recording: DailyRecording, started: datetime) -> None:
        """The job first, then the mark: a crash in between makes nothing twice, nothing lost."""
        try:
            is_new = await self._make_job(recording)
        except RefusedError as error:
            # One recording that the cluster refuses must not hide those after it.
            if recording.id not in self._refused:
                self._refused.add(recording.id)
                extra = {"recording": recording.id, "error": str(error)}
                _log.error("recording refused", extra=extra)
            return
        if is_new:
            self._metrics.missed_recordings.inc()
            _log.info("missed recording found", extra={"recording": recording.id})
        await self._seen.add(recording.id, started)


def _is_ready(recording: DailyRecording) -> bool:
    return recording.is_finished and recording.kind is not RecordingType.UNKNOWN


def _start(recording: DailyRecording) -> datetime | None:
    if recording.start_ts is None:
        return None
    try:
        return datetime.fromtimestamp(int(recording.start_ts), UTC)
    except (OverflowError, OSError, ValueError):
        return None
