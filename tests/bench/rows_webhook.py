"""Lines about Daily's events at the gateway."""

from collections.abc import Iterator

from tests.bench.bench import Bench, Row
from tests.bench.bench_operator import percentile
from tests.bench.bench_webhook import CREATION_SECONDS, measure_webhook

__all__ = ["rows_webhook"]

_RATE = 200
_SECONDS = 20


def rows_webhook(bench: Bench) -> Iterator[Row]:
    """Signed events of new recordings, each of which becomes a job."""
    figures = measure_webhook(bench.fresh_folder("webhook"), rate=_RATE, seconds=_SECONDS)
    p50, p99 = (percentile(figures.seconds, share) for share in (0.5, 0.99))
    yield Row(
        f"gateway: {_RATE} signed events/s for {_SECONDS} s, each a new job, fake API server "
        f"(a creation {CREATION_SECONDS * 1000:g} ms more)",
        figures.cost,
        "p99 ≤ 50 ms",
        f"p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, "
        f"worst {max(figures.seconds) * 1000:.0f} ms; {figures.refused} refused",
    )
