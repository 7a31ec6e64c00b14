"""Read a job for a route."""

from typing import Annotated

from fastapi import Path

from multitrack.api.recording_job import RecordingJob
from multitrack.gateway.services import Services

__all__ = ["JobName", "get_job"]

JobName = Annotated[
    str, Path(max_length=253, pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", description="The job's.")
]


async def get_job(services: Services, namespace: str, name: str) -> RecordingJob:
    """The job as it is now.

    Raises:
        NotFoundError: There is none.
        ClusterError: The API server is away or refuses.
    """
    return RecordingJob.from_body(await services.cluster.get_job(namespace, name))
