"""Running a command as a whole process tree and saying what it took."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

__all__ = ["Cost", "measure"]

_INTERVAL = 0.1
"""Seconds between looks at the process tree."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took."""

    seconds: float
    cpu_seconds: float
    """User and system time of all its processes."""
    peak_mb: float
    """Largest sum of resident memory over all its processes, 10^6 bytes."""


def measure(argv: Sequence[str]) -> Cost:
    """Run to the end.

    Raises:
        RuntimeError: It failed; the message is what it said last.
    """
    started = time.monotonic()
    before = psutil.Process().cpu_times()
    process = psutil.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    peak = 0
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        peak = max(peak, _resident(process))
        time.sleep(_INTERVAL)
    _, said = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{argv[0]}: exit code {process.returncode}: {said[-2000:]}")
    after = psutil.Process().cpu_times()
    cpu = (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )
    return Cost(time.monotonic() - started, cpu, peak / 1e6)


def _resident(process: psutil.Popen) -> int:
    total = 0
    try:
        for member in (process, *process.children(recursive=True)):
            total += member.memory_info().rss
    except psutil.NoSuchProcess:
        return total
    return total
