"""A gateway that serves the fakes, and people who ask it."""

from collections.abc import Iterator

import httpx
import pytest

from tests.fakes.kubernetes import FakeKubernetes
from tests.fakes.s3 import FakeS3, running_s3
from tests.integration.gateway.running import BUCKET, running_gateway
from tests.integration.gateway.world import OWNER, World


@pytest.fixture(scope="module")
def s3() -> Iterator[FakeS3]:
    with running_s3() as server:
        server.put(BUCKET, {})
        yield server


@pytest.fixture
def world(kubernetes: FakeKubernetes, s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> World:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    made = World(kubernetes, s3)
    made.people()
    return made


@pytest.fixture
def gateway(world: World) -> Iterator[str]:
    assert world.kubernetes.url
    with running_gateway() as url:
        yield url


@pytest.fixture
def olga(gateway: str) -> Iterator[httpx.Client]:
    """She may do everything."""
    headers = {"Authorization": f"Bearer {OWNER}"}
    with httpx.Client(base_url=gateway, headers=headers, timeout=20) as client:
        yield client
