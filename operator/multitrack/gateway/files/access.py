"""Where a job's files lie, and what a published meeting says."""

import asyncio

from pydantic import ValidationError

from multitrack.api.recording_job import RecordingJob
from multitrack.gateway.files.catalogue import TRANSCRIPT, PublishedKey
from multitrack.gateway.problems import ProblemError
from multitrack.gateway.services import Services
from workflow_templates.contracts.delivery import ZulipMessage
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.runtime.errors import BadInputError, RefusedError
from workflow_templates.runtime.job_files import job_address
from workflow_templates.runtime.store import S3Address, S3Object

__all__ = ["address_of", "find_file", "read_published", "read_zulip_message"]


def address_of(services: Services, job: RecordingJob, key: str = "") -> S3Address:
    """One of the job's files; without a key the prefix of all of them."""
    return job_address(services.settings.storage.bucket, job.uid, key)


async def find_file(services: Services, job: RecordingJob, file: PublishedKey) -> S3Object:
    """A published file that is there.

    Raises:
        ProblemError: 404, it is not.
        MultitrackError: The store is away or refuses.
    """
    address = address_of(services, job, file.key)
    try:
        return await asyncio.to_thread(services.store.head, address)
    except RefusedError as error:
        if not await _is_absent(services, address):
            raise
        raise ProblemError(
            404, f"{job.name} has no {file.name}: not yet, or not any more; see its steps"
        ) from error


async def read_published(services: Services, job: RecordingJob) -> PublishedTranscript:
    """published/transcript.json, read and parsed in a thread: it may be long.

    Raises:
        BadInputError: What lies there is not of its contract.
        MultitrackError: It is not there, or the store is away or refuses.
    """
    address = address_of(services, job, TRANSCRIPT.key)

    def read() -> PublishedTranscript:
        try:
            return PublishedTranscript.model_validate_json(services.store.read(address))
        except ValidationError as error:
            raise BadInputError(
                f"{address}: not what finalize writes; run the job again"
            ) from error

    return await asyncio.to_thread(read)


async def read_zulip_message(services: Services, job: RecordingJob) -> ZulipMessage | None:
    """The meeting's message in Zulip; None if none was posted, as far as post-zulip has got.

    Raises:
        BadInputError: What lies there is not of its contract.
        MultitrackError: The store is away or refuses.
    """
    address = address_of(services, job, "delivery/zulip.json")
    try:
        text = await asyncio.to_thread(services.store.read, address)
        return ZulipMessage.model_validate_json(text)
    except RefusedError:
        if not await _is_absent(services, address):
            raise
        return None
    except ValidationError as error:
        raise BadInputError(
            f"{address}: not what post-zulip writes; send the results again (multitrack deliver)"
        ) from error


async def _is_absent(services: Services, address: S3Address) -> bool:
    """A head request says 404 and 403 alike to whoever may not list: then it is refused."""
    listing = await asyncio.to_thread(services.store.list, address)
    return all(found.address != address for found in listing.objects)
