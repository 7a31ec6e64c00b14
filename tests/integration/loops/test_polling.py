"""The polling backup: Daily's REST API in, RecordingJobs out, each recording once."""

from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from multitrack.cluster.client import Cluster
from multitrack.cluster.errors import ClusterAwayError
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.polling import DailyPolling
from multitrack.controller.loops.seen import SeenRecordings
from multitrack.controller.loops.settings import PollingSettings
from multitrack.intake.jobs import DailyJobs, create_once, recording_job
from tests.fakes.daily import FakeDaily, a_recording, a_track
from tests.fakes.daily.recordings import START_TS
from tests.fakes.kubernetes import FakeKubernetes
from tests.fakes.s3 import FakeS3
from tests.integration.loops.conftest import BUCKET, NAMESPACE, Clock
from workflow_templates.runtime.daily.client import DailyClient
from workflow_templates.runtime.daily.models import DailyRecording
from workflow_templates.runtime.errors import TemporaryError
from workflow_templates.runtime.store import S3Store

ANN = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"


class Poller:
    """Starts the loop as a fresh operator does."""

    def __init__(
        self,
        cluster: Cluster,
        client: DailyClient,
        store: S3Store,
        clock: Clock,
        registry: CollectorRegistry,
    ) -> None:
        self._cluster = cluster
        self._client = client
        self._store = store
        self._clock = clock
        self._metrics = LoopMetrics(registry)
        self.registry = registry

    def start(self) -> DailyPolling:
        async def make_job(recording: DailyRecording) -> bool:
            jobs = DailyJobs(namespace=NAMESPACE)
            return await create_once(self._cluster, recording_job(recording, jobs))

        return DailyPolling(
            self._client,
            SeenRecordings(self._store, BUCKET),
            make_job,
            PollingSettings(look_back_hours=2),
            self._metrics,
            clock=self._clock,
        )

    @property
    def missed(self) -> float:
        name = "multitrack_daily_recordings_missed_total"
        return self.registry.get_sample_value(name) or 0.0


@pytest.fixture
def poller(
    cluster: Cluster,
    daily_client: DailyClient,
    store: S3Store,
    clock: Clock,
    registry: CollectorRegistry,
) -> Poller:
    return Poller(cluster, daily_client, store, clock, registry)


def jobs(kubernetes: FakeKubernetes) -> list[str]:
    return [body["metadata"]["name"] for body in kubernetes.all("recordingjobs", NAMESPACE)]


async def test_a_missed_recording_becomes_a_job_exactly_once(
    daily: FakeDaily, kubernetes: FakeKubernetes, poller: Poller
) -> None:
    daily.put_recording(a_recording("missed", tracks=[a_track(ANN)]))
    loop = poller.start()
    await loop.once()
    await loop.once()
    assert jobs(kubernetes) == ["daily-missed"]
    assert kubernetes.count("create", "recordingjobs") == 1
    await poller.start().once()
    assert kubernetes.count("create", "recordingjobs") == 1
    assert poller.missed == 1
    made = kubernetes.find("recordingjobs", "daily-missed", NAMESPACE)
    assert made
    assert made["spec"]["source"]["daily"] == {
        "recordingId": "missed",
        "roomName": "standup",
        "meetingSessionId": "257764e6-c74e-4c30-944a-a887a03173a3",
    }


async def test_a_job_that_an_event_made_is_found_and_left_as_it_is(
    daily: FakeDaily, kubernetes: FakeKubernetes, poller: Poller
) -> None:
    recording = DailyRecording.read(daily.put_recording(a_recording("known")))
    assert recording
    body = recording_job(recording, DailyJobs(namespace=NAMESPACE, language="de"))
    kubernetes.put(body)
    await poller.start().once()
    made = kubernetes.find("recordingjobs", "daily-known", NAMESPACE)
    assert made
    assert (made["spec"]["language"], poller.missed) == ("de", 0)


async def test_a_deleted_job_does_not_come_back_not_even_after_a_restart(
    daily: FakeDaily, kubernetes: FakeKubernetes, poller: Poller
) -> None:
    daily.put_recording(a_recording("gone"))
    loop = poller.start()
    await loop.once()
    kubernetes.remove("recordingjobs", "daily-gone", NAMESPACE)
    await loop.once()
    await poller.start().once()
    assert jobs(kubernetes) == []


async def test_what_is_not_ready_is_left_for_later(
    daily: FakeDaily, kubernetes: FakeKubernetes, poller: Poller
) -> None:
    daily.put_recording(a_recording("going-on", status="in-progress", duration=None))
    daily.put_recording(a_recording("no-length", duration=None))
    daily.put_recording(a_recording("canceled", status="canceled"))
    daily.put_recording(a_recording("of-tomorrow", status="archived"))
    daily.put_recording(
        a_recording("nothing", type=None, tracks=None, s3key=None, s3=None, duration=3)
    )
    daily.put_recording(a_recording("no-start", start_ts=None))
    loop = poller.start()
    await loop.once()
    assert jobs(kubernetes) == []
    daily.put_recording(a_recording("no-length", duration=12.5))
    await loop.once()
    assert jobs(kubernetes) == ["daily-no-length"]


async def test_only_the_window_is_looked_at_over_as_many_pages_as_it_has(
    daily: FakeDaily, kubernetes: FakeKubernetes, poller: Poller
) -> None:
    daily.account.page = 2
    for hours in range(6):
        daily.put_recording(a_recording(f"r{hours}", start_ts=START_TS - hours * 3600))
    await poller.start().once()
    assert jobs(kubernetes) == ["daily-r0", "daily-r1"]
    assert len(daily.asked("/recordings")) == 2


async def test_a_refusing_api_server_loses_nothing(
    daily: FakeDaily, kubernetes: FakeKubernetes, poller: Poller
) -> None:
    for name in ("one", "two", "three"):
        daily.put_recording(a_recording(name))
    loop = poller.start()
    kubernetes.refuse(2, verb="create", resource="recordingjobs")
    kubernetes.lose_answers(1, verb="create", resource="recordingjobs", after=2)
    for _ in range(3):
        with pytest.raises(ClusterAwayError):
            await loop.once()
    await loop.once()
    assert jobs(kubernetes) == ["daily-one", "daily-three", "daily-two"]


async def test_a_recording_that_the_cluster_refuses_hides_no_other(
    daily: FakeDaily, kubernetes: FakeKubernetes, poller: Poller, caplog: pytest.LogCaptureFixture
) -> None:
    daily.put_recording(a_recording("newer", start_ts=START_TS + 1))
    daily.put_recording(a_recording("older"))
    kubernetes.refuse(1, status=403, verb="create", resource="recordingjobs")
    loop = poller.start()
    await loop.once()
    assert jobs(kubernetes) == ["daily-older"]
    kubernetes.refuse(1, status=403, verb="create", resource="recordingjobs")
    await loop.once()
    assert [record.message for record in caplog.records].count("recording refused") == 1
    await loop.once()
    assert jobs(kubernetes) == ["daily-newer", "daily-older"]


async def test_a_bucket_that_is_away_makes_no_job_twice(
    daily: FakeDaily, kubernetes: FakeKubernetes, poller: Poller, s3: FakeS3
) -> None:
    daily.put_recording(a_recording("marked-late"))
    loop = poller.start()
    s3.client.delete_bucket(Bucket=BUCKET)
    try:
        with pytest.raises(Exception, match="no such bucket"):
            await loop.once()
    finally:
        s3.client.create_bucket(Bucket=BUCKET)
    assert jobs(kubernetes) == []
    await loop.once()
    assert jobs(kubernetes) == ["daily-marked-late"]


async def test_a_daily_that_is_away_is_the_loops_failure(daily: FakeDaily, poller: Poller) -> None:
    daily.fail("/recordings", times=9)
    with pytest.raises(TemporaryError):
        await poller.start().once()


async def test_marks_that_are_too_old_are_cleared_away(
    daily: FakeDaily, poller: Poller, clock: Clock, s3: FakeS3
) -> None:
    def marks() -> list[str]:
        listed = s3.client.list_objects_v2(Bucket=BUCKET, Prefix="seen/daily/")
        return [found["Key"] for found in listed.get("Contents", [])]

    daily.put_recording(a_recording("strange id/ü"))
    await poller.start().once()
    assert marks() == ["seen/daily/20230815T182943Z-strange%20id%2F%C3%BC"]
    clock.now += timedelta(days=3)
    await poller.start().once()
    assert marks() == []
