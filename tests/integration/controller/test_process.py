"""The operator as a process: it serves, says what is missing, logs JSON, and ends when told."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.kubernetes import FakeKubernetes
from tests.fakes.s3 import running_s3
from tests.integration.controller.conftest import NAMESPACE, World
from tests.operator_process import SECONDS, OperatorProcess, running_operator


@pytest.fixture
def running(kubernetes: FakeKubernetes, tmp_path: Path) -> Iterator[OperatorProcess]:
    """An operator whose bucket is not there."""
    with running_s3() as s3:
        environment = {**s3.environment, **kubernetes.environment}
        with running_operator(tmp_path, NAMESPACE, environment, bucket="not-there") as process:
            yield process


def test_it_serves_says_what_is_missing_and_ends_when_told(
    world: World, running: OperatorProcess
) -> None:
    ready = running.await_page("/readyz", "not-there")
    assert ready.startswith("ok\n")
    assert running.page("/livez") == "ok"
    running.await_page("/metrics", 'multitrack_installation_problems{kind="bucket"} 1.0')
    world.apply()
    world.server.wait(lambda: world.reason("Succeeded") == "InstallationIncomplete", SECONDS)

    running.popen.send_signal(signal.SIGTERM)
    assert running.popen.wait(SECONDS) == 0
    lines = [json.loads(line) for line in running.log.read_text().splitlines()]
    messages = {line["message"]: line for line in lines}
    assert "not-there" in messages["installation incomplete"]["problem"]
    assert messages["workflow created"]["job"] == "standup"
