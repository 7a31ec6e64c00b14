"""Daily's events at the gateway's door: what is made of them, and that none is lost."""

import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from multitrack.cluster.client import connect
from multitrack.gateway.daily.intake import SECRET_VARIABLE
from multitrack.gateway.daily.receiver import EventMetrics, Receiver
from multitrack.intake.inbox import Duty, Inbox, InboxEntry
from multitrack.intake.jobs import DailyJobs
from multitrack.intake.provider import PROVIDER_VARIABLE, SHADOW_VARIABLE, Provider, Routing
from tests.fakes.daily import FakeDaily, events, running_daily
from tests.fakes.daily.hooks import message, new_secret
from tests.fakes.kubernetes import FakeKubernetes
from tests.fakes.s3 import FakeS3
from tests.integration.gateway.running import BUCKET, NAMESPACE, running_gateway
from tests.integration.gateway.world import World
from workflow_templates.runtime.errors import TemporaryError
from workflow_templates.runtime.store import S3Store

SECRET, NEXT_SECRET = new_secret(), new_secret()
LEGACY = "https://legacy.example/v1/daily/webhook"
RECORDING = {
    "id": "0cb313e1-211f-4be8-833d-8c7305b19902",
    "type": "raw-tracks",
    "room_name": "standup",
    "start_ts": 1773483300,
    "duration": 173,
    "s3key": "acme/standup/1773483300000",
    "tracks": [{"type": "audio", "s3Key": "acme/standup/1-2-cam-audio-3", "size": 5}],
}
JOB = f"daily-{RECORDING['id']}"


@pytest.fixture
def daily() -> Iterator[FakeDaily]:
    with running_daily() as server:
        yield server


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, f"{SECRET} {NEXT_SECRET}")


@pytest.fixture
def inbox(world: World, s3: FakeS3) -> Inbox:
    """Empty at first."""
    assert world.s3 is s3
    made = Inbox(S3Store.open(), BUCKET)
    for entry in made.entries():
        made.strike_off(entry)
    return made


@pytest.fixture
def webhook(request: pytest.FixtureRequest) -> Iterator[str]:
    for needed in ("secrets", "world", "inbox"):
        request.getfixturevalue(needed)
    with running_gateway() as url:
        yield f"{url}/v1/daily/webhook"


def _jobs(kubernetes: FakeKubernetes) -> list[str]:
    return [job["metadata"]["name"] for job in kubernetes.all("recordingjobs", NAMESPACE)]


def _ready(**changes: Any) -> dict[str, Any]:
    return events.recording_ready({**RECORDING, **changes})


def test_a_ready_recording_becomes_a_job(
    daily: FakeDaily, webhook: str, kubernetes: FakeKubernetes, inbox: Inbox
) -> None:
    delivery = daily.send(_ready(), to=webhook, secret=SECRET)
    assert (delivery.status, delivery.answer) == (200, b'{"outcome":"created"}')
    job = kubernetes.find("recordingjobs", JOB, NAMESPACE)
    assert job is not None
    assert job["spec"]["source"]["daily"]["roomName"] == "standup"
    assert list(inbox.entries()) == []


def test_a_second_secret_is_accepted_too(daily: FakeDaily, webhook: str) -> None:
    assert daily.send(_ready(), to=webhook, secret=NEXT_SECRET).status == 200


def test_repeated_and_concurrent_events_make_one_job(
    daily: FakeDaily, webhook: str, kubernetes: FakeKubernetes
) -> None:
    event = _ready()
    with ThreadPoolExecutor(8) as senders:
        sent = list(senders.map(lambda _: daily.send(event, to=webhook, secret=SECRET), range(16)))
    assert {delivery.status for delivery in sent} == {200}
    assert sorted(delivery.answer for delivery in sent)[:2] == [
        b'{"outcome":"created"}',
        b'{"outcome":"known"}',
    ]
    assert _jobs(kubernetes) == [JOB]


@pytest.mark.parametrize("headers", [{"X-Webhook-Signature": "AAAA"}, {"X-Webhook-Timestamp": "1"}])
def test_what_is_not_daily_is_refused(
    daily: FakeDaily, webhook: str, kubernetes: FakeKubernetes, headers: Mapping[str, str]
) -> None:
    delivery = daily.send(_ready(), to=webhook, secret=SECRET, headers=headers)
    assert delivery.status == 401
    assert b"signature is missing or wrong" in delivery.answer
    assert _jobs(kubernetes) == []


def test_a_strangers_secret_and_no_signature_are_refused(webhook: str, daily: FakeDaily) -> None:
    assert daily.send(_ready(), to=webhook, secret=new_secret()).status == 401
    answer = httpx.post(webhook, json=_ready())
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_test_ping_needs_no_signature(webhook: str, kubernetes: FakeKubernetes) -> None:
    assert httpx.post(webhook, json={"test": "test"}).status_code == 200
    assert _jobs(kubernetes) == []


def test_a_body_that_is_too_large_is_refused(webhook: str, daily: FakeDaily) -> None:
    assert daily.send(b" " * (2 << 20), to=webhook, secret=SECRET).status == 413


@pytest.mark.parametrize(
    "event",
    [
        events.recording_started(RECORDING),
        events.recording_error(),
        events.participant_joined("s-1", None),
        events.participant_left("s-1", "Ann"),
        {"type": "meeting.thought-of-next", "id": "m-1", "payload": {"x": 1}},
    ],
)
def test_other_events_are_taken_and_make_nothing(
    daily: FakeDaily, webhook: str, kubernetes: FakeKubernetes, event: dict[str, Any]
) -> None:
    assert daily.send(event, to=webhook, secret=SECRET).status == 200
    assert _jobs(kubernetes) == []


@pytest.mark.parametrize(
    "body",
    [b"not JSON at all", b"[]", b'{"type": "recording.ready-to-download", "payload": null}'],
)
def test_authentic_nonsense_is_kept_and_answered_with_200(
    daily: FakeDaily, webhook: str, inbox: Inbox, body: bytes
) -> None:
    assert daily.send(body, to=webhook, secret=SECRET).status == 200
    (entry,) = inbox.entries()
    assert (entry.todo, entry.content()) == ((), body)
    assert entry.why


def test_a_replay_of_last_week_makes_nothing(
    daily: FakeDaily, webhook: str, kubernetes: FakeKubernetes, inbox: Inbox
) -> None:
    long_ago = str(int(datetime.now(UTC).timestamp()) - 7 * 86_400)
    assert daily.send(_ready(), to=webhook, secret=SECRET, timestamp=long_ago).status == 200
    assert _jobs(kubernetes) == []
    (entry,) = inbox.entries()
    assert "too long ago" in entry.why


@pytest.mark.parametrize("status", [500, 503, 429])
def test_without_an_api_server_the_event_waits_in_the_inbox(
    daily: FakeDaily, webhook: str, kubernetes: FakeKubernetes, inbox: Inbox, status: int
) -> None:
    kubernetes.refuse(status=status, verb="create", resource="recordingjobs")
    delivery = daily.send(_ready(), to=webhook, secret=SECRET)
    assert (delivery.status, delivery.answer) == (200, b'{"outcome":"queued"}')
    (entry,) = inbox.entries()
    assert entry.todo == (Duty.JOB,)
    assert "x-webhook-signature" in entry.headers
    kubernetes.heal()
    assert daily.send(_ready(), to=webhook, secret=SECRET).answer == b'{"outcome":"created"}'


def test_a_lost_answer_is_no_second_job(
    daily: FakeDaily, webhook: str, kubernetes: FakeKubernetes, inbox: Inbox
) -> None:
    kubernetes.lose_answers(1, verb="create", resource="recordingjobs")
    assert daily.send(_ready(), to=webhook, secret=SECRET).status == 200
    assert _jobs(kubernetes) == [JOB]
    (entry,) = inbox.entries()
    assert entry.todo == (Duty.JOB,)


def test_a_job_that_the_cluster_refuses_is_kept_for_a_person(
    daily: FakeDaily, webhook: str, kubernetes: FakeKubernetes, inbox: Inbox
) -> None:
    kubernetes.refuse(status=403, verb="create", resource="recordingjobs")
    delivery = daily.send(_ready(), to=webhook, secret=SECRET)
    assert delivery.answer == b'{"outcome":"kept"}'
    (entry,) = inbox.entries()
    assert entry.todo == ()


@pytest.mark.usefixtures("secrets", "world")
def test_with_neither_api_server_nor_bucket_daily_is_to_try_again(
    daily: FakeDaily, kubernetes: FakeKubernetes
) -> None:
    with running_gateway(storage={"bucket": "no-such-bucket"}) as url:
        kubernetes.refuse(verb="create", resource="recordingjobs")
        hook = daily.add_hook(f"{url}/v1/daily/webhook", secret=SECRET, retry_type="exponential")
        (delivery,) = daily.emit(_ready())
        assert delivery.status == 503
        kubernetes.heal()
        (delivery,) = daily.resend()
        assert delivery.answer == b'{"outcome":"created"}'
        assert hook.state == "ACTIVE"


@pytest.mark.usefixtures("world")
async def test_a_bucket_that_never_answers_is_not_waited_for(
    kubernetes: FakeKubernetes, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubernetes.refuse(verb="create", resource="recordingjobs")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
        async with connect() as cluster:
            receiver = Receiver(
                cluster,
                Inbox(S3Store.open(), BUCKET),
                DailyJobs(namespace=NAMESPACE),
                Routing(Provider.ARGO, shadow=False, legacy_url="", fallback=False),
                EventMetrics(CollectorRegistry()),
                inbox_patience=0.2,
            )
            with pytest.raises(TemporaryError, match="did not answer in time"):
                await receiver.receive(message(_ready()), {}, None)


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize(
    ("provider", "shadow", "outcome", "todo", "is_shadow"),
    [
        ("none", "false", b"queued", (Duty.FORWARD,), None),
        ("argo", "false", b"created", None, False),
        ("argo", "true", b"created", (Duty.FORWARD,), True),
        ("none", "true", b"created", (Duty.FORWARD,), True),
    ],
)
def test_the_provider_decides_who_gets_an_event(
    world: World,
    daily: FakeDaily,
    inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
    *,
    provider: str,
    shadow: str,
    outcome: bytes,
    todo: tuple[Duty, ...] | None,
    is_shadow: bool | None,
) -> None:
    monkeypatch.setenv(PROVIDER_VARIABLE, provider)
    monkeypatch.setenv(SHADOW_VARIABLE, shadow)
    with running_gateway(webhook={"legacyUrl": LEGACY}) as url:
        delivery = daily.send(_ready(), to=f"{url}/v1/daily/webhook", secret=SECRET)
    assert delivery.answer == b'{"outcome":"%s"}' % outcome
    kept: list[InboxEntry] = list(inbox.entries())
    assert [entry.todo for entry in kept] == ([] if todo is None else [todo])
    assert all(entry.content() == delivery.body for entry in kept)
    job = world.kubernetes.find("recordingjobs", JOB, NAMESPACE)
    assert (job and job["spec"].get("shadow", False)) is is_shadow


@pytest.mark.usefixtures("secrets")
def test_the_legacy_pipeline_is_the_fallback_where_it_is_so_set(
    world: World, daily: FakeDaily, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PROVIDER_VARIABLE, "argo")
    world.kubernetes.refuse(status=403, verb="create", resource="recordingjobs")
    with running_gateway(webhook={"legacyUrl": LEGACY, "fallbackToLegacy": True}) as url:
        daily.send(_ready(), to=f"{url}/v1/daily/webhook", secret=SECRET)
    (entry,) = inbox.entries()
    assert entry.todo == (Duty.FORWARD,)


def test_without_a_secret_no_events_are_taken(gateway: str, daily: FakeDaily) -> None:
    delivery = daily.send(_ready(), to=f"{gateway}/v1/daily/webhook", secret=SECRET)
    assert delivery.status == 404
    assert b"no webhook secret is set" in delivery.answer


@pytest.mark.parametrize("event_id", ["evt-1", "../../jobs/other", "\u00e4/\u00f6", "x" * 500])
def test_the_inbox_gives_back_exactly_what_came(inbox: Inbox, event_id: str) -> None:
    body = b'\x00\xff {"raw": 1}'
    entry = InboxEntry.of(event_id, datetime.now(UTC), (Duty.JOB,), "a test", {"a": "b"}, body)
    inbox.put(entry)
    inbox.put(entry)
    (found,) = inbox.entries()
    assert found == entry
    assert found.content() == body
    inbox.strike_off(found)
    assert list(inbox.entries()) == []
