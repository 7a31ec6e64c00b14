"""Ask something of a job: run, stop, wait, go on, deliver."""

from fastapi import APIRouter, Depends

from multitrack.api.recording_job import RecordingJob
from multitrack.cluster.errors import ConflictError
from multitrack.gateway.authorisation import NamespaceOf, allowed
from multitrack.gateway.jobs.access import JobName, get_job
from multitrack.gateway.jobs.models import Job, ProcessRequest
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
