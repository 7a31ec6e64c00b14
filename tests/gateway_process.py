"""`multitrack gateway` as the chart starts it: a process of its own, with settings."""

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

__all__ = ["GatewayProcess", "running_gateway_process"]

_PATIENCE = 30
"""Seconds until it serves."""


@dataclass(frozen=True, slots=True)
class GatewayProcess:
    """A running gateway and its log."""

    popen: subprocess.Popen[bytes]
    url: str
    log: Path

    def await_service(self) -> None:
        """Poll until it answers."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.url}/livez").close()  # noqa: S310 - ours
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"the gateway never served: {self.log.read_text()}")


@contextmanager
def running_gateway_process(
    folder: Path,
    environment: Mapping[str, str],
    *,
    namespace: str = "meetings",
    bucket: str = "recordings",
    more: Mapping[str, object] | None = None,
) -> Iterator[GatewayProcess]:
    """Run from entering to leaving.

    Args:
        folder: For settings and the log.
        environment: Beside this process' own: cluster, S3, secrets.
        namespace: Of the jobs.
        bucket: Of all jobs.
        more: Further settings, as in gateway.yaml.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings, log = folder / "gateway.yaml", folder / "gateway.log"
    told = {"jobNamespaces": [namespace], "storage": {"bucket": bucket}, "port": port}
    settings.write_text(yaml.safe_dump({**told, **(more or {})}), "utf-8")
    argv = [sys.executable, "-m", "multitrack.cli.main", "gateway", "--settings", str(settings)]
    with log.open("wb") as lines:
        popen = subprocess.Popen(argv, stderr=lines, env={**os.environ, **environment})
    running = GatewayProcess(popen, f"http://127.0.0.1:{port}", log)
    try:
        running.await_service()
        yield running
    finally:
        popen.terminate()
        try:
            popen.wait(10)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()
