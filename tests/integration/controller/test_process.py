"""`multitrack operator` as the chart starts it: a process with settings, health and JSON logs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.fakes.kubernetes import FakeKubernetes
from tests.fakes.s3 import running_s3
from tests.integration.controller.conftest import NAMESPACE, World

SECONDS = 30


@dataclass(frozen=True, slots=True)
class Process:
    """A running operator and its log."""

    popen: subprocess.Popen[bytes]
    port: int
    log: Path

    def page(self, path: str) -> str | None:
        """What it answers; None: nothing yet, or an error."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            return None

    def await_page(self, path: str, words: str) -> str:
        """Poll until a page holds the words."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if (page := self.page(path)) and words in page:
                return page
            time.sleep(0.05)
        raise AssertionError(f"{path} never said {words!r}: {self.log.read_text()}")


@pytest.fixture
def running(kubernetes: FakeKubernetes, tmp_path: Path) -> Iterator[Process]:
    """An operator whose bucket is not there."""
    with running_s3() as s3, _a_process(tmp_path, dict(s3.environment)) as process:
        assert kubernetes.url
        yield process


@contextmanager
def _a_process(folder: Path, environment: dict[str, str]) -> Iterator[Process]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings, workflows, log = folder / "operator.yaml", folder / "workflows.yaml", folder / "log"
    told = {"jobNamespaces": [NAMESPACE], "storage": {"bucket": "not-there"}, "port": port}
    settings.write_text(yaml.safe_dump(told), "utf-8")
    workflows.write_text("{}", "utf-8")
    argv = [sys.executable, "-m", "multitrack.cli.main", "operator"]
    argv += ["--settings", str(settings), "--workflows", str(workflows)]
    with log.open("wb") as lines:
        popen = subprocess.Popen(argv, stderr=lines, env={**os.environ, **environment})
    try:
        yield Process(popen, port, log)
    finally:
        popen.kill()
        popen.wait()


def test_it_serves_says_what_is_missing_and_ends_when_told(world: World, running: Process) -> None:
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
