"""Does with an authentic event what has to be done, before Daily gets its answer."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from prometheus_client import REGISTRY, CollectorRegistry, Counter

from multitrack.cluster.client import Cluster
from multitrack.intake.events import DailyEvent, EventKind, read_event
from multitrack.intake.inbox import Duty, Inbox, InboxEntry
from multitrack.intake.jobs import DailyJobs, create_once, recording_job
from multitrack.intake.provider import Routing
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.daily.models import DailyRecording
from workflow_templates.runtime.errors import MultitrackError, TemporaryError

__all__ = ["EventMetrics", "Outcome", "Receiver"]

_log = logging.getLogger("multitrack.gateway")

_OLDEST = timedelta(days=1)
"""An event signed longer ago is a replay, or of no use any more: polling has found its recording.
Daily itself tries for a quarter of an hour."""
_PATIENCE: Seconds = 2.0
"""For the API server. Daily wants its answer soon, and the inbox is as safe a place."""
_INBOX_PATIENCE: Seconds = 10.0
"""For the bucket. Daily gives up on answers that take long, and counts them as failures, as it does
a refusal; only the latter tells what is wrong."""


class Outcome(StrEnum):
    """What became of an event."""

    CREATED = "created"
    """A job was made."""
    KNOWN = "known"
    """There was a job already."""
    IGNORED = "ignored"
    """Nothing follows from events of this type."""
    QUEUED = "queued"
    """It waits in the inbox for the operator: to become a job, or to be handed on."""
    KEPT = "kept"
    """Nothing can be done with it; it lies in the inbox for a person to look at."""


class EventMetrics:
    """What comes in."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.events = Counter(
            "multitrack_daily_events_total",
            "Authentic events of Daily's, by type and by what became of them",
            ["type", "outcome"],
            registry=registry,
        )
        self.rejected = Counter(
            "multitrack_daily_requests_rejected_total",
            "Requests to the webhook that were not Daily's: `signature`, or `size`",
            ["why"],
            registry=registry,
        )


class Receiver:
    """Turns events into jobs, or into entries of the inbox. It keeps nothing itself."""

    def __init__(  # noqa: PLR0913 - its parts, and two measures of time for tests
        self,
        cluster: Cluster,
        inbox: Inbox,
        jobs: DailyJobs,
        routing: Routing,
        metrics: EventMetrics,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        inbox_patience: Seconds = _INBOX_PATIENCE,
    ) -> None:
        self._cluster = cluster
        self._inbox = inbox
        self._jobs = jobs
        self._routing = routing
        self._metrics = metrics
        self._clock = clock
        self._inbox_patience = inbox_patience

    async def receive(
        self, body: bytes, headers: Mapping[str, str], signed_at: datetime | None
    ) -> Outcome:
        """Deal with an event; when this returns, nothing can be lost any more.

        Args:
            body: The request's bytes; their signature is right.
            headers: What the other pipeline needs to check it too.
            signed_at: When it was signed, if the request tells.

        Raises:
            TemporaryError: Neither the API server nor the bucket took it; Daily has to try again.
        """
        event = read_event(body)
        outcome = await self._outcome(event, body, headers, signed_at)
        self._metrics.events.labels(type=event.kind.value, outcome=outcome.value).inc()
        _log.info(
            "event received",
            extra={"event": event.id, "type": event.type, "outcome": outcome.value},
        )
        return outcome

    async def _outcome(
        self,
        event: DailyEvent,
        body: bytes,
        headers: Mapping[str, str],
        signed_at: datetime | None,
    ) -> Outcome:
        now = self._clock()

        async def keep(why: str, *todo: Duty) -> Outcome:
            entry = InboxEntry.of(event.id, now, todo, why, headers, body)
            await self._keep(entry)
            return Outcome.QUEUED if todo else Outcome.KEPT

        if signed_at is not None and now - signed_at > _OLDEST:
            return await keep(f"it was signed at {signed_at:%Y-%m-%dT%H:%M:%SZ}, too long ago")
        duties = [Duty.FORWARD] if self._routing.hands_on else []
        why = "the legacy pipeline gets every event" if duties else ""
        outcome = Outcome.IGNORED
        if self._routing.makes_jobs and event.problem:
            why = event.problem
            outcome = Outcome.KEPT
        elif self._routing.makes_jobs and event.recording is not None:
            try:
                outcome = await self._make_job(event.recording)
            except MultitrackError as error:
                why = str(error)
                outcome = Outcome.KEPT
                if isinstance(error, TemporaryError):
                    duties.insert(0, Duty.JOB)
                elif self._routing.fallback and not duties:
                    duties.append(Duty.FORWARD)
        elif event.kind is EventKind.OTHER:
            _log.info("event of an unknown type", extra={"event": event.id, "type": event.type})
        if duties or outcome is Outcome.KEPT:
            kept = await keep(why, *duties)
            return outcome if outcome in (Outcome.CREATED, Outcome.KNOWN) else kept
        return outcome

    async def _make_job(self, recording: DailyRecording) -> Outcome:
        body = recording_job(recording, self._jobs, shadow=self._routing.shadow)
        try:
            async with asyncio.timeout(_PATIENCE):
                created = await create_once(self._cluster, body)
        except TimeoutError as error:
            # It may have been created all the same; the inbox finds that out.
            raise TemporaryError("the API server did not answer in time") from error
        return Outcome.CREATED if created else Outcome.KNOWN

    async def _keep(self, entry: InboxEntry) -> None:
        try:
            async with asyncio.timeout(self._inbox_patience):
                # Its thread goes on after that; an entry written twice is one entry.
                await asyncio.to_thread(self._inbox.put, entry)
        except (MultitrackError, TimeoutError) as error:
            why = str(error) or "the bucket did not answer in time"
            _log.error("event could not be kept", extra={"event": entry.event_id, "error": why})
            raise TemporaryError(
                f"neither the API server nor the bucket took the event ({why}); send it again"
            ) from error
