"""How many CPU cores this process may use, and what to do with them."""

import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

__all__ = ["available_cores", "map_in_order"]

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")

_CGROUP = Path("/sys/fs/cgroup")


def available_cores(cgroup: Path = _CGROUP) -> int:
    """Cores that scheduler and container quota (cgroup v2, then v1) leave to this process."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(cores, _quota(cgroup) or cores))


def map_in_order(
    function: Callable[[_Given], _Made], items: Iterable[_Given], workers: int
) -> Iterator[_Made]:
    """`map`, with up to `workers` calls under way; an item is taken when a worker is free."""
    if workers == 1:
        yield from map(function, items)
        return
    waiting: deque[Future[_Made]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) == workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _quota(cgroup: Path) -> int | None:
    """Whole cores of the CPU quota, rounded up; None where there is none."""
    try:
        quota, period = (cgroup / "cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        try:
            quota = (cgroup / "cpu/cpu.cfs_quota_us").read_text(encoding="ascii")
            period = (cgroup / "cpu/cpu.cfs_period_us").read_text(encoding="ascii")
        except OSError:
            return None
    if quota == "max" or int(quota) <= 0:
        return None
    return math.ceil(int(quota) / int(period))
