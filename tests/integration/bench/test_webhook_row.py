"""The benchmark of Daily's events counts what it says."""

from pathlib import Path

from tests.bench.bench_webhook import CREATION_SECONDS, measure_webhook


def test_every_event_is_timed_and_becomes_a_job(tmp_path: Path) -> None:
    figures = measure_webhook(tmp_path, rate=40, seconds=1)
    assert len(figures.seconds) == 40
    assert figures.refused == 0
    assert figures.jobs == 40 + 50  # those that warm it up, too
    # A creation is made to take so long: nothing can be faster.
    assert all(each > CREATION_SECONDS for each in figures.seconds)
