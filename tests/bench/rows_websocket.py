"""Lines about those who follow a job over WebSockets."""

from collections.abc import Iterator

from tests.bench.bench import Bench, Row
from tests.bench.bench_operator import percentile
from tests.bench.bench_websocket import measure_websocket

__all__ = ["rows_websocket"]


def rows_websocket(bench: Bench) -> Iterator[Row]:
    """Many followers of one job of an hour."""
    figures = measure_websocket(bench.fresh_folder("websocket"), followers=500, changes=20)
    p50, worst = percentile(figures.change_seconds, 0.5), max(figures.change_seconds)
    yield Row(
        f"gateway: {figures.followers} WebSockets on one job, "
        f"{figures.replayed_bytes / 1e6:.1f} MB replayed to each",
        figures.cost,
        "≤ 200 MB",
        f"{figures.alone_mb:.0f} MB before; a change reaches the last one after "
        f"{p50 * 1000:.0f} ms (median), {worst * 1000:.0f} ms (worst)",
    )
