"""One watch of a namespace's RecordingJobs, however many follow them."""

import asyncio
import logging
import random
from collections.abc import Callable

from pydantic import ValidationError

from multitrack.api.recording_job import RecordingJob
from multitrack.cluster.client import Body, Cluster
from multitrack.cluster.errors import ClusterAwayError, ClusterRefusedError, ExpiredError

__all__ = ["watch_namespace"]

_log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
"""Seconds between tries while the API server is away."""

OnJob = Callable[[RecordingJob], None]
OnGone = Callable[[str], None]


async def watch_namespace(cluster: Cluster, namespace: str, on_job: OnJob, on_gone: OnGone) -> None:
    """Hand over every job, and then every change; goes on until it is cancelled.

    A watch that breaks goes on where it was; one that is too old lists anew and finds what is gone.

    Args:
        cluster: To ask.
        namespace: Whose jobs.
        on_job: Gets each job as it is now; some more than once.
        on_gone: Gets the name of a job that was deleted.
    """
    known: set[str] = set()
    version: str | None = None
    pause = _FIRST_PAUSE
    while True:
        try:
            if version is None:
                version = await _list(cluster, namespace, known, on_job, on_gone)
            async for kind, body in cluster.watch_jobs(namespace, version):
                version = body["metadata"]["resourceVersion"]
                pause = _FIRST_PAUSE
                _hand_over(kind, body, known, on_job, on_gone)
        except ExpiredError:
            version = None
        except (ClusterAwayError, ClusterRefusedError) as error:
            _log.warning("cannot watch jobs", extra={"namespace": namespace, "error": str(error)})
        except Exception:  # noqa: BLE001 - no job may end the watch of all others; what is wrong is in the log
            _log.exception("watching jobs failed", extra={"namespace": namespace})
            version = None
        else:
            continue  # the server ends every watch some time
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _list(
    cluster: Cluster, namespace: str, known: set[str], on_job: OnJob, on_gone: OnGone
) -> str:
    page = await cluster.list_job_page(namespace)
    there = {body["metadata"]["name"] for body in page.bodies}
    for name in known - there:
        on_gone(name)
    known.clear()
    for body in page.bodies:
        _hand_over("ADDED", body, known, on_job, on_gone)
    return page.version


def _hand_over(kind: str, body: Body, known: set[str], on_job: OnJob, on_gone: OnGone) -> None:
    if kind == "BOOKMARK":
        return
    name = body["metadata"]["name"]
    if kind == "DELETED":
        known.discard(name)
        on_gone(name)
        return
    known.add(name)
    try:
        job = RecordingJob.from_body(body)
    except ValidationError as error:
        _log.warning("a job cannot be read", extra={"job": name, "error": str(error)})
        return
    on_job(job)
