"""Whatever Daily signs, and in whichever order it comes."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multitrack.gateway.daily.intake import SECRET_VARIABLE
from multitrack.intake.events import EventKind
from tests.fakes.daily import events
from tests.fakes.daily.hooks import message, new_secret, signed_headers
from tests.fakes.daily.recordings import a_recording, a_track
from tests.fakes.kubernetes import FakeKubernetes, running_kubernetes
from tests.fakes.s3 import running_s3
from tests.integration.gateway.running import BUCKET, NAMESPACE, running_gateway

SECRET = new_secret()
FEW = settings(max_examples=40, database=None, deadline=None)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = ("recording_id", "room_name", "start_ts", "type", "status", "duration", "s3_key", "tracks")
EVENTS = st.fixed_dictionaries(
    {"type": st.sampled_from([kind.value for kind in EventKind]) | st.text(max_size=20)},
    optional={
        "id": JSON,
        "version": JSON,
        "event_ts": JSON,
        "payload": JSON | st.dictionaries(st.sampled_from(NAMES), JSON),
    },
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeKubernetes]:
    with (
        pytest.MonkeyPatch.context() as environment,
        running_s3() as s3,
        running_kubernetes(tmp_path_factory.mktemp("kubernetes")) as kubernetes,
    ):
        told = {**s3.environment, **kubernetes.environment, SECRET_VARIABLE: SECRET}
        for name, value in told.items():
            environment.setenv(name, value)
        s3.put(BUCKET, {})
        yield kubernetes


@pytest.fixture(scope="module")
def gateway(cluster: FakeKubernetes) -> Iterator[httpx.Client]:
    assert cluster.url
    with running_gateway() as url, httpx.Client(base_url=url) as client:
        yield client


def send(gateway: httpx.Client, body: bytes) -> httpx.Response:
    return gateway.post(
        "/v1/daily/webhook", content=body, headers=signed_headers(body, SECRET), timeout=20
    )


@given(body=EVENTS.map(lambda event: json.dumps(event).encode()) | st.binary(max_size=200))
@FEW
def test_whatever_daily_signs_is_answered_with_200(gateway: httpx.Client, body: bytes) -> None:
    answer = send(gateway, body)
    assert answer.status_code == 200, answer.text


@given(data=st.data())
@settings(FEW, max_examples=15)
def test_events_in_any_order_and_any_number_make_one_job(
    gateway: httpx.Client, cluster: FakeKubernetes, data: st.DataObject
) -> None:
    recording = a_recording(tracks=[a_track(str(uuid.uuid4()))])
    ready = events.recording_ready(recording)
    all_of_them: list[dict[str, Any]] = [
        ready,
        events.recording_ready(recording),  # told anew, under another id
        events.recording_started(recording),
        events.recording_error(recording["room_name"]),
        events.participant_joined("s-1", "Ann"),
        events.participant_left("s-1", "Ann"),
    ]
    come = data.draw(st.lists(st.sampled_from(all_of_them), max_size=8))
    at = data.draw(st.integers(0, len(come)))
    answers = [send(gateway, message(each)) for each in [*come[:at], ready, *come[at:]]]
    assert {answer.status_code for answer in answers} == {200}
    assert [answer.json()["outcome"] for answer in answers].count("created") == 1
    name = f"daily-{recording['id']}"
    jobs = [job["metadata"]["name"] for job in cluster.all("recordingjobs", NAMESPACE)]
    assert jobs.count(name) == 1
