"""`/v1/transcripts/{job}`: a meeting in the legacy API's shape."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from multitrack.gateway.authorisation import NamespaceOf, allowed
from multitrack.gateway.files.access import read_published, read_zulip_message
from multitrack.gateway.jobs.access import JobName, get_job
from multitrack.gateway.services import ServicesOf
from multitrack.gateway.transcripts.legacy_transcript import (
    LegacyTranscript,
    is_published,
    is_told_in_zulip,
    legacy_transcript,
)
from workflow_templates.legacy.formats import TextFormat

__all__ = ["router"]

router = APIRouter(prefix="/v1/transcripts", tags=["legacy"])


@router.get("/{name}", dependencies=[Depends(allowed("get"))])
async def read_legacy_transcript(
    services: ServicesOf,
    namespace: NamespaceOf,
    name: JobName,
    transcript_format: Annotated[TextFormat, Query()] = TextFormat.TEXT,
) -> LegacyTranscript:
    """A job in the legacy API's shape: duration in milliseconds, status in its words."""
    job = await get_job(services, namespace, name)
    published = await read_published(services, job) if is_published(job) else None
    message = await read_zulip_message(services, job) if is_told_in_zulip(job) else None
    return legacy_transcript(
        job, published, transcript_format, zulip_message_id=message.message_id if message else None
    )
