"""Read jobs, and make and delete them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from multitrack.api import names
from multitrack.api.reasons import Phase
from multitrack.api.recording_job import RecordingJob
from multitrack.gateway.authorisation import NamespaceOf, allowed
from multitrack.gateway.conditional import etag_of, is_known, not_modified
from multitrack.gateway.events.dag import steps_of
from multitrack.gateway.jobs.access import JobName, get_job
from multitrack.gateway.jobs.models import Job, JobList, JobRequest, StepList
from multitrack.gateway.services import ServicesOf

__all__ = ["router"]

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

_MOST_PER_PAGE = 500
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "Not Modified"}}


@router.get(
    "",
    dependencies=[Depends(allowed("list"))],
    response_model=JobList,
    response_model_exclude_none=True,
    responses=_UNCHANGED,
)
async def list_jobs(
    request: Request,
    response: Response,
    services: ServicesOf,
    namespace: NamespaceOf,
    phase: Annotated[Phase | None, Query(description="Only jobs of this phase.")] = None,
    selector: Annotated[
        str,
        Query(
            alias="labelSelector",
            max_length=1000,
            pattern=r"^[-A-Za-z0-9_./,=!() ]*$",
            description="As kubectl's `-l`.",
        ),
    ] = "",
    limit: Annotated[int, Query(ge=1, le=_MOST_PER_PAGE, description="Jobs looked at.")] = 100,
    after: Annotated[
        str,
        Query(
            alias="continue",
            max_length=4000,
            pattern=r"^[-A-Za-z0-9_=+/.]*$",
            description="From the page before.",
        ),
    ] = "",
) -> JobList | Response:
    """A page of a namespace's jobs, in the cluster's own order and pages."""
    page = await services.cluster.list_job_page(
        namespace, selector=selector, limit=limit, after=after
    )
    jobs = [RecordingJob.from_body(body) for body in page.bodies]
    found = [job for job in jobs if phase is None or job.status.phase is phase]
    etag = etag_of([page.following, *(f"{job.uid}/{job.resource_version}" for job in found)])
    if is_known(request, etag):
        return not_modified(etag)
    _tag(response, etag)
    return JobList(items=[Job.of(job) for job in found], following=page.following)


@router.post(
    "",
    status_code=201,
    dependencies=[Depends(allowed("create"))],
    response_model_exclude_none=True,
)
async def create_job(
    request: Request, services: ServicesOf, namespace: NamespaceOf, wanted: JobRequest
) -> Job:
    """Have a recording processed."""
    # As it was sent: the API server refuses fields that it does not know, and says which.
    spec = (await request.json())["spec"]
    metadata = {
        "namespace": namespace,
        **({"name": wanted.name} if wanted.name else {"generateName": "recording-"}),
        **({"labels": wanted.labels} if wanted.labels else {}),
    }
    body = {
        "apiVersion": names.API_VERSION,
        "kind": names.KIND,
        "metadata": metadata,
        "spec": spec,
    }
    return Job.of(RecordingJob.from_body(await services.cluster.create_job(body)))


@router.get(
    "/{name}",
    dependencies=[Depends(allowed("get"))],
    response_model=Job,
    response_model_exclude_none=True,
    responses=_UNCHANGED,
)
async def read_job(
    request: Request,
    response: Response,
    services: ServicesOf,
    namespace: NamespaceOf,
    name: JobName,
) -> Job | Response:
    """One job."""
    job = await get_job(services, namespace, name)
    etag = _etag(job)
    if is_known(request, etag):
        return not_modified(etag)
    _tag(response, etag)
    return Job.of(job)


@router.delete("/{name}", status_code=204, dependencies=[Depends(allowed("delete"))])
async def delete_job(services: ServicesOf, namespace: NamespaceOf, name: JobName) -> None:
    """Delete a job; what it has made stays in the bucket."""
    await get_job(services, namespace, name)
    await services.cluster.delete_job(namespace, name)


@router.get(
    "/{name}/steps",
    dependencies=[Depends(allowed("get"))],
    response_model=StepList,
    response_model_exclude_none=True,
    responses=_UNCHANGED,
)
async def list_steps(
    request: Request,
    response: Response,
    services: ServicesOf,
    namespace: NamespaceOf,
    name: JobName,
) -> StepList | Response:
    """Every step: where it is, how far, how long, how often tried, and what is wrong."""
    job = await get_job(services, namespace, name)
    etag = _etag(job)
    if is_known(request, etag):
        return not_modified(etag)
    _tag(response, etag)
    return StepList(phase=job.status.phase, progress=job.status.progress, steps=list(steps_of(job)))


def _etag(job: RecordingJob) -> str:
    return etag_of([job.uid, job.resource_version])


def _tag(response: Response, etag: str) -> None:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
