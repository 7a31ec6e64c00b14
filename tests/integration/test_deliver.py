"""`multitrack deliver` on one machine: a finished meeting reaches Zulip and a receiver."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.loopback import Reply
from tests.fakes.receiver import Receiver, running_receiver
from tests.fakes.zulip import FakeZulip, Refuse, running_zulip


@pytest.fixture
def zulip() -> Iterator[FakeZulip]:
    with running_zulip() as realm:
        yield realm


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as server:
        yield server


@pytest.fixture
def results(finished_meeting: Path, tmp_path: Path) -> Path:
    """A meeting's folder, as `multitrack run` leaves it."""
    folder = tmp_path / "results"
    shutil.copytree(finished_meeting, folder / ".multitrack" / "files")
    for name in ("state", "logs", "scratch"):
        (folder / ".multitrack" / name).mkdir()
    return folder


def send_test(*options: str, secret: str = "") -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "multitrack.cli.main", "deliver", "--test", *options]
    environment = {**os.environ, "MULTITRACK_WEBHOOK_SECRET": secret}
    return subprocess.run(argv, capture_output=True, text=True, check=False, env=environment)


def deliver(folder: Path, zulip: FakeZulip, receiver: Receiver) -> subprocess.CompletedProcess[str]:
    options = {
        "--webhook": receiver.url,
        "--allow-private": "127.0.0.0/8",
        "--zulip-url": zulip.url,
        "--zulip-bot-email": zulip.email,
        "--zulip-stream": "meetings",
        "--zulip-topic": "Stand-up",
    }
    argv = [sys.executable, "-m", "multitrack.cli.main", "deliver", str(folder)]
    return subprocess.run(
        [*argv, *(part for option in options.items() for part in option)],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "MULTITRACK_ZULIP_API_KEY": zulip.key,
            "MULTITRACK_WEBHOOK_SECRET": receiver.secret,
        },
    )


def test_both_are_told_and_twice_makes_nothing_double(
    results: Path, zulip: FakeZulip, receiver: Receiver
) -> None:
    for _ in range(2):
        run = deliver(results, zulip, receiver)
        assert run.returncode == 0, run.stderr
    assert len(zulip.messages) == 1
    [delivery] = receiver.deliveries
    assert delivery.is_signed


def test_one_that_refuses_does_not_stop_the_other(
    results: Path, zulip: FakeZulip, receiver: Receiver
) -> None:
    zulip.faults.append(Refuse(401, "Invalid API key", "UNAUTHORIZED"))
    run = deliver(results, zulip, receiver)
    assert run.returncode == 3
    assert "post-zulip failed" in run.stderr.replace("\n", " ")
    assert len(receiver.deliveries) == 1


def test_a_receiver_that_is_down_is_for_another_try(
    results: Path, zulip: FakeZulip, receiver: Receiver
) -> None:
    receiver.script.append(Reply(503))
    assert deliver(results, zulip, receiver).returncode == 75
    assert deliver(results, zulip, receiver).returncode == 0
    assert len(zulip.messages) == 1
    assert len({delivery.event_id for delivery in receiver.deliveries}) == 1


def test_a_receiver_is_tried_without_any_meeting(receiver: Receiver) -> None:
    target = ("--webhook", receiver.url, "--allow-private", "127.0.0.0/8")
    signed, unsigned = send_test(*target, secret=receiver.secret), send_test(*target)
    assert (signed.returncode, unsigned.returncode) == (0, 0), signed.stderr + unsigned.stderr
    assert [delivery.is_signed for delivery in receiver.deliveries] == [True, False]
    assert {delivery.payload["event"] for delivery in receiver.deliveries} == {"test"}
    assert len({delivery.event_id for delivery in receiver.deliveries}) == 2
    assert signed.stdout.rstrip().endswith("took the event (200), signed")
    assert "not signed: MULTITRACK_WEBHOOK_SECRET is not set" in unsigned.stdout


@pytest.mark.parametrize(("status", "exit_code"), [(403, 3), (503, 75)])
def test_a_receiver_that_does_not_take_the_test_is_named(
    status: int, exit_code: int, receiver: Receiver
) -> None:
    receiver.script.append(Reply(status))
    run = send_test("--webhook", receiver.url, "--allow-private", "127.0.0.0/8")
    assert run.returncode == exit_code
    assert str(status) in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("options", [("standup",), ("standup", "--webhook", "https://x.example")])
def test_a_test_is_about_no_meeting(options: tuple[str, ...]) -> None:
    run = send_test(*options)
    assert run.returncode == 2
    assert "name the receiver with --webhook alone" in run.stderr
