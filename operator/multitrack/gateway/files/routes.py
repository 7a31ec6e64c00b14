"""Transcripts, files, the report, and links to them."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from multitrack.api.base import Resource
from multitrack.gateway.authorisation import NamespaceOf, allowed
from multitrack.gateway.conditional import etag_of, is_known, not_modified
from multitrack.gateway.files.access import address_of, find_file, read_published
from multitrack.gateway.files.catalogue import PUBLISHED, REPORT, TRANSCRIPT, PublishedKey
from multitrack.gateway.files.link_key import link_key
from multitrack.gateway.files.sending import send_file
from multitrack.gateway.files.ticket import InvalidTicketError, Ticket, open_ticket, sign_ticket
from multitrack.gateway.jobs.access import JobName, get_job
from multitrack.gateway.problems import ProblemError
from multitrack.gateway.services import ServicesOf
from multitrack.gateway.transcripts.legacy_transcript import formatted
from workflow_templates.legacy.formats import SegmentRow, TextFormat

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["results"])

_LINKS_LAST = 3600
"""Seconds."""
_MEDIA_TYPES = {
    TextFormat.TEXT: "text/plain",
    TextFormat.TEXT_TIMESTAMPED: "text/plain",
    TextFormat.WEBVTT_NAMED: "text/vtt",
}
_ANYTHING = {"description": "The file.", "content": {"*/*": {"schema": {"type": "string"}}}}
_FILE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: _ANYTHING,
    206: {**_ANYTHING, "description": "The part that `Range` asks for."},
    304: {"description": "Not Modified"},
    307: {"description": "Where the file is, with `downloads: redirect`."},
    416: {"description": "Range Not Satisfiable", "content": {"application/problem+json": {}}},
}
FileName = Annotated[str, Path(max_length=100, description="As `files` lists it.")]


class JobFile(Resource):
    """One file of a finished meeting."""

    name: str
    """As in its address."""
    media_type: str
    """What it is."""
    size: int
    """Bytes."""


class FileList(Resource):
    """What there is of a meeting."""

    files: list[JobFile]
    """Those that are there now."""


class Links(Resource):
    """Where a browser finds the files without a token."""

    path: str
    """Of the gateway; append a file's name."""
    expires: datetime
    """After that they open nothing."""


@router.get(
    "/jobs/{name}/transcript",
    dependencies=[Depends(allowed("get"))],
    response_model=list[SegmentRow],
    responses={
        200: {
            "content": {
                "text/plain": {"schema": {"type": "string"}},
                "text/vtt": {"schema": {"type": "string"}},
            }
        },
        304: {"description": "Not Modified"},
    },
)
async def read_transcript(
    request: Request,
    services: ServicesOf,
    namespace: NamespaceOf,
    name: JobName,
    transcript_format: Annotated[
        TextFormat, Query(description="As the legacy API names them.")
    ] = TextFormat.TEXT,
) -> Response:
    """The published transcript in one of four formats."""
    job = await get_job(services, namespace, name)
    found = await find_file(services, job, TRANSCRIPT)
    etag = etag_of([found.etag, transcript_format])
    if is_known(request, etag):
        return not_modified(etag)
    published = await read_published(services, job)
    text = await asyncio.to_thread(formatted, published, transcript_format)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if isinstance(text, str):
        return PlainTextResponse(text, media_type=_MEDIA_TYPES[transcript_format], headers=headers)
    return JSONResponse([row.model_dump() for row in text], headers=headers)


@router.get("/jobs/{name}/files", dependencies=[Depends(allowed("get"))])
async def list_files(services: ServicesOf, namespace: NamespaceOf, name: JobName) -> FileList:
    """What there is of a meeting, now."""
    job = await get_job(services, namespace, name)
    prefix = address_of(services, job)
    listed = await asyncio.gather(
        *(
            asyncio.to_thread(services.store.list, address_of(services, job, below), descend=False)
            for below in ("", "published/", "comparison/")
        )
    )
    sizes = {found.address.key: found.size for listing in listed for found in listing.objects}
    return FileList(
        files=[
            JobFile(name=file.name, media_type=file.media_type, size=sizes[prefix.key + file.key])
            for file in PUBLISHED.values()
            if prefix.key + file.key in sizes
        ]
    )


@router.get(
    "/jobs/{name}/files/{file}",
    dependencies=[Depends(allowed("get"))],
    response_class=Response,
    responses=_FILE_ANSWERS,
)
async def read_file(
    request: Request, services: ServicesOf, namespace: NamespaceOf, name: JobName, file: FileName
) -> Response:
    """One file; `Range` works, so that sound can be sought in."""
    wanted = _published(file)
    return await send_file(request, services, await get_job(services, namespace, name), wanted)


@router.get(
    "/jobs/{name}/report",
    dependencies=[Depends(allowed("get"))],
    response_class=Response,
    responses=_FILE_ANSWERS,
)
async def read_report(
    request: Request, services: ServicesOf, namespace: NamespaceOf, name: JobName
) -> Response:
    """The meeting as one page. For a browser, with sound, see `links`."""
    return await send_file(request, services, await get_job(services, namespace, name), REPORT)


@router.post("/jobs/{name}/links", dependencies=[Depends(allowed("get"))])
async def make_links(services: ServicesOf, namespace: NamespaceOf, name: JobName) -> Links:
    """Links that a browser can open for an hour: to show the report, to play, to download."""
    job = await get_job(services, namespace, name)
    expires = int(time.time()) + _LINKS_LAST
    ticket = Ticket(namespace, job.name, job.uid, expires)
    signed = sign_ticket(ticket, await link_key(services))
    return Links(path=f"/v1/shared/{signed}/", expires=datetime.fromtimestamp(expires, UTC))


@router.get(
    "/shared/{ticket}/{file}", response_class=Response, responses=_FILE_ANSWERS, tags=["results"]
)
async def read_shared(
    request: Request,
    services: ServicesOf,
    ticket: Annotated[str, Path(max_length=2000, description="From `links`.")],
    file: FileName,
) -> Response:
    """A file by a link. Needs no token."""
    wanted = _published(file)
    try:
        opened = open_ticket(ticket, await link_key(services), time.time())
    except InvalidTicketError as error:
        raise ProblemError(403, "this link is too old, or not ours; ask for a new one") from error
    job = await get_job(services, opened.namespace, opened.job)
    if job.uid != opened.uid or opened.namespace not in services.settings.job_namespaces:
        raise ProblemError(403, "this link is of a job that is no more; ask for a new one")
    return await send_file(request, services, job, wanted)


def _published(file: str) -> PublishedKey:
    try:
        return PUBLISHED[file]
    except KeyError as error:
        raise ProblemError(
            404, f"{file!r} is none of a meeting's files: {', '.join(PUBLISHED)}"
        ) from error
