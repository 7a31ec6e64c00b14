"""What the control loops work with: Daily, a bucket, an API server, a clock."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from multitrack.cluster.client import Cluster, connect
from multitrack.controller.loops.metrics import LoopMetrics
from tests.fakes.daily import FakeDaily, running_daily
from tests.fakes.daily.recordings import START_TS
from tests.fakes.kubernetes import FakeKubernetes
from tests.fakes.s3 import FakeS3, running_s3
from workflow_templates.runtime.daily.client import DailyClient
from workflow_templates.runtime.store import S3Store

NAMESPACE = "meetings"
BUCKET = "jobs"


@dataclass(slots=True)
class Clock:
    """Stands still until a test moves it; ten minutes after recordings begin."""

    now: datetime = field(
        default_factory=lambda: datetime.fromtimestamp(START_TS, UTC) + timedelta(minutes=10)
    )

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> LoopMetrics:
    return LoopMetrics(registry)


@pytest.fixture
def daily(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDaily]:
    with running_daily() as server:
        monkeypatch.setenv("MULTITRACK_DAILY_API_KEY", server.api_key)
        yield server


@pytest.fixture
async def daily_client(daily: FakeDaily) -> AsyncIterator[DailyClient]:
    async with DailyClient.connect(daily.api_url) as client:
        yield client


@pytest.fixture(scope="session")
def s3_server() -> Iterator[FakeS3]:
    with running_s3() as server:
        server.client.create_bucket(Bucket=BUCKET)
        yield server


@pytest.fixture
def s3(s3_server: FakeS3, monkeypatch: pytest.MonkeyPatch) -> FakeS3:
    """An empty bucket, as it is for the operator's process."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    for found in s3_server.client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3_server.client.delete_object(Bucket=BUCKET, Key=found["Key"])
    return s3_server


@pytest.fixture
def store(s3: FakeS3) -> S3Store:
    return S3Store.open(endpoint_url=s3.endpoint_url)


@pytest.fixture
async def cluster(kubernetes: FakeKubernetes) -> AsyncIterator[Cluster]:
    assert kubernetes.url
    async with connect() as connected:
        yield connected
