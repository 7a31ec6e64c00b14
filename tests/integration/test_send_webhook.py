"""send-webhook as an engine runs it, against a receiver on loopback."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import RunStep, StepRun
from tests.fakes.authority import make_authority
from tests.fakes.loopback import Drop, Reply
from tests.fakes.receiver import Receiver, running_receiver
from workflow_templates.contracts.delivery import WebhookDelivery

DELIVERY = "delivery/webhook.json"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as server:
        yield server


@pytest.fixture
def send(finished_meeting: Path, receiver: Receiver, run_step: RunStep) -> "Send":
    return Send(finished_meeting, receiver, run_step)


class Send:
    """Runs the step."""

    def __init__(self, job: Path, receiver: Receiver, run_step: RunStep) -> None:
        self.job, self.receiver, self.run_step = job, receiver, run_step

    def __call__(
        self,
        *,
        attempt: int = 1,
        secret: str | None = None,
        authorities: str = "",
        **parameters: str,
    ) -> StepRun:
        told = {
            "webhook-url": self.receiver.url,
            "webhook-allowed-private": "127.0.0.0/8",
            "delivery-id": "uid-1/1",
            "transcript-id": "standup",
            "link": "https://meetings.example/jobs/standup",
        } | {name.replace("_", "-"): value for name, value in parameters.items()}
        return self.run_step(
            "send-webhook",
            self.job,
            self.job,
            parameters=told,
            environment={
                "MULTITRACK_WEBHOOK_SECRET": self.receiver.secret if secret is None else secret,
                "MULTITRACK_CA_CERTIFICATES": authorities,
            },
            arguments=("--attempt", str(attempt), "--attempts", "30"),
        )


def test_a_finished_meeting_arrives_signed_and_whole(send: Send, receiver: Receiver) -> None:
    run = send()
    assert (run.exit_code, run.stderr) == (0, "")
    [delivery] = receiver.deliveries
    headers = delivery.request.headers
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == "Reflector-Webhook/1.0"
    assert headers["x-webhook-event"] == "transcript.completed"
    assert headers["x-webhook-retry"] == "0"
    assert delivery.is_signed
    payload = delivery.payload
    assert payload.keys() == {
        "event",
        "event_id",
        "timestamp",
        "transcript",
        "room",
        "calendar_event",
    }
    transcript = payload["transcript"]
    assert transcript.keys() == {
        "id",
        "room_id",
        "created_at",
        "duration",
        "title",
        "short_summary",
        "long_summary",
        "webvtt",
        "topics",
        "participants",
        "source_language",
        "target_language",
        "status",
        "frontend_url",
        "action_items",
    }
    assert (transcript["id"], transcript["status"]) == ("standup", "ended")
    assert transcript["duration"] == 148_939, "milliseconds"
    assert transcript["topics"][1]["timestamp"] == pytest.approx(52, abs=15), "seconds"
    assert transcript["webvtt"].startswith("WEBVTT\n\n00:00:01")
    assert "<v Speaker0>Good morning everyone." in transcript["topics"][0]["webvtt"]
    assert transcript["participants"][0] == {"id": "p0", "name": "Alice", "speaker": 0}
    assert transcript["action_items"].keys() == {"decisions", "next_steps"}
    assert payload["room"] == {"id": "sample", "name": "sample"}


def test_the_record_does_not_hold_the_receivers_secret_path(
    send: Send, finished_meeting: Path
) -> None:
    send()
    record = WebhookDelivery.read(finished_meeting / DELIVERY)
    assert (record.status, record.retry) == (200, 0)
    assert "room-token" not in (finished_meeting / DELIVERY).read_text(encoding="utf-8")


def test_a_receiver_that_fails_ten_times_gets_one_event_id(send: Send, receiver: Receiver) -> None:
    receiver.script += [Reply(500)] * 10
    codes = [send(attempt=attempt).exit_code for attempt in range(1, 12)]
    assert codes == [75] * 10 + [0]
    assert len({delivery.event_id for delivery in receiver.deliveries}) == 1
    retries = [each.request.headers["x-webhook-retry"] for each in receiver.deliveries]
    assert retries == [str(retry) for retry in range(11)]


def test_what_was_taken_is_not_sent_again_unless_it_is_another_delivery(
    send: Send, receiver: Receiver
) -> None:
    send()
    again = send()
    assert (again.exit_code, again.report.reused) == (0, True)
    assert len(receiver.deliveries) == 1
    send(delivery_id="uid-1/2")
    assert len({delivery.event_id for delivery in receiver.deliveries}) == 2


def test_a_receiver_that_took_it_and_broke_off_is_asked_again_with_the_same_id(
    send: Send, receiver: Receiver
) -> None:
    receiver.script.append(Drop())
    assert send(attempt=1).exit_code == 75
    assert send(attempt=2).exit_code == 0
    first, second = receiver.deliveries
    assert first.event_id == second.event_id


def test_a_slow_receiver_is_given_up_and_tried_later(send: Send, receiver: Receiver) -> None:
    late = threading.Event()
    receiver.script.append(Reply(200, after=late))
    run = send(webhook_timeout="0.5")
    late.set()
    assert run.exit_code == 75
    assert "no answer" in run.sentence


REFUSALS = {
    "a 4xx is final": (Reply(410), 3, "refused the webhook with 410"),
    "a redirect is not followed": (
        Reply(307, headers={"location": "http://169.254.169.254/"}),
        3,
        "redirects (307)",
    ),
    "too many requests pass": (Reply(429), 75, "answered 429"),
    "a broken gateway passes": (Reply(502), 75, "answered 502"),
}


@pytest.mark.parametrize(("reply", "want_code", "want"), REFUSALS.values(), ids=REFUSALS)
def test_each_answer_says_whether_it_is_tried_again(
    reply: Reply, want_code: int, want: str, send: Send, receiver: Receiver
) -> None:
    receiver.script.append(reply)
    run = send()
    assert run.exit_code == want_code
    assert want in run.sentence
    assert "room-token" not in run.stderr
    assert len(receiver.deliveries) == 1
    assert not (run.outputs / DELIVERY).exists()


def test_a_private_address_is_not_called_unless_allowed(send: Send, receiver: Receiver) -> None:
    run = send(webhook_allowed_private="")
    assert run.exit_code == 2
    assert "is not a public address" in run.sentence
    assert not receiver.deliveries


def test_a_test_event_says_nothing_of_the_meeting(send: Send, receiver: Receiver) -> None:
    assert send(webhook_event="test").exit_code == 0
    [delivery] = receiver.deliveries
    assert delivery.request.headers["x-webhook-event"] == "test"
    assert delivery.payload.keys() == {"event", "event_id", "timestamp", "message", "room"}


def test_a_delivery_that_is_to_be_signed_is_not_sent_without_the_secret(
    send: Send, receiver: Receiver
) -> None:
    run = send(secret="", webhook_signed="true")
    assert run.exit_code == 2
    assert "MULTITRACK_WEBHOOK_SECRET is not set" in run.sentence
    assert not receiver.deliveries


def test_a_secret_that_is_another_receivers_signs_nothing(send: Send, receiver: Receiver) -> None:
    assert send(webhook_signed="false").exit_code == 0
    [delivery] = receiver.deliveries
    assert "x-webhook-signature" not in delivery.request.headers


def test_a_receiver_of_a_private_authority_is_trusted_where_that_is_named(
    finished_meeting: Path, run_step: RunStep, tmp_path: Path
) -> None:
    authority = make_authority(tmp_path)
    with running_receiver(tls=authority.tls) as receiver:
        send = Send(finished_meeting, receiver, run_step)
        stranger = send()
        assert stranger.exit_code == 75
        assert "certificate" in stranger.sentence
        assert send(authorities="no PEM").exit_code == 2
        assert send(authorities=authority.certificate).exit_code == 0
        assert len(receiver.deliveries) == 1


@pytest.mark.parametrize("seed", [2026])
def test_whatever_a_receiver_does_it_gets_one_event_at_least_once(
    seed: int, send: Send, receiver: Receiver
) -> None:
    fate = random.Random(seed)  # noqa: S311 - to be repeatable, not to be secret
    late = threading.Event()
    faults: list[Reply | Drop] = [
        Reply(500),
        Reply(503),
        Reply(429),
        Drop(),
        Reply(200, after=late),
    ]
    receiver.script += fate.choices(faults, k=fate.randint(3, 6))
    attempts, code = 0, 75
    while code == 75:
        attempts += 1
        code = send(attempt=attempts, webhook_timeout="0.5").exit_code
    late.set()
    assert code == 0
    assert len({delivery.event_id for delivery in receiver.deliveries}) == 1
    assert len(receiver.deliveries) == attempts <= 7
    assert all(delivery.is_signed for delivery in receiver.deliveries)
