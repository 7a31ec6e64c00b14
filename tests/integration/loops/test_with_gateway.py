"""The worst day: gateway, bucket and API server fail while meetings end, and nothing is lost."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from multitrack.cluster.client import connect
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.runner import Loop
from multitrack.controller.loops.wiring import open_loops
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.startup_check import store_of
from multitrack.controller.templates import Templates
from multitrack.gateway.daily.intake import SECRET_VARIABLE
from tests.fakes.daily import FakeDaily, Hook, a_recording, a_track, recording_ready
from tests.fakes.daily.hooks import new_secret
from tests.fakes.kubernetes import FakeKubernetes
from tests.fakes.s3 import FakeS3
from tests.integration.gateway.running import running_gateway
from tests.integration.loops.conftest import BUCKET, NAMESPACE
from workflow_templates.argo.settings import InstallSettings

ANN = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"
_PROFILES = {"default": InstallSettings()}


@pytest.fixture
def hook(
    daily: FakeDaily, s3: FakeS3, kubernetes: FakeKubernetes, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hook]:
    """Ours, at Daily; its address is a running gateway's."""
    assert s3.endpoint_url
    assert kubernetes.url
    secret = new_secret()
    monkeypatch.setenv(SECRET_VARIABLE, secret)
    with running_gateway(storage={"bucket": BUCKET}) as url:
        yield daily.add_hook(f"{url}/v1/daily/webhook", secret=secret)


def jobs(kubernetes: FakeKubernetes) -> list[str]:
    return [body["metadata"]["name"] for body in kubernetes.all("recordingjobs", NAMESPACE)]


def named(loops: list[Loop], name: str) -> Loop:
    return next(loop for loop in loops if loop.name == name)


@asynccontextmanager
async def all_loops(
    daily: FakeDaily, s3: FakeS3, metrics: LoopMetrics
) -> AsyncIterator[list[Loop]]:
    """As the operator has them, none of them running by itself."""
    settings = OperatorSettings.model_validate(
        {
            "jobNamespaces": [NAMESPACE],
            "storage": {"bucket": BUCKET, "endpointUrl": s3.endpoint_url},
            "daily": {"apiUrl": daily.api_url},
        }
    )
    async with connect() as cluster:
        templates, store = Templates(cluster, _PROFILES), store_of(settings.storage)
        async with open_loops(cluster, settings, tuple, metrics, templates, store) as loops:
            yield loops


async def test_every_recording_of_the_outage_becomes_one_job(
    daily: FakeDaily,
    hook: Hook,
    s3: FakeS3,
    kubernetes: FakeKubernetes,
    metrics: LoopMetrics,
) -> None:
    recordings = [
        daily.put_recording(a_recording(f"meeting-{number}", tracks=[a_track(ANN)], start_ts=start))
        for number, start in enumerate(_recent_starts(5))
    ]
    events = [recording_ready(recording) for recording in recordings]

    # One comes through. Then neither the API server nor the bucket takes anything.
    (first,) = await asyncio.to_thread(daily.emit, events[0])
    assert first.status == 200
    kubernetes.refuse()
    s3.client.delete_bucket(Bucket=BUCKET)
    try:
        for event in events[1:4]:
            (delivery,) = await asyncio.to_thread(daily.emit, event)
            assert delivery.status == 503
    finally:
        s3.client.create_bucket(Bucket=BUCKET)
    assert hook.state == "FAILED"
    assert await asyncio.to_thread(daily.emit, events[4]) == []
    kubernetes.heal()

    async with all_loops(daily, s3, metrics) as loops:
        await named(loops, "webhook-monitor").once()
        assert hook.state == "ACTIVE"
        for loop in loops:
            await loop.once()
        # Daily's redeliveries, and the poller once more: still one job each.
        for event in events:
            (again,) = await asyncio.to_thread(daily.emit, event)
            assert (again.status, json.loads(again.answer)) == (200, {"outcome": "known"})
        await named(loops, "polling").once()
    assert jobs(kubernetes) == [f"daily-meeting-{number}" for number in range(5)]
    warnings = [event["reason"] for event in kubernetes.all("events", NAMESPACE)]
    assert warnings == ["DailyWebhookReactivated"]


async def test_what_only_the_bucket_took_becomes_a_job_by_the_inbox(
    daily: FakeDaily,
    hook: Hook,
    s3: FakeS3,
    kubernetes: FakeKubernetes,
    metrics: LoopMetrics,
) -> None:
    kubernetes.refuse()
    recording = a_recording("kept", tracks=[a_track(ANN)])
    (delivery,) = await asyncio.to_thread(daily.emit, recording_ready(recording))
    assert (delivery.status, json.loads(delivery.answer)) == (200, {"outcome": "queued"})
    assert hook.failed_count == 0
    kubernetes.heal()
    async with all_loops(daily, s3, metrics) as loops:
        await named(loops, "inbox").once()
    assert jobs(kubernetes) == ["daily-kept"]
    assert "Contents" not in s3.client.list_objects_v2(Bucket=BUCKET, Prefix="inbox/")


def _recent_starts(count: int) -> list[int]:
    """Within the window of the operator's own clock."""
    return [int(time.time()) - 600 - 60 * number for number in range(count)]
