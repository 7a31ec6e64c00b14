"""Events and votes while the gateway's pods are killed."""

import random
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest

from tests.e2e.chaos.figures import Figures
from tests.e2e.daily import DailyBeside
from tests.e2e.installation import GATEWAY, Installation, eventually
from tests.e2e.tokens import token_of
from tests.fakes.daily import events
from tests.fakes.daily.recordings import a_recording
from workflow_templates.runtime.store import S3Store
from workflow_templates.runtime.votes import read_votes

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1200)]

EVENTS = 12
KILLS = 4
PATIENCE = 600


def test_no_event_and_no_vote_is_lost_though_gateways_are_killed(
    installation: Installation,
    daily_of_session: DailyBeside,
    moments: random.Random,
    figures: Figures,
) -> None:
    daily = daily_of_session.daily
    url, token = address_of(installation), token_of(installation, "front-end", "edit")
    place = {"bucket": installation.bucket, "endpoint": str(installation.s3.meta.endpoint_url)}
    recordings = [daily.put_recording(a_recording(tracks=[], **place)) for _ in range(EVENTS)]
    names = {f"daily-{each['id']}": each for each in recordings}
    failed = {"events": 0, "votes": 0}

    def tell(recording: dict[str, Any]) -> bool:
        """Daily sends what was not taken again."""
        sent = daily.send(
            events.recording_ready(recording),
            to=f"{url}/v1/daily/webhook",
            secret=daily_of_session.webhook_secret,
        )
        failed["events"] += not sent.succeeded
        return sent.succeeded

    def vote(name: str, number: str) -> bool:
        """With an id of the vote's own: sent again it is the same."""
        try:
            answer = httpx.post(
                f"{url}/v1/jobs/{name}/consent",
                json={"consent_given": False, "id": number},
                headers={"Authorization": f"Bearer {token}"},
            )
        except httpx.TransportError:
            failed["votes"] += 1
            return False
        failed["votes"] += not answer.is_success
        return answer.is_success

    with killed_now_and_then(installation, moments) as kills:
        for name, recording in names.items():
            for _ in range(2):  # Daily may deliver twice
                threading.Event().wait(moments.uniform(0, 3))  # at any moment of a restart
                eventually(partial(tell, recording), f"{name} is taken", 120)
            eventually(partial(exists, installation, name), f"the job {name}", 120)
            eventually(partial(vote, name, str(uuid.uuid4())), f"a vote on {name}", 120)
        eventually(lambda: len(kills) >= KILLS, f"{KILLS} kills", 240)

    jobs = {
        job["metadata"]["name"]: job
        for job in installation.read("recordingjobs")["items"]
        if job["metadata"]["name"].startswith("daily-")
    }
    votes = {name: votes_on(installation, each["id"]) for name, each in names.items()}

    def ended() -> bool:
        return all(is_denied(installation.job(name)) for name in names)

    eventually(ended, "every denial to be known to its job", PATIENCE)
    workflows = {name: len(installation.workflows(jobs[name])) for name in names}
    figures.add(
        f"{EVENTS} events, each told twice, become {EVENTS} jobs; {EVENTS} votes count",
        f"{len(kills)} gateway pods killed; {failed['events']} events and {failed['votes']} votes "
        "not answered at first, and sent again",
        f"{len(jobs)} jobs, {sum(each > 1 for each in workflows.values())} run twice; "
        f"{sum(each == 1 for each in votes.values())} votes count once",
    )
    assert jobs.keys() == names.keys()
    assert set(votes.values()) == {1}
    assert max(workflows.values()) <= 1


def address_of(installation: Installation) -> str:
    """The gateway as from outside: through a node's port."""
    [port] = installation.read("service", "multitrack-gateway")["spec"]["ports"]
    nodes = installation.read("nodes")["items"]
    addresses = [
        each["address"]
        for node in nodes
        for each in node["status"]["addresses"]
        if each["type"] == "InternalIP"
    ]
    return f"http://{addresses[0]}:{port['nodePort']}"


@contextmanager
def killed_now_and_then(installation: Installation, moments: random.Random) -> Iterator[list[str]]:
    """One pod of the gateway after the other, from entering to leaving; their names."""
    stop, kills = threading.Event(), list[str]()

    def kill() -> None:
        while not stop.wait(moments.uniform(6, 12)):
            pods = installation.read("pods", "--selector", GATEWAY)["items"]
            name = moments.choice([pod["metadata"]["name"] for pod in pods])
            gone = ("delete", "pod", name, "--grace-period=0", "--force", "--ignore-not-found")
            installation.kubectl(*gone)
            kills.append(name)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield kills
    finally:
        stop.set()
        thread.join()


def exists(installation: Installation, name: str) -> bool:
    listed = installation.read("recordingjobs")["items"]
    return name in {job["metadata"]["name"] for job in listed}


def votes_on(installation: Installation, recording: str) -> int:
    """So many count."""
    return len(read_votes(S3Store(installation.s3), installation.bucket, recording))


def is_denied(job: dict[str, Any]) -> bool:
    return bool(job.get("status", {}).get("audio", {}).get("denied"))
