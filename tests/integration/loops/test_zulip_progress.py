"""Live progress in Zulip: realm and bucket are fakes, jobs are what the operator would know."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from multitrack.api.reasons import ConditionStatus, ConditionType, Phase, StepPhase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import Condition, RecordingJobStatus, StepStatus
from multitrack.controller.delivery_settings import DeliverySettings
from multitrack.controller.loops.zulip_progress import ZulipProgress
from tests.fakes.s3 import FakeS3
from tests.fakes.zulip import AcceptAndVanish, FakeZulip, Refuse, running_zulip
from tests.integration.loops.conftest import BUCKET
from tests.unit.controller.builders import a_job
from workflow_templates.runtime.errors import SettingsError, TemporaryError
from workflow_templates.runtime.store import S3Store

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LINK = "https://meetings.example/#/jobs/{namespace}/{name}"


class Jobs:
    """What the operator knows."""

    def __init__(self) -> None:
        self.known: dict[str, RecordingJob] = {}

    def __call__(self) -> tuple[RecordingJob, ...]:
        return tuple(self.known.values())

    def put(self, name: str = "standup", *, percent: int = 0, **status: Any) -> None:
        step = StepStatus(name="transcribe-track", phase=StepPhase.RUNNING, progress=percent)
        told = {"phase": Phase.RUNNING, "attempt": 1, "steps": (step,), **status}
        job = a_job(RecordingJobStatus(**told))
        self.known[name] = replace(job, name=name, uid=f"uid-{name}")


@pytest.fixture
def zulip() -> Iterator[FakeZulip]:
    with running_zulip() as realm:
        yield realm


class Secrets:
    """The bot's key, for every job but those without."""

    def __init__(self) -> None:
        self.key = FakeZulip().key
        self.without: set[str] = set()

    async def __call__(self, job: RecordingJob, variable: str) -> str:
        has_key = variable == "MULTITRACK_ZULIP_API_KEY" and job.name not in self.without
        return self.key if has_key else ""


@pytest.fixture
def secrets() -> Secrets:
    return Secrets()


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def settings(zulip: FakeZulip) -> DeliverySettings:
    return DeliverySettings.model_validate(
        {
            "zulip": {
                "url": zulip.url,
                "botEmail": zulip.email,
                "stream": "meetings",
                "progress": True,
            },
            "link": LINK,
        }
    )


@pytest.fixture
def an_operator(
    jobs: Jobs, store: S3Store, settings: DeliverySettings, secrets: Secrets
) -> Callable[[], ZulipProgress]:
    """Starts a fresh process of it."""
    return lambda: ZulipProgress(jobs, store, BUCKET, settings, secrets, clock=lambda: NOW)


@pytest.fixture
def loop(an_operator: Callable[[], ZulipProgress]) -> ZulipProgress:
    return an_operator()


def only_message(zulip: FakeZulip) -> str:
    (message,) = zulip.messages.values()
    return str(message["content"])


def edits(zulip: FakeZulip) -> int:
    return sum(request.startswith("PATCH") for request in zulip.requests)


async def test_one_message_follows_the_job(
    loop: ZulipProgress, jobs: Jobs, zulip: FakeZulip
) -> None:
    jobs.put(percent=0)
    await loop.once()
    assert "transcribe-track: 0 %" in only_message(zulip)
    jobs.put(percent=57)
    await loop.once()
    assert "transcribe-track: 50 %" in only_message(zulip)
    jobs.put(percent=59)
    await loop.once()
    assert edits(zulip) == 1


async def test_the_delivery_finds_which_message_it_is(
    loop: ZulipProgress, jobs: Jobs, zulip: FakeZulip, s3: FakeS3
) -> None:
    jobs.put()
    await loop.once()
    key = "jobs/uid-standup/delivery/zulip.json"
    kept = json.loads(s3.client.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert [kept["message_id"]] == list(zulip.messages)
    assert kept["site"] == zulip.url


async def test_a_published_meeting_is_left_to_its_delivery(
    loop: ZulipProgress, jobs: Jobs, zulip: FakeZulip
) -> None:
    jobs.put()
    await loop.once()
    published = Condition(
        type=ConditionType.TRANSCRIPT_READY,
        status=ConditionStatus.TRUE,
        last_transition_time=NOW,
        reason="Published",
    )
    jobs.put(percent=100, conditions=(published,))
    before = len(zulip.requests)
    await loop.once()
    assert len(zulip.requests) == before


@pytest.mark.parametrize("note", ["kept", "lost"])
async def test_an_operator_that_is_killed_posts_no_second_message(
    note: str,
    jobs: Jobs,
    zulip: FakeZulip,
    an_operator: Callable[[], ZulipProgress],
    s3: FakeS3,
) -> None:
    jobs.put()
    await an_operator().once()
    if note == "lost":  # killed between the realm's answer and the note
        s3.client.delete_object(Bucket=BUCKET, Key="jobs/uid-standup/delivery/zulip.json")
    jobs.put(percent=40)
    await an_operator().once()
    assert "transcribe-track: 40 %" in only_message(zulip)
    assert s3.client.head_object(Bucket=BUCKET, Key="jobs/uid-standup/delivery/zulip.json")


async def test_a_post_whose_answer_was_lost_is_found(
    loop: ZulipProgress, jobs: Jobs, zulip: FakeZulip
) -> None:
    jobs.put()
    zulip.answer_nth[2] = AcceptAndVanish()  # after the search
    with pytest.raises(TemporaryError):
        await loop.once()
    await loop.once()
    assert "In progress" in only_message(zulip)


async def test_a_failed_job_says_so_and_an_older_one_gets_no_message(
    loop: ZulipProgress, jobs: Jobs, zulip: FakeZulip
) -> None:
    jobs.put("retro", phase=Phase.FAILED, completion_time=NOW)
    jobs.put()
    await loop.once()
    jobs.put(phase=Phase.FAILED, completion_time=NOW)
    await loop.once()
    assert "**Failed**" in only_message(zulip)
    assert "jobs/meetings/standup" in only_message(zulip)


async def test_a_deleted_job_says_so_once(
    loop: ZulipProgress, jobs: Jobs, zulip: FakeZulip
) -> None:
    jobs.put()
    await loop.once()
    jobs.known.clear()
    await loop.once()
    await loop.once()
    assert "**Deleted**" in only_message(zulip)
    assert edits(zulip) == 1


async def test_a_message_that_somebody_deleted_is_not_posted_again(
    loop: ZulipProgress, jobs: Jobs, zulip: FakeZulip
) -> None:
    jobs.put()
    await loop.once()
    zulip.messages.clear()
    for percent in (30, 60):
        jobs.put(percent=percent)
        await loop.once()
    assert zulip.messages == {}
    assert edits(zulip) == 1


async def test_what_a_realm_refuses_for_one_job_it_takes_for_others(
    loop: ZulipProgress, jobs: Jobs, zulip: FakeZulip
) -> None:
    jobs.put("refused")
    jobs.put("taken")
    zulip.faults.append(Refuse(400))
    await loop.once()
    assert "jobs/meetings/taken" in only_message(zulip)


async def test_a_realm_that_is_away_is_asked_again(
    loop: ZulipProgress, jobs: Jobs, zulip: FakeZulip
) -> None:
    jobs.put()
    zulip.faults.append(Refuse(503))
    with pytest.raises(TemporaryError):
        await loop.once()
    await loop.once()
    assert "In progress" in only_message(zulip)


async def test_no_more_is_asked_than_a_realm_allows(
    loop: ZulipProgress, jobs: Jobs, zulip: FakeZulip
) -> None:
    for number in range(25):
        jobs.put(f"meeting-{number}")
    await loop.once()
    assert len(zulip.messages) == 20
    await loop.once()
    assert len(zulip.messages) == 25


async def test_a_missing_key_is_named_and_found_once_it_is_there(
    loop: ZulipProgress, jobs: Jobs, secrets: Secrets, zulip: FakeZulip
) -> None:
    secrets.key = ""
    jobs.put()
    with pytest.raises(SettingsError, match=r"not in meetings: .*delivery\.zulip\.progress"):
        await loop.once()
    secrets.key = zulip.key
    await loop.once()
    assert "In progress" in only_message(zulip)


async def test_a_namespace_without_the_key_holds_no_other_up(
    loop: ZulipProgress, jobs: Jobs, secrets: Secrets, zulip: FakeZulip
) -> None:
    secrets.without = {f"keyless-{number}" for number in range(25)}
    for name in (*sorted(secrets.without), "standup"):
        jobs.put(name)
    with pytest.raises(SettingsError):
        await loop.once()
    assert "jobs/meetings/standup" in only_message(zulip)


async def test_a_job_that_goes_with_its_key_holds_nothing_up(
    loop: ZulipProgress, jobs: Jobs, secrets: Secrets, zulip: FakeZulip
) -> None:
    jobs.put()
    await loop.once()
    jobs.known.clear()
    secrets.key = ""
    await loop.once()
    assert "In progress" in only_message(zulip)
