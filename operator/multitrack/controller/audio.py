"""What the operator does about a job's audio: counts votes, writes down what is to go."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from multitrack.api import names
from multitrack.api.reasons import ConditionStatus, ConsentReason, Phase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import AudioStatus, timestamp
from multitrack.cluster.client import Body, Cluster
from multitrack.cluster.errors import NotFoundError
from multitrack.controller.consent import deletion_scope, saying
from multitrack.controller.decision import CountVotes, Decision, RequestDeletion
from multitrack.controller.request import source_addresses
from multitrack.controller.settings import OperatorSettings
from workflow_templates.contracts.consent import is_denied
from workflow_templates.contracts.deletion import ConsentPolicy, DeletionRequest, KeptAudio
from workflow_templates.runtime.deletions import DeletionList
from workflow_templates.runtime.errors import MultitrackError, RefusedError, SettingsError
from workflow_templates.runtime.job_files import job_address
from workflow_templates.runtime.store import S3Store
from workflow_templates.runtime.store_errors import BucketMissingError
from workflow_templates.runtime.votes import read_votes

__all__ = ["AudioDuties"]

_log = logging.getLogger("multitrack.operator")

_AWAY, _REFUSED = timedelta(seconds=5), timedelta(seconds=30)
"""When the bucket is asked again that did not answer, or said no."""
_AT_ONCE = timedelta()


class AudioDuties:
    """Carries out what `enforce_consent` decides; what stands in the way becomes a condition."""

    def __init__(
        self,
        cluster: Cluster,
        settings: OperatorSettings,
        jobs: Callable[[], Iterable[RecordingJob]],
        open_store: Callable[[], S3Store],
        clock: Callable[[], datetime],
    ) -> None:
        self._cluster = cluster
        self._settings = settings
        self._jobs = jobs
        self._clock = clock
        self._open_store = open_store

    async def hold(self, job: RecordingJob) -> Body:
        """Have the API server keep the job; the job as it is then.

        Raises:
            ClusterError: The API server is away or refuses, or the job has changed meanwhile.
        """
        return await self._set_finalizers(job, (*job.finalizers, names.AUDIO_FINALIZER))

    async def release(self, job: RecordingJob, *, keeps_audio: bool) -> None:
        """Let the job go; of audio that stays is noted where it lies.

        Raises:
            ClusterError: As for `hold`.
            TemporaryError: The bucket is away; the job waits.
        """
        if keeps_audio:
            try:
                await asyncio.to_thread(self._keep, job)
            except (RefusedError, SettingsError) as error:
                # Without a bucket there is nothing that could be kept, and nothing to wait for.
                extra = {"job": job.name, "error": str(error)}
                _log.error("audio of a deleted job not noted", extra=extra)
        left = tuple(each for each in job.finalizers if each != names.AUDIO_FINALIZER)
        try:
            await self._set_finalizers(job, left)
        except NotFoundError:
            return

    async def carry_out(
        self, job: RecordingJob, action: CountVotes | RequestDeletion, decision: Decision
    ) -> Decision:
        """Count votes, or write an entry; the status says what came of it."""
        try:
            match action:
                case CountVotes(counted):
                    return await self._count(job, counted, decision)
                case RequestDeletion():
                    return await self._write_down(job, action, decision)
        except MultitrackError as error:
            return self._not_yet(job, action, decision, error)

    async def _write_down(
        self, job: RecordingJob, action: RequestDeletion, decision: Decision
    ) -> Decision:
        """The list first, the status after it: so that a crash in between does it once more."""
        request = self._request(job, action)
        await asyncio.to_thread(self._list().add, request)
        extra = {"job": job.name, "entry": request.id, "because": request.because}
        _log.info("deletion written down", extra=extra)
        now = self._clock()
        noted = (
            {"expired": action.scope, "expired_at": now}
            if action.is_expiry
            else {"requested_at": now}
        )
        audio = (decision.status.audio or AudioStatus()).model_copy(
            update={"requests": action.number, **noted}
        )
        status = decision.status.model_copy(update={"audio": audio})
        return Decision(status, decision.actions, decision.look_again)

    async def _count(self, job: RecordingJob, counted: str, decision: Decision) -> Decision:
        denied = await asyncio.to_thread(self._is_denied, job)
        audio = (decision.status.audio or AudioStatus()).model_copy(
            update={"denied": denied, "counted": counted}
        )
        status = decision.status.model_copy(update={"audio": audio})
        return Decision(status, decision.actions, _AT_ONCE)

    def _is_denied(self, job: RecordingJob) -> bool:
        bucket = self._settings.storage.bucket
        try:
            return is_denied(read_votes(self._open_store(), bucket, job.subject))
        except BucketMissingError:
            return False  # nobody can have voted, and no job must wait for it to be deleted

    def _not_yet(
        self,
        job: RecordingJob,
        action: CountVotes | RequestDeletion,
        decision: Decision,
        error: MultitrackError,
    ) -> Decision:
        """Nothing was done: the status goes on from what was known before."""
        _log.warning("consent waits", extra={"job": job.name, "error": str(error)})
        if isinstance(action, CountVotes):
            said = ConditionStatus.UNKNOWN, ConsentReason.VOTES_UNKNOWN, str(error)
        else:
            text = f"what is to be deleted cannot be written down: {error}"
            reason = ConsentReason.UNVERIFIED if error.retryable else ConsentReason.REFUSED
            said = ConditionStatus.FALSE, reason, text
        status = saying(decision.status, job, self._clock(), said)
        return Decision(status, decision.actions, _AWAY if error.retryable else _REFUSED)

    def _request(self, job: RecordingJob, action: RequestDeletion) -> DeletionRequest:
        others = self._others(job) if action.reaches_others else ()
        return DeletionRequest(
            id=f"{job.uid}-{action.number}-{'expired-' * action.is_expiry}{action.scope.lower()}",
            job_uid=job.uid,
            because=action.because,
            requested_at=timestamp(self._clock()),
            scope=action.scope,
            is_expiry=action.is_expiry,
            source=tuple(source_addresses(job.spec, self._settings.storage)),
            prefixes=tuple(
                str(job_address(self._settings.storage.bucket, each)) for each in others
            ),
            namespace=job.namespace,
            job_name=job.name,
            profile=job.spec.profile,
            subject=job.subject,
            policy=job.spec.consent.policy,
        )

    def _others(self, job: RecordingJob) -> tuple[str, ...]:
        """Finished jobs on the same recording; one that runs follows the votes by itself."""
        return tuple(
            each.uid
            for each in self._jobs()
            if each.uid != job.uid
            and each.spec.source == job.spec.source
            and each.status.phase.is_final
            and each.status.attempt > 0
            and each.spec.consent.policy is not ConsentPolicy.KEEP
        )

    def _keep(self, job: RecordingJob) -> None:
        """Note where the audio lies of a job that goes."""
        ended = job.status.completion_time or self._clock()
        request = self._request(job, RequestDeletion(0, deletion_scope(job), ""))
        self._list().keep(
            KeptAudio(
                request=request,
                ended_at=timestamp(ended),
                succeeded=job.status.phase is Phase.SUCCEEDED,
                expired=job.status.audio.expired if job.status.audio else None,
            )
        )

    def _list(self) -> DeletionList:
        return DeletionList(self._open_store(), self._settings.storage.bucket)

    async def _set_finalizers(self, job: RecordingJob, finalizers: tuple[str, ...]) -> Body:
        patch: dict[str, Any] = {
            "metadata": {
                "resourceVersion": job.resource_version,
                "finalizers": list(finalizers) or None,
            }
        }
        return await self._cluster.patch_job(job.namespace, job.name, patch)
