"""Deliveries while those who deliver are killed, and while receivers misbehave."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.chaos.ambush import Ambush, Moment, Strike, Victim
from tests.e2e.chaos.figures import Figures
from tests.e2e.installation import Installation, condition, eventually
from tests.e2e.receivers import receiver_beside, zulip_beside
from tests.e2e.specs import a_short_job
from tests.fakes.loopback import Answer, Drop, Reply, Request
from tests.fakes.receiver import Receiver
from tests.fakes.zulip import FakeZulip

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(2400)]

PATIENCE = 1500
"""Seconds: two further tries come 60 and 120 s after the ones before, on a busy machine."""


@dataclass(frozen=True, slots=True)
class Point:
    """At whose request, when, and who is killed."""

    step: str
    moment: Moment
    victim: Victim

    @property
    def job(self) -> str:
        return f"kill-{self.victim}-{self.moment}-{self.step}"


POINTS = [Point(*each) for each in product(("post-zulip", "send-webhook"), Moment, Victim)]

NEVER = threading.Event()
MISBEHAVIOUR: dict[str, tuple[Reply | Drop, ...]] = {
    "takes-it-and-breaks-off": (Drop(),),
    "takes-it-and-says-nothing": (Reply(200, after=NEVER),),
    "answers-500-twice": (Reply(500), Reply(500)),
}
REDIRECTED = "redirects"


class Misbehaving:
    """Answers some jobs' deliveries otherwise, after the receiver has taken them."""

    def __init__(self, ambush: Ambush) -> None:
        self._ambush = ambush
        self._left = {job: list(replies) for job, replies in MISBEHAVIOUR.items()}
        self._left[REDIRECTED] = [Reply(307, headers={"location": "https://elsewhere.example/"})]

    def around(self, request: Request, answer: Answer) -> Reply | Drop:
        reply = self._ambush.around(request, answer)
        job = next((job for job in self._left if tells_of(request, job)), None)
        return self._left[job].pop(0) if job and self._left[job] else reply


def tells_of(request: Request, job: str) -> bool:
    """The link to the meeting is in every message and every delivery."""
    body = request.body.decode(errors="replace")
    return f'{job}"' in body or f"{job}%" in body


@pytest.fixture
def zulip(installation: Installation, host: str, ambush: Ambush) -> Iterator[FakeZulip]:
    with zulip_beside(installation, host, ambush.around) as realm:
        yield realm


@pytest.fixture
def receiver(
    installation: Installation, host: str, ambush: Ambush, tmp_path: Path
) -> Iterator[Receiver]:
    around = Misbehaving(ambush).around
    with receiver_beside(installation, host, tmp_path, around) as server:
        yield server


def test_each_meeting_arrives_once_whatever_is_killed(
    installation: Installation,
    clip: Path,
    ambush: Ambush,
    zulip: FakeZulip,
    receiver: Receiver,
    figures: Figures,
) -> None:
    installation.upload(clip, prefix="recordings/told/")
    webhook = {"url": receiver.url, "secretRef": {"name": "receiver", "key": "hmac"}}
    told = {"zulip": {"stream": "meetings", "topic": "Stand-up"}, "webhook": webhook}
    track = {"key": f"recordings/told/{clip.name}", "name": "Carol"}
    names = [point.job for point in POINTS] + [*MISBEHAVIOUR, REDIRECTED]
    for name in names:
        installation.apply(name, a_short_job(track, delivery=told))
    ambush.lay(*(strike_at(installation, point) for point in POINTS))

    settled = {name: awaited(installation, name) for name in names}

    assert {name for name, said in settled.items() if said != "Delivered"} == {REDIRECTED}
    assert settled[REDIRECTED] == "Refused"
    posted = {
        name: [each for each in zulip.messages.values() if f"/{name}" in each["content"]]
        for name in names
    }
    sent = {
        name: [each for each in receiver.deliveries if each.payload["transcript"]["id"] == name]
        for name in names
    }
    struck = {(each.moment, each.victim) for each in ambush.carried_out}
    again = sum(len(each) - 1 for each in sent.values())
    figures.add(
        f"{len(names)} meetings reach Zulip and a receiver",
        f"{len(ambush.carried_out)} kills ({', '.join(sorted({v for _, v in struck}))}), each at "
        "a request, before and after it took effect; a receiver that breaks off, is silent, "
        "fails, redirects",
        f"{sum(len(each) for each in posted.values())} messages, "
        f"{sum(max(0, len(each) - 1) for each in posted.values())} doubled; "
        f"{len([name for name in names if not sent[name]])} deliveries lost, "
        f"{again} sent again with the same event_id",
    )
    assert {name: len(each) for name, each in posted.items()} == dict.fromkeys(names, 1)
    for name in names:
        assert sent[name], name
        assert all(each.is_signed for each in sent[name]), name
        assert len({each.event_id for each in sent[name]}) == 1, name
    assert len(ambush.carried_out) == len(POINTS)
    for name, replies in MISBEHAVIOUR.items():
        assert len(sent[name]) == len(replies) + 1, name


def strike_at(installation: Installation, point: Point) -> Strike:
    """Only now does the job have a uid, by which its pods are found."""
    uid = installation.job(point.job)["metadata"]["uid"]
    path = "/api/v1/messages" if point.step == "post-zulip" else "/hooks"

    def matches(request: Request) -> bool:
        is_sent = request.method == "POST" and request.target.startswith(path)
        return is_sent and tells_of(request, point.job)

    pods = f"multitrack.dev/job-uid={uid},app.kubernetes.io/component={point.step}"
    return Strike(matches, point.moment, point.victim, pods)


def awaited(installation: Installation, name: str) -> str:
    """How the job's delivery ended."""

    def end() -> dict[str, Any] | None:
        job = installation.job(name)
        kinds = {each["type"] for each in job.get("status", {}).get("conditions") or ()}
        if "Delivered" not in kinds or job["status"].get("delivery", {}).get("number", 0) < 1:
            return None
        said = condition(job, "Delivered")
        return said if said["status"] != "Unknown" else None

    return str(eventually(end, f"the end of {name}'s delivery", PATIENCE)["reason"])
