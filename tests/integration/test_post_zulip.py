"""post-zulip as an engine runs it, against a realm on loopback."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import RunStep, StepRun
from tests.fakes.zulip import (
    AcceptAndHang,
    AcceptAndVanish,
    FakeZulip,
    Fault,
    Refuse,
    running_zulip,
)
from workflow_templates.contracts.delivery import ZulipMessage

LINK = "https://meetings.example/jobs/standup"
RECORD = "delivery/zulip.json"


@pytest.fixture
def zulip() -> Iterator[FakeZulip]:
    with running_zulip() as realm:
        yield realm


class Post:
    """Runs the step."""

    def __init__(self, job: Path, zulip: FakeZulip, run_step: RunStep) -> None:
        self.job, self.zulip, self.run_step = job, zulip, run_step

    def __call__(self, *, key: str | None = None, **parameters: str) -> StepRun:
        told = {
            "zulip-url": self.zulip.url,
            "zulip-bot-email": self.zulip.email,
            "zulip-stream": "meetings",
            "zulip-topic": "Stand-up",
            "link": LINK,
        } | {name.replace("_", "-"): value for name, value in parameters.items()}
        bot_key = self.zulip.key if key is None else key
        return self.run_step(
            "post-zulip",
            self.job,
            self.job,
            parameters=told,
            environment={"MULTITRACK_ZULIP_API_KEY": bot_key},
        )


@pytest.fixture
def post(finished_meeting: Path, zulip: FakeZulip, run_step: RunStep) -> Post:
    return Post(finished_meeting, zulip, run_step)


def test_a_meeting_is_posted_once_as_it_should_look(
    post: Post, zulip: FakeZulip, finished_meeting: Path
) -> None:
    run = post()
    assert (run.exit_code, run.stderr) == (0, "")
    [message] = zulip.messages.values()
    assert (message["display_recipient"], message["subject"]) == ("meetings", "Stand-up")
    assert message["content"].startswith(
        "# Multitrack – Release moved to Thursday the fourteenth of March\n\n"  # noqa: RUF001
        "**Date**: <time:2024-03-04T10:00:00+01:00>\n"
        f"**Link**: [meetings.example]({LINK})\n"
        "**Duration**: 02:29\n\n"
        "```spoiler Summary\n"
    )
    assert "```spoiler Topics\n1. [00:01] Release date for version three\n" in message["content"]
    assert message["content"].endswith("\n```\n\n-----")
    record = ZulipMessage.read(finished_meeting / RECORD)
    assert record.message_id == message["id"]


def test_delivered_again_the_same_message_is_edited(
    post: Post, zulip: FakeZulip, finished_meeting: Path
) -> None:
    post()
    transcript = finished_meeting / "published" / "transcript.json"
    text = transcript.read_text(encoding="utf-8")
    transcript.write_text(text.replace("Release moved to", "Release is on"), encoding="utf-8")
    assert post().exit_code == 0
    [message] = zulip.messages.values()
    assert "# Multitrack – Release is on Thursday" in message["content"]  # noqa: RUF001


def test_an_unchanged_meeting_needs_no_edit_where_editing_is_over(
    post: Post, zulip: FakeZulip
) -> None:
    post()
    zulip.can_edit = False
    assert post().exit_code == 0
    run = post(link=LINK, created_at="", zulip_topic="Stand-up")
    assert run.exit_code == 0
    assert not [each for each in zulip.requests if each.startswith("PATCH")]


def test_an_edit_that_is_refused_posts_nothing_new(
    post: Post, zulip: FakeZulip, finished_meeting: Path
) -> None:
    post()
    zulip.can_edit = False
    transcript = finished_meeting / "published" / "transcript.json"
    text = transcript.read_text(encoding="utf-8")
    transcript.write_text(text.replace("Release moved to", "Release is on"), encoding="utf-8")
    run = post()
    assert run.exit_code == 3
    assert "The time limit for editing this message has passed" in run.sentence
    assert len(zulip.messages) == 1


def test_a_new_message_comes_only_when_the_old_one_is_gone(post: Post, zulip: FakeZulip) -> None:
    post()
    zulip.messages.clear()
    assert post().exit_code == 0
    assert len(zulip.messages) == 1


@pytest.mark.parametrize("fault", ["vanish", "hang"])
def test_a_message_that_was_accepted_without_an_answer_is_not_posted_again(
    fault: str, post: Post, zulip: FakeZulip
) -> None:
    late = threading.Event()
    # The search comes first, the message second.
    zulip.answer_nth = {2: AcceptAndVanish() if fault == "vanish" else AcceptAndHang(late)}
    run = post(zulip_timeout="1")
    late.set()
    assert run.exit_code == 75
    assert not (run.outputs / RECORD).exists()
    assert len(zulip.messages) == 1
    assert post().exit_code == 0
    assert len(zulip.messages) == 1


def test_nothing_is_posted_while_it_cannot_be_known_whether_it_is_there(
    post: Post, zulip: FakeZulip
) -> None:
    zulip.faults.append(Refuse(500))
    assert post().exit_code == 75
    assert not zulip.messages


def test_other_meetings_and_other_peoples_messages_are_left_alone(
    post: Post, zulip: FakeZulip
) -> None:
    mark = f"**Link**: [meetings.example]({LINK})"
    zulip.add(f"look:\n{mark}", topic="Stand-up", sender="alice@zulip.example")
    zulip.add(f"**Link**: [meetings.example]({LINK}-2)", topic="Stand-up")
    before = {number: dict(message) for number, message in zulip.messages.items()}
    assert post().exit_code == 0
    assert len(zulip.messages) == 3
    assert all(zulip.messages[number] == message for number, message in before.items())


FAULTS = {
    "a wrong key": (Refuse(401, "Invalid API key", "UNAUTHORIZED"), 3, "credentials are not valid"),
    "a closed realm": (Refuse(403, "This organization has been deactivated"), 3, "deactivated"),
    "a limit": (Refuse(429, "API usage exceeded rate limit", "RATE_LIMIT_HIT"), 75, "429"),
    "a broken server": (Refuse(502), 75, "busy or broken (502)"),
    "a redirect": (Refuse(302, location="http://127.0.0.1:1/"), 3, "refused with 302"),
}


@pytest.mark.parametrize(("fault", "want_code", "want"), FAULTS.values(), ids=FAULTS)
def test_each_error_says_whether_it_is_tried_again(
    fault: Refuse, want_code: int, want: str, post: Post, zulip: FakeZulip
) -> None:
    zulip.faults.append(fault)
    run = post()
    assert run.exit_code == want_code
    assert want in run.sentence
    assert zulip.key not in run.stderr
    assert not zulip.messages


def test_an_unknown_stream_is_named(post: Post) -> None:
    run = post(zulip_stream="nowhere")
    assert run.exit_code == 3
    assert "Channel 'nowhere' does not exist" in run.sentence


@pytest.mark.parametrize("name", ["zulip_url", "zulip_bot_email", "zulip_stream", "zulip_topic"])
def test_what_is_not_named_is_asked_for(name: str, post: Post) -> None:
    run = post(**{name: ""})
    assert run.exit_code == 2
    assert f"{name.replace('_', '-')} is empty" in run.sentence


def test_a_long_topic_is_found_again(post: Post, zulip: FakeZulip, finished_meeting: Path) -> None:
    topic = "Weekly meeting of everybody who has something to say about releases"
    assert post(zulip_topic=topic).exit_code == 0
    (finished_meeting / RECORD).unlink()
    assert post(zulip_topic=topic).exit_code == 0
    [message] = zulip.messages.values()
    assert len(message["subject"]) <= 60


@pytest.mark.parametrize("seed", [2026])
def test_whatever_a_realm_does_there_is_one_message(
    seed: int, post: Post, zulip: FakeZulip
) -> None:
    fate = random.Random(seed)  # noqa: S311 - to be repeatable, not to be secret
    late = threading.Event()
    faults: list[Fault] = [Refuse(500), Refuse(429), AcceptAndVanish(), AcceptAndHang(late)]
    zulip.answer_nth = {number: fate.choice(faults) for number in fate.sample(range(1, 9), 4)}
    tries = 1
    while post(zulip_timeout="0.5").exit_code == 75:
        tries += 1
    late.set()
    assert tries > 1
    assert len(zulip.messages) == 1
