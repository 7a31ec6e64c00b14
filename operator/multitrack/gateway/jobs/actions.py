"""Ask something of a job: run, stop, wait, go on, deliver, forget the audio."""

import asyncio
import uuid
from datetime import UTC, datetime

from fastapi import APIRouter, Depends

from multitrack.api.recording_job import RecordingJob
from multitrack.cluster.errors import ConflictError
from multitrack.gateway.authorisation import NamespaceOf, allowed
from multitrack.gateway.jobs.access import JobName, get_job
from multitrack.gateway.jobs.models import ConsentAnswer, ConsentRequest, Job, ProcessRequest
from multitrack.gateway.jobs.rules import (
    Change,
    Refusal,
    cancelling,
    delivering,
    processing,
    suspending,
)
from multitrack.gateway.problems import ProblemError
from multitrack.gateway.services import Services, ServicesOf
from workflow_templates.contracts.consent import Vote, is_denied
from workflow_templates.runtime.votes import read_votes, write_vote

__all__ = ["router"]

router = APIRouter(prefix="/v1/jobs/{name}", tags=["jobs"])

_MAY_CHANGE = [Depends(allowed("update"))]


@router.post(
    "/process",
    status_code=202,
    dependencies=_MAY_CHANGE,
    response_model_exclude_none=True,
)
async def process_job(
    services: ServicesOf, namespace: NamespaceOf, name: JobName, wanted: ProcessRequest
) -> Job:
    """Run a job again; finished transcription is taken from the run before.

    Refused with 409 while it is idle, not ready or runs, unless `force` is set.
    """
    job = await get_job(services, namespace, name)
    return await _carry_out(services, job, processing(job, force=wanted.force))


@router.post("/cancel", status_code=202, dependencies=_MAY_CHANGE, response_model_exclude_none=True)
async def cancel_job(services: ServicesOf, namespace: NamespaceOf, name: JobName) -> Job:
    """Stop a job for good. What was computed is kept."""
    job = await get_job(services, namespace, name)
    return await _carry_out(services, job, cancelling(job))


@router.post(
    "/suspend", status_code=202, dependencies=_MAY_CHANGE, response_model_exclude_none=True
)
async def suspend_job(services: ServicesOf, namespace: NamespaceOf, name: JobName) -> Job:
    """Start nothing new; pods that run go on."""
    job = await get_job(services, namespace, name)
    return await _carry_out(services, job, suspending(job, suspend=True))


@router.post("/resume", status_code=202, dependencies=_MAY_CHANGE, response_model_exclude_none=True)
async def resume_job(services: ServicesOf, namespace: NamespaceOf, name: JobName) -> Job:
    """Go on with a suspended job."""
    job = await get_job(services, namespace, name)
    return await _carry_out(services, job, suspending(job, suspend=False))


@router.post(
    "/deliver", status_code=202, dependencies=_MAY_CHANGE, response_model_exclude_none=True
)
async def deliver_job(services: ServicesOf, namespace: NamespaceOf, name: JobName) -> Job:
    """Deliver a job's results again: the Zulip message is edited, the webhook called anew.

    Refused with 409 before anything is published. A delivery that goes on is stopped.
    """
    job = await get_job(services, namespace, name)
    return await _carry_out(services, job, delivering(job))


@router.post("/consent", status_code=201, dependencies=_MAY_CHANGE)
async def vote(
    services: ServicesOf, namespace: NamespaceOf, name: JobName, wanted: ConsentRequest
) -> ConsentAnswer:
    """Count one person's vote on keeping the audio. Votes are never changed or taken back."""
    job = await get_job(services, namespace, name)
    given = Vote(
        id=wanted.id or uuid.uuid4().hex,
        at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        consent_given=wanted.consent_given,
        user_id=wanted.user_id,
    )
    return ConsentAnswer(denied=await asyncio.to_thread(_count, services, job, given))


def _count(services: Services, job: RecordingJob, given: Vote) -> bool:
    bucket = services.settings.storage.bucket
    daily = job.spec.source.daily
    subject = daily.recording_id if daily else job.uid
    write_vote(services.store, bucket, subject, given)
    return is_denied(read_votes(services.store, bucket, subject))


async def _carry_out(services: Services, job: RecordingJob, decided: Change | Refusal) -> Job:
    match decided:
        case Refusal(why):
            raise ProblemError(409, f"{job.name}: {why}")
        case Change(None):
            return Job.of(job)
        case Change(patch):
            # Two requests at once must not make two runs: the second sees that the job has changed.
            guarded = {"metadata": {"resourceVersion": job.resource_version}, **(patch or {})}
            try:
                body = await services.cluster.patch_job(job.namespace, job.name, guarded)
            except ConflictError as error:
                raise ProblemError(
                    409, f"{job.name}: it has changed meanwhile; look again and repeat"
                ) from error
            return Job.of(RecordingJob.from_body(body))
