"""A cluster with the chart: how soon Workflows exist, and what Argo adds to each step."""

import asyncio
import json
import os
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

from multitrack.api import names
from multitrack.cluster.client import Cluster, connect
from multitrack.cluster.errors import NotFoundError
from multitrack.controller.observed import WorkflowView
from multitrack.controller.steps import report_of
from tests.e2e.installation import Installation, eventually
from tests.e2e.release import a_place, installed
from tests.e2e.values import chart_values
from workflow_templates.pipelines import PROCESS_RECORDING, Pipeline

__all__ = [
    "Overhead",
    "installation",
    "overheads",
    "single_jobs",
    "suspended_jobs",
    "what_is_lacking",
]

_Result = TypeVar("_Result")

NAME = "multitrack-bench"
"""Of the namespace and of the bucket; both are deleted at the end, but for the bucket."""
_NEEDED = ("KUBECONFIG", "S3_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_LOOK_SECONDS = 0.02
_AT_ONCE = 16
"""Requests under way while many jobs are made."""
_MANY_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Overhead:
    """A step on the critical path: from the end of what it needs to its own end."""

    step: str
    seconds: float
    """Beyond what the step itself says it took."""


def what_is_lacking() -> str | None:
    """Why there is nothing to measure; None: there is a cluster."""
    if missing := [name for name in _NEEDED if name not in os.environ]:
        return f"no cluster: set {', '.join(missing)}"
    tools = [tool for tool in ("kubectl", "helm") if shutil.which(tool) is None]
    return f"no {' and no '.join(tools)} on the PATH" if tools else None


@contextmanager
def installation() -> Iterator[Installation]:
    """The chart in a namespace of its own, as the e2e tests install it."""
    place = a_place(NAME)
    with installed(place, chart_values(NAME)):
        yield place


def single_jobs(count: int) -> list[float]:
    """Seconds from a job's creation to its Workflow's, one suspended job after the other."""

    async def measure(cluster: Cluster) -> list[float]:
        return [await _one(cluster) for _ in range(count)]

    return _connected(measure)


def suspended_jobs(place: Installation, count: int) -> tuple[float, float]:
    """Make suspended jobs all at once.

    Returns:
        Seconds until all have Workflows, and the operator's memory then, in 10^6 bytes.
    """
    before = _workflows(place)
    started = time.monotonic()

    async def make(cluster: Cluster) -> None:
        free = asyncio.Semaphore(_AT_ONCE)

        async def one() -> None:
            async with free:
                await cluster.create_job(_job())

        async with asyncio.TaskGroup() as tasks:
            for _ in range(count):
                tasks.create_task(one())

    _connected(make)
    wanted = before + count
    eventually(lambda: _workflows(place) >= wanted, f"{wanted} Workflows", _MANY_PATIENCE)
    seconds = time.monotonic() - started
    return seconds, place.metric("process_resident_memory_bytes") / 1e6


def overheads(view: WorkflowView, pipeline: Pipeline = PROCESS_RECORDING) -> list[Overhead]:
    """What each step on the critical path took beyond its own work, the first step first.

    Args:
        view: A Workflow that has succeeded.
        pipeline: What it ran.
    """
    ended: dict[str, datetime] = {}
    for task in pipeline.tasks:
        if ends := [run.finished for run in view.of_step(task.name) if run.finished]:
            ended[task.name] = max(ends)
    path: list[Overhead] = []
    step: str | None = max(ended, key=lambda name: ended[name])
    while step is not None:
        before = [name for name in _before(pipeline, step) if name in ended]
        latest = max(before, key=lambda name: ended[name], default=None)
        begun = ended[latest] if latest is not None else view.created
        own = max(report_of(run).duration or 0.0 for run in view.of_step(step))
        path.insert(0, Overhead(step, (ended[step] - begun).total_seconds() - own))
        step = latest
    return path


def _before(pipeline: Pipeline, step: str) -> tuple[str, ...]:
    task = pipeline.task(step)
    return (*task.needs, *task.after)


async def _one(cluster: Cluster) -> float:
    started = time.monotonic()
    job = await cluster.create_job(_job())
    metadata = job["metadata"]
    workflow = names.workflow_name(metadata["name"], metadata["uid"], 1)
    async with asyncio.timeout(60):
        while True:
            try:
                await cluster.get_workflow(NAME, workflow)
            except NotFoundError:
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                return time.monotonic() - started


def _job() -> dict[str, Any]:
    metadata = {"name": f"bench-{uuid4().hex[:12]}", "namespace": NAME}
    spec = {"source": {"s3": {"prefix": "nothing/"}}, "suspend": True}
    return {"apiVersion": names.API_VERSION, "kind": names.KIND, "metadata": metadata, "spec": spec}


def _workflows(place: Installation) -> int:
    """How many there are, without reading them: one, and what is said to remain."""
    page = f"/apis/argoproj.io/v1alpha1/namespaces/{place.namespace}/workflows?limit=1"
    listed = json.loads(place.kubectl("get", "--raw", page))
    return len(listed["items"]) + int(listed["metadata"].get("remainingItemCount") or 0)


def _connected(work: Callable[[Cluster], Awaitable[_Result]]) -> _Result:
    async def session() -> _Result:
        async with connect() as cluster:
            return await work(cluster)

    return asyncio.run(session())
