"""Lines about the operator, and about a cluster with the chart."""

from collections.abc import Iterator
from datetime import UTC, datetime

from multitrack.controller.observed import WorkflowView
from tests.bench.bench import Bench, Row, run_whole
from tests.bench.bench_cluster import (
    installation,
    overheads,
    single_jobs,
    suspended_jobs,
    what_is_lacking,
)
from tests.bench.bench_operator import measure_operator, percentile
from tests.bench.recordings import SAMPLE
from tests.e2e.installation import Installation

__all__ = ["rows_cluster", "rows_operator"]


def rows_operator(bench: Bench) -> Iterator[Row]:
    """The operator against an API server that runs nothing."""
    figures = measure_operator(bench.fresh_folder("operator"), singly=20, many=1000)
    p50, p95 = (percentile(figures.single_seconds, share) for share in (0.5, 0.95))
    yield Row(
        "operator: a job's creation to its Workflow's, 20 jobs one by one, fake API server",
        None,
        "p95 ≤ 1 s",
        f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms",
    )
    yield Row(
        f"operator: {figures.many:,} suspended jobs at once, fake API server",
        figures.told,
        "all Workflows ≤ 60 s, ≤ 200 MB",
        f"all Workflows after {figures.created_seconds:.1f} s",
    )


def rows_cluster(bench: Bench) -> Iterator[Row]:
    """The chart on a cluster; without one a line that says so."""
    if lacking := what_is_lacking():
        yield Row("cluster", None, "", lacking)
        return
    with installation() as installed:
        single = single_jobs(20)
        p50, p95 = (percentile(single, share) for share in (0.5, 0.95))
        yield Row(
            "cluster: apply → Workflow exists, 20 jobs one by one",
            None,
            "p95 ≤ 1 s",
            f"p50 {p50:.2f} s, p95 {p95:.2f} s",
        )
        # Before the many: Argo takes about one new Workflow a second, in their order.
        yield _sample_on_cluster(bench, installed)
        seconds, memory = suspended_jobs(installed, 1000)
        yield Row(
            "cluster: 1,000 suspended jobs at once",
            None,
            "all Workflows ≤ 60 s, operator ≤ 200 MB",
            f"{seconds:.1f} s, operator {memory:.0f} MB",
        )


def _sample_on_cluster(bench: Bench, installed: Installation) -> Row:
    local = run_whole(bench, SAMPLE, "local")
    installed.upload(*sorted(SAMPLE.glob("*.webm")), prefix="sample/")
    installed.apply("sample", {"source": {"s3": {"prefix": "sample/"}}, "language": "en"})
    job = installed.wait("sample", ".status.phase=Succeeded", seconds=900)
    path = overheads(WorkflowView.from_body(installed.workflow("sample"), datetime.now(UTC)))
    worst = max(path, key=lambda each: each.seconds)
    mean = sum(each.seconds for each in path) / len(path)
    took = datetime.fromisoformat(job["status"]["completionTime"]) - datetime.fromisoformat(
        job["status"]["startTime"]
    )
    return Row(
        "cluster: the sample, against `multitrack run` on this machine",
        local,
        "≤ 8 s a step on the critical path",
        f"{took.total_seconds():.0f} s in all; beside its own work a step took {mean:.1f} s, at "
        f"most {worst.seconds:.1f} s ({worst.step}), on a critical path of {len(path)} steps",
    )
