"""Votes on keeping a meeting's audio, by job or as the legacy front end sends them."""

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from multitrack.api import names
from multitrack.api.recording_job import RecordingJob
from multitrack.cluster.errors import ConflictError, NotFoundError
from multitrack.gateway.authorisation import NamespaceOf, UserOf, allowed
from multitrack.gateway.authoriser import User
from multitrack.gateway.jobs.access import JobName, get_job
from multitrack.gateway.jobs.models import ConsentAnswer, ConsentRequest
from multitrack.gateway.problems import ProblemError
from multitrack.gateway.services import Services, ServicesOf
from multitrack.gateway.settings import Authentication
from workflow_templates.contracts.consent import Vote, is_denied
from workflow_templates.runtime.errors import TemporaryError
from workflow_templates.runtime.votes import read_votes, votes_mark, write_vote

__all__ = ["router"]

router = APIRouter()

_MAY_CHANGE = [Depends(allowed("update"))]
_APPLICATION = "system:serviceaccount:"
_TRIES = 10

Recording = Annotated[
    str,
    Path(
        max_length=128,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="A job's name, or the id of a recording of Daily.co's.",
    ),
]


@router.post("/v1/jobs/{name}/consent", status_code=201, dependencies=_MAY_CHANGE, tags=["jobs"])
async def vote(
    services: ServicesOf,
    namespace: NamespaceOf,
    user: UserOf,
    name: JobName,
    wanted: ConsentRequest,
) -> ConsentAnswer:
    """Count one person's vote on keeping the audio. Votes are never changed or taken back."""
    job = await get_job(services, namespace, name)
    given = _vote(services, user, wanted)
    denied = await asyncio.to_thread(_count, services, job.subject, given)
    await _tell(services, job)
    return ConsentAnswer(denied=denied)


@router.post(
    "/v1/meetings/{recording}/consent",
    status_code=201,
    dependencies=_MAY_CHANGE,
    tags=["legacy"],
)
async def vote_on_recording(
    services: ServicesOf,
    namespace: NamespaceOf,
    user: UserOf,
    recording: Recording,
    wanted: ConsentRequest,
) -> ConsentAnswer:
    """The same as the legacy front end sends it; a recording of Daily's needs no job yet."""
    job = await _job_of(services, namespace, recording)
    subject = job.subject if job else recording
    given = _vote(services, user, wanted)
    denied = await asyncio.to_thread(_count, services, subject, given)
    if job is not None:
        await _tell(services, job)
    return ConsentAnswer(denied=denied)


async def _job_of(services: Services, namespace: str, recording: str) -> RecordingJob | None:
    """The job of that name, or of that recording; None: there is none yet."""
    for name in dict.fromkeys((names.daily_job_name(recording), recording.lower())):
        try:
            job = await get_job(services, namespace, name)
        except NotFoundError:
            continue
        if recording in (job.name, job.subject):
            return job
    return None


def _vote(services: Services, user: User, wanted: ConsentRequest) -> Vote:
    """One vote, of whoever may give it.

    Raises:
        ProblemError: 403, a person votes for somebody else.
    """
    voter = wanted.user_id
    by_cluster = services.settings.authentication is Authentication.KUBERNETES
    if by_cluster and not user.name.startswith(_APPLICATION):
        if voter not in (None, user.name):
            raise ProblemError(
                403,
                f"{user.name} votes for themselves; leave user_id out, or ask as an application",
            )
        voter = user.name
    return Vote(
        id=wanted.id or uuid.uuid4().hex,
        at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        consent_given=wanted.consent_given,
        user_id=voter,
    )


def _count(services: Services, subject: str, given: Vote) -> bool:
    bucket = services.settings.storage.bucket
    write_vote(services.store, bucket, subject, given)
    return is_denied(read_votes(services.store, bucket, subject))


async def _tell(services: Services, job: RecordingJob) -> None:
    """Note on the job that there are new votes, so that the operator counts them.

    The vote is kept already. Whoever changes the job meanwhile must not hide it: then it is looked
    at again, and the operator's sweep finds what a gateway that dies here leaves undone.

    Raises:
        TemporaryError: The job changes all the time; the same vote may be sent again.
    """
    bucket = services.settings.storage.bucket
    for _ in range(_TRIES):
        mark = await asyncio.to_thread(votes_mark, services.store, bucket, job.subject)
        patch = {
            "metadata": {
                "resourceVersion": job.resource_version,
                "annotations": {names.VOTES_ANNOTATION: mark},
            }
        }
        try:
            await services.cluster.patch_job(job.namespace, job.name, patch)
        except ConflictError:
            job = await get_job(services, job.namespace, job.name)
        except NotFoundError:
            return  # it goes, and the operator notes where its audio lies
        else:
            return
    raise TemporaryError(f"{job.name}: it changes all the time; the vote is kept, send it again")
