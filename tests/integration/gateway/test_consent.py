"""Votes on keeping the audio: by job or recording, of people and of applications."""

from collections.abc import Iterator

import httpx
import pytest

from multitrack.api.names import VOTES_ANNOTATION
from tests.fakes.kubernetes import ANY, Grant, User
from tests.integration.gateway.running import NAMESPACE
from tests.integration.gateway.world import World
from workflow_templates.contracts.consent import Vote

FRONT_END = "token-of-the-front-end"
DAILY = {"daily": {"recordingId": "rec-7", "roomName": "weekly"}}
JOB = "/v1/jobs/daily-rec-7/consent"


@pytest.fixture
def front_end(gateway: str, world: World) -> Iterator[httpx.Client]:
    """An application, which speaks for the people who use it."""
    name = "system:serviceaccount:meetings:front-end"
    world.kubernetes.reviews.users[FRONT_END] = User(name)
    world.kubernetes.reviews.grants.add(Grant(name, ANY, "recordingjobs", NAMESPACE))
    headers = {"Authorization": f"Bearer {FRONT_END}"}
    with httpx.Client(base_url=gateway, headers=headers, timeout=20) as client:
        yield client


def votes(world: World, subject: str) -> list[tuple[str | None, bool]]:
    """Who said what, in the order in which it was said."""
    found = world.objects(f"consent/{subject}/").values()
    kept = [Vote.model_validate_json(body) for body in found]
    return [(vote.user_id, vote.consent_given) for vote in kept]


def mark(world: World, name: str) -> str | None:
    """What the operator is told by."""
    body = world.kubernetes.find("recordingjobs", name, NAMESPACE) or {}
    marked: str | None = (body["metadata"].get("annotations") or {}).get(VOTES_ANNOTATION)
    return marked


def test_one_no_denies_and_the_job_is_told_of_each_vote(
    front_end: httpx.Client, world: World
) -> None:
    world.apply("daily-rec-7", source=DAILY)
    yes = front_end.post(JOB, json={"consent_given": True, "user_id": "u1", "id": "v1"})
    assert (yes.status_code, yes.json()) == (201, {"denied": False})
    first = mark(world, "daily-rec-7")
    assert first
    assert front_end.post(JOB, json={"consent_given": False}).json() == {"denied": True}
    assert front_end.post(JOB, json={"consent_given": True}).json() == {"denied": True}
    assert votes(world, "rec-7") == [("u1", True), (None, False), (None, True)]
    assert mark(world, "daily-rec-7") not in (None, first)


def test_who_has_signed_in_may_change_their_mind(front_end: httpx.Client, world: World) -> None:
    world.apply()
    path = "/v1/jobs/standup/consent"
    no = front_end.post(path, json={"consent_given": False, "user_id": "u1"})
    yes = front_end.post(path, json={"consent_given": True, "user_id": "u1"})
    assert (no.json(), yes.json()) == ({"denied": True}, {"denied": False})


def test_a_person_whom_the_cluster_knows_votes_for_themselves(
    olga: httpx.Client, world: World
) -> None:
    job = world.apply()
    path = "/v1/jobs/standup/consent"
    assert olga.post(path, json={"consent_given": False}).status_code == 201
    assert votes(world, job.uid) == [("olga", False)]
    refused = olga.post(path, json={"consent_given": True, "user_id": "ron"})
    assert refused.status_code == 403
    assert "votes for themselves" in refused.json()["detail"]
    assert olga.post(path, json={"consent_given": True}).json() == {"denied": False}


def test_a_vote_survives_a_job_that_changes_meanwhile(
    front_end: httpx.Client, world: World
) -> None:
    world.apply("daily-rec-7", source=DAILY)
    world.kubernetes.refuse(2, 409, verb="patch", resource="recordingjobs")
    assert front_end.post(JOB, json={"consent_given": False}).status_code == 201
    assert mark(world, "daily-rec-7")


def test_the_legacy_front_end_votes_on_a_recording_before_and_after_there_is_a_job(
    front_end: httpx.Client, world: World
) -> None:
    path = "/v1/meetings/rec-9/consent"
    early = front_end.post(path, json={"consent_given": True})
    assert (early.status_code, early.json()) == (201, {"denied": False})
    source = {"daily": {"recordingId": "rec-9"}}
    world.apply("daily-rec-9", source=source)
    assert front_end.post(path, json={"consent_given": False}).json() == {"denied": True}
    assert votes(world, "rec-9") == [(None, True), (None, False)]
    assert mark(world, "daily-rec-9")


def test_it_votes_on_a_job_by_its_name_too(front_end: httpx.Client, world: World) -> None:
    job = world.apply()
    path = "/v1/meetings/standup/consent"
    assert front_end.post(path, json={"consent_given": False}).json() == {"denied": True}
    assert votes(world, job.uid) == [(None, False)]
    assert mark(world, "standup")
