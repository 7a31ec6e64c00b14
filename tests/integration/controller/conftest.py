"""The operator as it runs in a cluster, in this process and against the fake API server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import kopf
import pytest
from prometheus_client import CollectorRegistry

from multitrack.cluster.client import Cluster, connect
from multitrack.controller.handlers import operator_settings, register
from multitrack.controller.installation import Installation
from multitrack.controller.loop import Controller
from multitrack.controller.loops.consent_sweep import ConsentSweep
from multitrack.controller.loops.deletion_workflows import DeletionWorkflows
from multitrack.controller.loops.deletions import Deletions
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.runner import Loop
from multitrack.controller.metrics import Metrics
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.startup_check import store_of
from tests.fakes.argo import FakeArgo
from tests.fakes.kubernetes import FakeKubernetes
from tests.fakes.s3 import FakeS3, running_s3
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.runtime.deletions import DeletionList
from workflow_templates.runtime.errors import MultitrackError
from workflow_templates.runtime.store import S3Store

NAMESPACE = "meetings"
BUCKET = "recordings"


@dataclass(slots=True)
class Clock:
    """The operator's time: the machine's, and what a test adds."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0) + self.ahead


@dataclass(frozen=True, slots=True)
class Operator:
    """A running operator."""

    registry: CollectorRegistry
    clock: Clock

    def metric(self, name: str, **labels: str) -> float:
        """A figure as Prometheus reads it; 0 before it was ever set."""
        return self.registry.get_sample_value(name, labels) or 0.0


class Start(Protocol):
    def __call__(
        self,
        *,
        is_ready: bool = True,
        profiles: Mapping[str, InstallSettings] | None = None,
        checks_installation: bool = False,
        deletes: bool = False,
        **settings: Any,
    ) -> AbstractAsyncContextManager[Operator]: ...


@dataclass(frozen=True, slots=True)
class World:
    """What people and Argo do in the cluster, and what they see there."""

    server: FakeKubernetes
    argo: FakeArgo

    def apply(self, name: str = "standup", **spec: Any) -> None:
        """Make a job, as `kubectl apply` does."""
        self.server.put(
            {
                "apiVersion": "multitrack.dev/v1alpha1",
                "kind": "RecordingJob",
                "metadata": {"name": name, "namespace": NAMESPACE},
                "spec": {"source": {"s3": {"prefix": "standup/"}}, **spec},
            }
        )

    def change(self, name: str = "standup", **spec: Any) -> None:
        """Change a job's spec."""
        self.server.merge("recordingjobs", name, {"spec": spec}, NAMESPACE)

    def status(self, name: str = "standup") -> dict[str, Any]:
        """A job's status; empty as long as there is none."""
        return (self.server.find("recordingjobs", name, NAMESPACE) or {}).get("status") or {}

    def reason(self, kind: str, name: str = "standup") -> str | None:
        """Why a condition has its status."""
        for each in self.status(name).get("conditions", ()):
            if each["type"] == kind:
                return str(each["reason"])
        return None

    def workflows(self) -> list[str]:
        """Names of all Workflows."""
        return [body["metadata"]["name"] for body in self.server.all("workflows", NAMESPACE)]

    def workflow(self, name: str) -> dict[str, Any]:
        """A Workflow that has to be there."""
        found = self.server.find("workflows", name, NAMESPACE)
        assert found is not None, f"no Workflow {name}"
        return found

    def events(self) -> list[tuple[str, str]]:
        """Type and reason of all Events, the oldest first."""
        posted = self.server.all("events", NAMESPACE)
        posted.sort(key=lambda event: int(event["metadata"]["resourceVersion"]))
        return [(event["type"], event["reason"]) for event in posted]

    async def has_workflow(self) -> str:
        """Await the first Workflow."""
        return (await self.server.until(self.workflows))[0]

    async def comes_to(self, phase: str, name: str = "standup") -> dict[str, Any]:
        """Await a job's phase."""
        await self.server.until(lambda: self.status(name).get("phase") == phase)
        return self.status(name)

    async def explains(self, kind: str, reason: str, name: str = "standup") -> dict[str, Any]:
        """Await a condition's reason."""
        await self.server.until(lambda: self.reason(kind, name) == reason)
        conditions = self.status(name)["conditions"]
        return dict(next(each for each in conditions if each["type"] == kind))


@pytest.fixture(scope="session")
def s3_server() -> Iterator[FakeS3]:
    with running_s3() as server:
        server.client.create_bucket(Bucket=BUCKET)
        yield server


@pytest.fixture
def s3(s3_server: FakeS3, monkeypatch: pytest.MonkeyPatch) -> FakeS3:
    """The bucket, as it is for the operator's process. Jobs have uids: nothing need be emptied."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    return s3_server


@pytest.fixture
def world(kubernetes: FakeKubernetes, s3: FakeS3) -> World:
    assert s3.endpoint_url
    return World(kubernetes, FakeArgo(kubernetes, NAMESPACE))


@pytest.fixture
def start(kubernetes: FakeKubernetes) -> Start:
    """Run an operator for the length of a block; leaving it is as sudden as a kill."""

    @asynccontextmanager
    async def run(
        *,
        is_ready: bool = True,
        profiles: Mapping[str, InstallSettings] | None = None,
        checks_installation: bool = False,
        deletes: bool = False,
        **settings: Any,
    ) -> AsyncIterator[Operator]:
        assert kubernetes.url
        told = OperatorSettings.model_validate(
            {"jobNamespaces": [NAMESPACE], "storage": {"bucket": BUCKET}, **settings}
        )
        operator = Operator(CollectorRegistry(), Clock())
        metrics = Metrics(operator.registry, told.monitoring)
        profiles = profiles or {"default": InstallSettings()}
        ready = asyncio.Event()
        async with connect() as cluster:
            open_store = store_of(told.storage)
            controller = Controller(cluster, told, profiles, metrics, open_store, operator.clock)
            watching = kopf.operator(
                registry=register(controller),
                settings=operator_settings(),
                namespaces=[NAMESPACE],
                standalone=True,
                ready_flag=ready,
            )
            tasks = [asyncio.create_task(controller.run()), asyncio.create_task(watching)]
            if checks_installation:
                checks = Installation(
                    cluster, told, profiles, metrics, open_store, pauses=(0.1, 0.1)
                )
                looking = checks.keep_looking(controller.see_problems)
                tasks.append(asyncio.create_task(looking))
            if deletes:
                looping = deletions(cluster, told, controller, operator)
                tasks.append(asyncio.create_task(looping))
            try:
                if is_ready:
                    await asyncio.wait_for(ready.wait(), 10)
                yield operator
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    return run


async def deletions(
    cluster: Cluster,
    settings: OperatorSettings,
    controller: Controller,
    operator: Operator,
) -> None:
    """Both loops about audio, without the pauses that an installation has."""
    entries = DeletionList(S3Store.open(), settings.storage.bucket)
    workflows = DeletionWorkflows(
        cluster,
        entries,
        controller.templates,
        settings.job_namespaces,
        clock=operator.clock,
    )
    metrics = LoopMetrics(operator.registry)
    told = settings.loops.deletions
    loops: tuple[Loop, ...] = (
        Deletions(entries, workflows, told, metrics, clock=operator.clock),
        ConsentSweep(cluster, entries, controller.jobs, settings, metrics, clock=operator.clock),
    )
    while True:
        for loop in loops:
            with suppress(MultitrackError):
                await loop.once()
        await asyncio.sleep(0.05)


async def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Poll what no event tells."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - figures tell nobody that they change
            await asyncio.sleep(0.01)
