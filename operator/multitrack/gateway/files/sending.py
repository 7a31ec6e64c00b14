"""One file as an answer: whole, in part, not again, or from somewhere else."""

from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from multitrack.api.recording_job import RecordingJob
from multitrack.gateway.conditional import is_known, not_modified
from multitrack.gateway.files.access import find_file
from multitrack.gateway.files.catalogue import PAGES, PublishedKey
from multitrack.gateway.files.ranges import UnsatisfiableRangeError, part_of
from multitrack.gateway.problems import ProblemError
from multitrack.gateway.services import Services
from multitrack.gateway.settings import Downloads

__all__ = ["send_file"]

_LINK_SECONDS = 300
_PAGE_POLICY = "sandbox allow-scripts allow-popups; frame-ancestors 'self'"
"""What came out of a meeting runs without this origin's rights; the pages bring a stricter policy
of their own, the report with the hashes of its scripts."""
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
}


async def send_file(
    request: Request, services: Services, job: RecordingJob, file: PublishedKey
) -> Response:
    """Answer with a file, or with the part of it that `Range` asks for.

    Raises:
        ProblemError: 404 it is not there, 416 no byte of it is in the range.
        MultitrackError: The store is away or refuses.
    """
    found = await find_file(services, job, file)
    etag = f'"{found.etag}"'
    if is_known(request, etag):
        return not_modified(etag)
    # Pages stay here: their policy and the report's relative sound depend on it.
    if services.settings.downloads is Downloads.REDIRECT and file not in PAGES:
        link = services.store.link(
            found.address,
            seconds=_LINK_SECONDS,
            file_name=f"{job.name}-{file.name}",
            content_type=file.media_type,
        )
        return RedirectResponse(link, status_code=307, headers=dict(_SAFE))
    asked = request.headers.get("Range")
    if request.headers.get("If-Range", etag) != etag:
        asked = None
    try:
        part = part_of(asked, found.size)
    except UnsatisfiableRangeError as error:
        raise ProblemError(
            416,
            f"{file.name} has {found.size} bytes",
            {"Content-Range": f"bytes */{found.size}"},
        ) from error
    headers = {
        **_SAFE,
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Length": str(part.length if part else found.size),
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(f'{job.name}-{file.name}')}",
    }
    if file in PAGES:
        headers["Content-Security-Policy"] = _PAGE_POLICY
    if part:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{found.size}"
    return StreamingResponse(
        services.store.stream(found.address, part.first, part.last)
        if part
        else services.store.stream(found.address),
        status_code=206 if part else 200,
        headers=headers,
        media_type=file.media_type,
    )
