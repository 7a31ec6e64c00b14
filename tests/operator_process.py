"""`multitrack operator` as the chart starts it: a process of its own, with settings and health."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

__all__ = ["SECONDS", "OperatorProcess", "running_operator"]

SECONDS = 30


@dataclass(frozen=True, slots=True)
class OperatorProcess:
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

    def await_log(self, words: str) -> None:
        """Poll until the log holds the words."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if words in self.log.read_text():
                return
            time.sleep(0.05)
        raise AssertionError(f"the log never said {words!r}: {self.log.read_text()}")


@contextmanager
def running_operator(
    folder: Path,
    namespace: str,
    environment: Mapping[str, str],
    bucket: str = "recordings",
    more: Mapping[str, object] | None = None,
) -> Iterator[OperatorProcess]:
    """Run from entering to leaving.

    Args:
        folder: For settings and the log.
        namespace: Of the jobs.
        environment: Beside this process' own: cluster and S3.
        bucket: Of all jobs.
        more: Further settings, as in operator.yaml.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings, workflows, log = folder / "operator.yaml", folder / "workflows.yaml", folder / "log"
    told = {"jobNamespaces": [namespace], "storage": {"bucket": bucket}, "port": port}
    settings.write_text(yaml.safe_dump({**told, **(more or {})}), "utf-8")
    workflows.write_text("{}", "utf-8")
    argv = [sys.executable, "-m", "multitrack.cli.main", "operator"]
    argv += ["--settings", str(settings), "--workflows", str(workflows)]
    with log.open("wb") as lines:
        popen = subprocess.Popen(argv, stderr=lines, env={**os.environ, **environment})
    try:
        yield OperatorProcess(popen, port, log)
    finally:
        popen.kill()
        popen.wait()
