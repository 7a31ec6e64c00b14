"""Finds what no event told of: votes on jobs, and audio of deleted jobs that is to go after all."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from multitrack.api import names
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import timestamp
from multitrack.cluster.client import Cluster
from multitrack.cluster.errors import NotFoundError
from multitrack.controller.consent import EXPIRED
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.retention import what_expired
from multitrack.controller.settings import OperatorSettings
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.consent import is_denied
from workflow_templates.contracts.deletion import ConsentPolicy, DeletionScope, KeptAudio
from workflow_templates.runtime.deletions import DeletionList
from workflow_templates.runtime.votes import read_votes, vote_marks

__all__ = ["ConsentSweep"]

_log = logging.getLogger("multitrack.loops")


class ConsentSweep:
    """One listing of all votes a look; only votes that are new are read.

    The gateway tells a job of a vote at once. This finds votes that were given before there was a
    job, that another program wrote, or whose gateway died between the two.
    """

    name = "consent-sweep"

    def __init__(
        self,
        cluster: Cluster,
        entries: DeletionList,
        jobs: Callable[[], Iterable[RecordingJob]],
        settings: OperatorSettings,
        metrics: LoopMetrics,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the parts.

        Args:
            cluster: Connected.
            entries: Of the installation's bucket, in which the votes lie, too.
            jobs: What the operator knows of jobs, now.
            settings: Of the operator.
            metrics: The loops'.
            clock: With time zone.
        """
        self._cluster = cluster
        self._entries = entries
        self._jobs = jobs
        self._retention = settings.retention
        self._metrics = metrics
        self._clock = clock
        self._read: dict[str, str] = {}
        """Marks by subject of votes that were read and denied nothing."""
        self.interval: Seconds = settings.loops.consent_sweep.interval

    async def once(self) -> None:
        """Tell jobs of votes; put on the list what is to go of jobs that are gone.

        Raises:
            MultitrackError: The bucket or the API server is away or refuses.
        """
        marks = await asyncio.to_thread(vote_marks, self._entries.store, self._entries.bucket)
        for job in list(self._jobs()):
            mark = marks.get(job.subject, "")
            if _minds_votes(job) and mark != job.annotations.get(names.VOTES_ANNOTATION, ""):
                await self._tell(job, mark)
        for kept in await asyncio.to_thread(lambda: list(self._entries.kept())):
            await asyncio.to_thread(self._look_at, kept, marks.get(kept.request.subject, ""))

    async def _tell(self, job: RecordingJob, mark: str) -> None:
        noted = {"annotations": {names.VOTES_ANNOTATION: mark or None}}
        try:
            await self._cluster.patch_job(job.namespace, job.name, {"metadata": noted})
        except NotFoundError:
            return
        self._metrics.votes_found.inc()
        _log.info("job told of votes", extra={"job": job.name})

    def _look_at(self, kept: KeptAudio, mark: str) -> None:
        """First on the list, then off the notes: a crash in between does it once more."""
        if self._is_denied(kept, mark):
            self._list(kept, kept.request.scope, "A participant does not consent.")
            self._entries.forget(kept)
            return
        expired, _ = what_expired(
            self._retention,
            kept.expired,
            self._clock() - datetime.fromisoformat(kept.ended_at),
            succeeded=kept.succeeded,
        )
        if expired is not None:
            self._list(kept, expired, EXPIRED, is_expiry=True)
            self._entries.keep(kept.model_copy(update={"expired": expired}))

    def _is_denied(self, kept: KeptAudio, mark: str) -> bool:
        subject = kept.request.subject
        if kept.request.policy is ConsentPolicy.KEEP or not mark or self._read.get(subject) == mark:
            return False
        if is_denied(read_votes(self._entries.store, self._entries.bucket, subject)):
            return True
        self._read[subject] = mark
        return False

    def _list(
        self, kept: KeptAudio, scope: DeletionScope, because: str, *, is_expiry: bool = False
    ) -> None:
        entry = kept.request.model_copy(
            update={
                "id": f"{kept.request.job_uid}-kept-{'expired-' * is_expiry}{scope.lower()}",
                "scope": scope,
                "because": because,
                "is_expiry": is_expiry,
                "requested_at": timestamp(self._clock()),
            }
        )
        self._entries.add(entry)
        _log.info("deletion written down", extra={"entry": entry.id, "because": because})


def _minds_votes(job: RecordingJob) -> bool:
    consent = job.spec.consent
    return (
        consent.policy is ConsentPolicy.DELETE_AUDIO_ON_DENIAL
        and not consent.denied
        and not job.is_being_deleted
        and job.status.audio_deleted is not True
    )
