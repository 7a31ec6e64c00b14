"""A finished meeting reaches Zulip and a receiver from a real cluster: once, and again when asked.

Realm and receiver run on this machine, at an address that pods reach (MULTITRACK_HOST_ADDRESS).
How tries follow each other is tested with the steps alone: the first pause is a minute.
"""

import json
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.installation import Installation, condition, eventually
from tests.e2e.receivers import receiver_beside, zulip_beside
from tests.e2e.seed import a_seed
from tests.e2e.specs import a_short_job, a_track
from tests.fakes.loopback import Reply
from tests.fakes.receiver import Receiver
from tests.fakes.zulip import FakeZulip

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

JOB = "told"


@pytest.fixture(scope="module")
def zulip(installation: Installation, host: str) -> Iterator[FakeZulip]:
    with zulip_beside(installation, host) as realm:
        yield realm


@pytest.fixture(scope="module")
def receiver(
    installation: Installation, host: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Receiver]:
    folder = tmp_path_factory.mktemp("authority")
    with receiver_beside(installation, host, folder) as server:
        yield server


def settled(installation: Installation, number: int) -> dict[str, Any]:
    """Await the end of a delivery."""

    def end() -> dict[str, Any] | None:
        job = installation.job(JOB)
        known = job.get("status", {}).get("delivery", {}).get("number", 0)
        is_over = known == number and condition(job, "Delivered")["status"] != "Unknown"
        return job if is_over else None

    try:
        return eventually(end, f"the end of delivery {number}", seconds=240)
    except AssertionError as error:
        status = json.dumps(installation.job(JOB).get("status"), indent=1)
        raise AssertionError(f"{error}\n{status}") from None


def is_published(installation: Installation) -> bool:
    conditions = installation.job(JOB).get("status", {}).get("conditions") or ()
    return ("TranscriptReady", "True") in {(each["type"], each["status"]) for each in conditions}


def deliveries(installation: Installation, job: dict[str, Any]) -> list[str]:
    """Names of the Workflows that deliver."""
    names = [each["metadata"]["name"] for each in installation.workflows(job)]
    return [name for name in names if "-deliver-results-" in name]


def test_results_arrive_once_though_the_operator_is_killed(
    installation: Installation, sample_tracks: str, zulip: FakeZulip, receiver: Receiver
) -> None:
    moments = random.Random(a_seed())  # noqa: S311 - to be repeatable, not to be secret
    webhook = {"url": receiver.url, "secretRef": {"name": "receiver", "key": "hmac"}}
    told = {"zulip": {"stream": "meetings", "topic": "Stand-up"}, "webhook": webhook}
    installation.apply(JOB, a_short_job(a_track(sample_tracks, "David"), delivery=told))
    published = "the transcript to be published"
    eventually(lambda: is_published(installation), published, seconds=400)
    for _ in range(2):
        installation.kill_operator()
        time.sleep(moments.uniform(0, 6))
    job = settled(installation, 1)
    delivered = condition(job, "Delivered")
    assert (delivered["status"], delivered["reason"]) == ("True", "Delivered"), delivered["message"]
    assert len(deliveries(installation, job)) == 1
    [message] = zulip.messages.values()
    assert "In progress" in zulip.history[message["id"]][0]
    assert "In progress" not in message["content"]
    assert f"https://meetings.example/#/jobs/{installation.namespace}/{JOB}" in message["content"]
    [delivery] = receiver.deliveries
    assert delivery.is_signed
    assert delivery.payload["transcript"]["id"] == JOB


def test_delivered_again_the_message_stays_one_and_the_event_is_another(
    installation: Installation, zulip: FakeZulip, receiver: Receiver
) -> None:
    printed = installation.multitrack("deliver", JOB)
    assert "delivery asked for" in printed
    job = settled(installation, 2)
    assert condition(job, "Delivered")["reason"] == "Delivered"
    assert len(zulip.messages) == 1
    assert len({each.event_id for each in receiver.deliveries}) == len(receiver.deliveries) == 2
    assert installation.multitrack("get", JOB).count("webhook: delivered")


def test_what_stands_in_the_way_is_named(installation: Installation, receiver: Receiver) -> None:
    receiver.script.append(Reply(410))
    installation.multitrack("deliver", JOB)
    refused = condition(settled(installation, 3), "Delivered")
    assert refused["reason"] == "Refused"
    assert "refused the webhook with 410" in refused["message"]
    elsewhere = {"url": receiver.url, "secretRef": {"name": "no-such-secret"}}
    installation.patch(JOB, delivery={"webhook": elsewhere}, deliveryAttempt=4)
    job = settled(installation, 4)
    unsigned = condition(job, "Delivered")
    assert unsigned["reason"] == "Settings"
    assert "MULTITRACK_WEBHOOK_SECRET is not set" in unsigned["message"]
    assert job["status"]["phase"] == "Succeeded"
    assert condition(job, "TranscriptReady")["status"] == "True"
