import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from multitrack_steps.speech.cores import available_cores, map_in_order

MACHINE = len(os.sched_getaffinity(0))

QUOTAS = {
    "none": ({}, MACHINE),
    "no limit": ({"cpu.max": "max 100000\n"}, MACHINE),
    "one core": ({"cpu.max": "100000 100000\n"}, 1),
    "half a core is one": ({"cpu.max": "50000 100000\n"}, 1),
    "more than there are": ({"cpu.max": "99900000 100000\n"}, MACHINE),
    "version 1, one core": (
        {"cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "100000\n"},
        1,
    ),
    "version 1, no limit": (
        {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"},
        MACHINE,
    ),
}


@pytest.mark.parametrize(("files", "want"), QUOTAS.values(), ids=QUOTAS)
def test_cores_respect_the_containers_quota(
    tmp_path: Path, files: dict[str, str], want: int
) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert available_cores(tmp_path) == want


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_order(workers: int) -> None:
    assert list(map_in_order(lambda n: n * n, range(20), workers)) == [n * n for n in range(20)]


def test_calls_are_under_way_at_the_same_time() -> None:
    both_are_here = threading.Barrier(2, timeout=10)
    assert list(map_in_order(lambda _: both_are_here.wait() >= 0, range(4), 2)) == [True] * 4


@pytest.mark.parametrize("workers", [1, 3])
def test_no_item_is_taken_before_a_worker_is_free(workers: int) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(20):
            taken.append(number)
            yield number

    results = map_in_order(lambda n: n, items(), workers)
    for done in range(1, 18):
        next(results)
        assert len(taken) < done + workers


def test_an_error_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        list(map_in_order(lambda n: 1 // n, [1, 0], 2))
