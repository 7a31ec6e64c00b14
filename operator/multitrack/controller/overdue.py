"""Jobs that somebody should look at: what they wait for takes longer than it may."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from multitrack.api.reasons import ConditionStatus, Phase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import Condition, RecordingJobStatus

__all__ = ["LastChanges", "consent_is_unenforced", "delivery_is_late"]

_CONSENT = "ConsentEnforced"
_DELIVERED = "Delivered"
_TRANSCRIPT = "TranscriptReady"
_WAITS_BY_DESIGN = frozenset({"WaitingForEnd", "WaitingForRetry"})
"""Reasons why audio is kept for now that somebody has set or that the run's end will clear."""
_NOT_WANTED = frozenset({"DeliveryDisabled", "DeliveryStopped"})
"""Reasons why nothing is delivered, and nobody waits for it."""


class LastChanges:
    """When each job's status last changed.

    Kept in memory: after a restart a job counts from the newest moment that its status names.
    """

    def __init__(self) -> None:
        self._at: dict[tuple[str, str], datetime] = {}

    def see(self, job: RecordingJob) -> None:
        """Take in a job that may be new to us."""
        self._at.setdefault(job.key, max([job.created, *_moments(job.status)]))

    def changed(self, key: tuple[str, str], now: datetime) -> None:
        """Its status was written; nobody but us does that."""
        self._at[key] = now

    def forget(self, key: tuple[str, str]) -> None:
        """The job is gone."""
        self._at.pop(key, None)

    def stuck(self, jobs: Iterable[RecordingJob], now: datetime, after: timedelta) -> int:
        """How many pending or running jobs have not changed for longer than `after`."""
        return sum(
            job.status.phase in (Phase.PENDING, Phase.RUNNING)
            and now - self._at.get(job.key, now) > after
            for job in jobs
        )


def consent_is_unenforced(job: RecordingJob, now: datetime, patience: timedelta) -> bool:
    """Audio that has to go has been there for longer than `patience`, and not by design."""
    consent = _condition(job.status, _CONSENT)
    return (
        consent is not None
        and consent.status is ConditionStatus.FALSE
        and consent.reason not in _WAITS_BY_DESIGN
        and now - consent.last_transition_time > patience
    )


def delivery_is_late(job: RecordingJob, now: datetime, patience: timedelta) -> bool:
    """The transcript has been there for longer than `patience`, and was to be delivered."""
    ready = _condition(job.status, _TRANSCRIPT)
    delivered = _condition(job.status, _DELIVERED)
    return (
        ready is not None
        and ready.status is ConditionStatus.TRUE
        and delivered is not None
        and delivered.status is not ConditionStatus.TRUE
        and delivered.reason not in _NOT_WANTED
        and now - ready.last_transition_time > patience
    )


def _condition(status: RecordingJobStatus, kind: str) -> Condition | None:
    return next((each for each in status.conditions if each.type == kind), None)


def _moments(status: RecordingJobStatus) -> Iterator[datetime]:
    """Every moment that a status names."""
    yield from (each.last_transition_time for each in status.conditions)
    spans = [(step.start_time, step.completion_time) for step in status.steps]
    for span in (*spans, (status.start_time, status.completion_time)):
        yield from filter(None, span)
