"""The inbox: what the gateway could only keep becomes a job, or reaches the legacy pipeline."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from multitrack.cluster.client import Cluster
from multitrack.controller.loops.inbox import InboxLoop
from multitrack.controller.loops.legacy import LegacyPipeline
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.settings import InboxSettings
from multitrack.intake.inbox import Duty, Inbox, InboxEntry
from multitrack.intake.jobs import DailyJobs, create_once, recording_job
from tests.fakes.daily import FakeDaily, a_recording, recording_ready, running_daily
from tests.fakes.kubernetes import FakeKubernetes
from tests.integration.loops.conftest import BUCKET, NAMESPACE
from workflow_templates.runtime.daily.models import DailyRecording
from workflow_templates.runtime.errors import TemporaryError
from workflow_templates.runtime.store import S3Store

HEADERS = {"x-webhook-timestamp": "1692124183", "x-webhook-signature": "c2lnbmVk"}


@pytest.fixture
def inbox(store: S3Store) -> Inbox:
    return Inbox(store, BUCKET)


@pytest.fixture
def legacy() -> Any:
    """Anything that answers POST requests and remembers them."""
    with running_daily() as server:
        yield server


class Loops:
    """Makes the loop as an installation has it."""

    def __init__(
        self,
        cluster: Cluster,
        inbox: Inbox,
        legacy: FakeDaily,
        http: httpx.AsyncClient,
        registry: CollectorRegistry,
    ) -> None:
        self._cluster = cluster
        self._inbox = inbox
        self._pipeline = LegacyPipeline(http, f"{legacy.api_url}/hook")
        self._metrics = LoopMetrics(registry)
        self._registry = registry

    def make(self, *, has_legacy: bool = True, falls_back: bool = False) -> InboxLoop:
        async def make_job(recording: DailyRecording) -> bool:
            jobs = DailyJobs(namespace=NAMESPACE)
            return await create_once(self._cluster, recording_job(recording, jobs))

        return InboxLoop(
            self._inbox,
            make_job,
            self._pipeline.hand_on if has_legacy else None,
            InboxSettings(),
            self._metrics,
            falls_back=falls_back,
        )

    def waiting(self, todo: str) -> float | None:
        return self._registry.get_sample_value("multitrack_inbox_entries", {"todo": todo})


@pytest.fixture
async def loops(
    cluster: Cluster, inbox: Inbox, legacy: FakeDaily, registry: CollectorRegistry
) -> AsyncIterator[Loops]:
    async with httpx.AsyncClient() as http:
        yield Loops(cluster, inbox, legacy, http, registry)


def kept(inbox: Inbox, event: Mapping[str, Any], *todo: Duty) -> InboxEntry:
    entry = InboxEntry.of(
        event["id"], datetime.now(UTC), todo, "it was busy", HEADERS, json.dumps(event).encode()
    )
    inbox.put(entry)
    return entry


def jobs(kubernetes: FakeKubernetes) -> list[str]:
    return [body["metadata"]["name"] for body in kubernetes.all("recordingjobs", NAMESPACE)]


async def test_a_kept_event_becomes_a_job_and_is_struck_off(
    inbox: Inbox, loops: Loops, kubernetes: FakeKubernetes
) -> None:
    kept(inbox, recording_ready(a_recording("late")), Duty.JOB)
    loop = loops.make(has_legacy=False)
    kubernetes.refuse(1, verb="create", resource="recordingjobs")
    with pytest.raises(TemporaryError):
        await loop.once()
    (waiting,) = inbox.entries()
    assert (waiting.todo, waiting.tries, loops.waiting("job")) == ((Duty.JOB,), 1, 1)
    await loop.once()
    await loop.once()
    assert jobs(kubernetes) == ["daily-late"]
    assert list(inbox.entries()) == []
    assert loops.waiting("job") == 0


async def test_a_job_that_is_there_already_settles_the_event(
    inbox: Inbox, loops: Loops, kubernetes: FakeKubernetes
) -> None:
    event = recording_ready(a_recording("twice"))
    kept(inbox, event, Duty.JOB)
    kubernetes.lose_answers(1, verb="create", resource="recordingjobs")
    loop = loops.make()
    with pytest.raises(TemporaryError):
        await loop.once()
    await loop.once()
    assert (jobs(kubernetes), list(inbox.entries())) == (["daily-twice"], [])


async def test_an_event_reaches_the_legacy_pipeline_as_it_came(
    inbox: Inbox, loops: Loops, legacy: FakeDaily
) -> None:
    legacy.garble("/hook", None, times=1)
    entry = kept(inbox, recording_ready(a_recording("shadowed")), Duty.JOB, Duty.FORWARD)
    await loops.make().once()
    (request,) = legacy.asked("/hook", "POST")
    assert request.body == json.loads(entry.content())
    assert {name: request.headers.get(name) for name in HEADERS} == HEADERS
    assert list(inbox.entries()) == []


async def test_a_legacy_pipeline_that_is_away_is_tried_again_alone(
    inbox: Inbox, loops: Loops, legacy: FakeDaily, kubernetes: FakeKubernetes
) -> None:
    legacy.fail("/hook", status=503)
    kept(inbox, recording_ready(a_recording("both")), Duty.JOB, Duty.FORWARD)
    loop = loops.make()
    with pytest.raises(TemporaryError, match="the legacy pipeline answers 503"):
        await loop.once()
    (waiting,) = inbox.entries()
    assert (waiting.todo, waiting.why) == ((Duty.FORWARD,), "the legacy pipeline answers 503")
    legacy.garble("/hook", None)
    await loop.once()
    assert (jobs(kubernetes), list(inbox.entries())) == (["daily-both"], [])
    assert kubernetes.count("create", "recordingjobs") == 1


async def test_what_is_refused_for_good_stays_for_a_person_and_is_not_tried_again(
    inbox: Inbox, loops: Loops, legacy: FakeDaily, kubernetes: FakeKubernetes
) -> None:
    legacy.fail("/hook", status=422, times=9)
    kubernetes.refuse(status=403, verb="create", resource="recordingjobs")
    kept(inbox, recording_ready(a_recording("refused")), Duty.JOB, Duty.FORWARD)
    loop = loops.make()
    await loop.once()
    await loop.once()
    (entry,) = inbox.entries()
    assert (entry.todo, "answers 422" in entry.why) == ((), True)
    assert len(legacy.asked("/hook", "POST")) == 1
    assert kubernetes.count("create", "recordingjobs") == 1
    assert loops.waiting("none") == 1


async def test_with_a_fallback_the_legacy_pipeline_gets_what_the_cluster_refuses(
    inbox: Inbox, loops: Loops, legacy: FakeDaily, kubernetes: FakeKubernetes
) -> None:
    legacy.garble("/hook", None)
    kubernetes.refuse(status=403, verb="create", resource="recordingjobs")
    kept(inbox, recording_ready(a_recording("rescued")), Duty.JOB)
    loop = loops.make(falls_back=True)
    await loop.once()
    assert legacy.asked("/hook", "POST") == []
    await loop.once()
    assert len(legacy.asked("/hook", "POST")) == 1
    assert list(inbox.entries()) == []


async def test_entries_without_a_duty_are_left_alone_and_counted(
    inbox: Inbox, loops: Loops, legacy: FakeDaily, kubernetes: FakeKubernetes
) -> None:
    kept(inbox, {"id": "garbage", "type": "recording.ready-to-download"})
    kept(inbox, {"id": "nothing-to-do-it-with", "type": "meeting.ended"}, Duty.FORWARD)
    await loops.make(has_legacy=False).once()
    assert len(list(inbox.entries())) == 2
    assert (loops.waiting("none"), jobs(kubernetes), legacy.requests) == (2, [], [])
