"""The operator as it runs in a cluster, in this process and against the fake API server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import kopf
import pytest
from prometheus_client import CollectorRegistry

from multitrack.cluster.client import connect
from multitrack.controller.handlers import operator_settings, register
from multitrack.controller.installation import Installation
from multitrack.controller.loop import Controller
from multitrack.controller.metrics import Metrics
from multitrack.controller.settings import OperatorSettings
from tests.fakes.argo import FakeArgo
from tests.fakes.kubernetes import FakeKubernetes
from workflow_templates.argo.settings import InstallSettings

NAMESPACE = "meetings"


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


@pytest.fixture
def world(kubernetes: FakeKubernetes) -> World:
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
        **settings: Any,
    ) -> AsyncIterator[Operator]:
        assert kubernetes.url
        told = OperatorSettings.model_validate(
            {"jobNamespaces": [NAMESPACE], "storage": {"bucket": "recordings"}, **settings}
        )
        operator = Operator(CollectorRegistry(), Clock())
        metrics = Metrics(operator.registry, told.monitoring)
        profiles = profiles or {"default": InstallSettings()}
        ready = asyncio.Event()
        async with connect() as cluster:
            controller = Controller(cluster, told, profiles, metrics, operator.clock)
            watching = kopf.operator(
                registry=register(controller),
                settings=operator_settings(),
                namespaces=[NAMESPACE],
                standalone=True,
                ready_flag=ready,
            )
            tasks = [asyncio.create_task(controller.run()), asyncio.create_task(watching)]
            if checks_installation:
                checks = Installation(cluster, told, profiles, metrics, pauses=(0.1, 0.1))
                looking = checks.keep_looking(controller.see_problems)
                tasks.append(asyncio.create_task(looking))
            try:
                if is_ready:
                    await asyncio.wait_for(ready.wait(), 10)
                yield operator
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    return run


async def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Poll what no event tells."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - figures tell nobody that they change
            await asyncio.sleep(0.01)
