"""The operator alone, against an API server that runs nothing: how fast, and how large.

The fake API server answers faster than a real one, but from the same cores.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.measure import Cost
from tests.fakes.kubernetes import FakeKubernetes, running_kubernetes
from tests.fakes.s3 import running_s3
from tests.operator_process import OperatorProcess, running_operator

__all__ = ["Figures", "measure_operator", "percentile"]

NAMESPACE = "meetings"
_PATIENCE = 300.0
"""Seconds for anything here."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured."""

    single_seconds: list[float]
    """From a job's creation to its Workflow's, one job after the other."""
    many: int
    """Jobs at once."""
    created_seconds: float
    """Until all of them have Workflows."""
    told: Cost
    """Until all of them have their status too; memory is the operator's largest."""


def measure_operator(folder: Path, *, singly: int, many: int) -> Figures:
    """Run an operator and give it work."""
    with _a_cluster(folder) as (server, operator):
        single = [_one(server, f"single-{number}") for number in range(singly)]
        process = psutil.Process(operator.popen.pid)
        cpu, started = sum(process.cpu_times()[:2]), time.monotonic()
        for number in range(many):
            _put(server, f"many-{number}")
        server.wait(lambda: len(server.all("workflows")) == singly + many, _PATIENCE)
        created = time.monotonic() - started
        server.wait(lambda: _have_status(server) == singly + many, _PATIENCE)
        told = time.monotonic() - started
        spent = sum(process.cpu_times()[:2]) - cpu
        peak = _largest_mb(operator.popen.pid)
    return Figures(single, many, created, Cost(told, spent, peak))


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of all lies, the nearest one of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


@contextmanager
def _a_cluster(folder: Path) -> Iterator[tuple[FakeKubernetes, OperatorProcess]]:
    with running_s3() as s3, running_kubernetes(folder, NAMESPACE) as server:
        s3.put("recordings", {})
        environment = {**s3.environment, **server.environment}
        with running_operator(folder, NAMESPACE, environment) as operator:
            operator.await_page("/readyz", "ok")
            yield server, operator


def _one(server: FakeKubernetes, name: str) -> float:
    started = time.monotonic()
    _put(server, name)
    server.wait(lambda: any(_name(each).startswith(name) for each in server.all("workflows")))
    return time.monotonic() - started


def _put(server: FakeKubernetes, name: str) -> None:
    source = {"s3": {"prefix": f"{name}/"}}
    metadata = {"name": name, "namespace": NAMESPACE}
    spec = {"source": source, "suspend": True}
    server.put({"kind": "RecordingJob", "metadata": metadata, "spec": spec})


def _have_status(server: FakeKubernetes) -> int:
    return sum("status" in job for job in server.all("recordingjobs"))


def _name(body: dict[str, dict[str, str]]) -> str:
    return body["metadata"]["name"]


def _largest_mb(pid: int) -> float:
    """The most memory that a process ever held, 10^6 bytes, as Linux knows it."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("/proc does not say how large the operator became")
