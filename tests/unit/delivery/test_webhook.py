"""One delivery: whom it reaches, and what the receiver can check."""

import hashlib
import hmac
from collections.abc import Iterator

import pytest

from tests.fakes.receiver import Receiver, running_receiver
from workflow_templates.delivery.destination import find_destination, parse_networks
from workflow_templates.delivery.webhook import WebhookEvent, encode, event_id, post, sign

LOOPBACK = parse_networks("127.0.0.0/8")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as server:
        yield server


def test_the_connection_goes_to_the_checked_address_whatever_the_name_says_later(
    receiver: Receiver,
) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    url = receiver.url.replace("127.0.0.1", "receiver.invalid")
    destination = find_destination(
        url, allowed_private=LOOPBACK, resolve_name=lambda _host, _port: answers.pop(0)
    )
    assert post(destination, WebhookEvent.TEST, b"{}") == 200
    [delivery] = receiver.deliveries
    assert delivery.request.headers["host"].startswith("receiver.invalid:")


def test_the_next_checked_address_is_tried_where_one_does_not_answer(receiver: Receiver) -> None:
    destination = find_destination(
        receiver.url.replace("127.0.0.1", "receiver.invalid"),
        allowed_private=LOOPBACK,
        resolve_name=lambda _host, _port: ["127.0.0.9", "127.0.0.1"],
    )
    assert post(destination, WebhookEvent.TEST, b"{}") == 200


def test_signature_is_the_documented_one() -> None:
    body = encode({"event": "test", "title": "Größe"})
    assert body == '{"event":"test","title":"Größe"}'.encode()
    want = hmac.new(b"secret", b"1700000000." + body, hashlib.sha256).hexdigest()
    assert sign("secret", body, 1_700_000_000) == f"t=1700000000,v1={want}"


def test_event_id_belongs_to_the_delivery() -> None:
    completed = WebhookEvent.TRANSCRIPT_COMPLETED
    assert event_id("job/1", completed) == event_id("job/1", completed)
    others = {event_id("job/1", WebhookEvent.TEST), event_id("job/2", completed)}
    assert event_id("job/1", completed) not in others
