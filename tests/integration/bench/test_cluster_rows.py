"""The benchmarks of a cluster measure what they say, here against the fake API server."""

from pathlib import Path

from tests.bench.bench_cluster import NAME, single_jobs
from tests.bench.bench_operator import measure_operator
from tests.fakes.kubernetes import FakeKubernetes
from tests.fakes.s3 import running_s3
from tests.operator_process import running_operator


def test_single_jobs_are_timed_until_their_workflow_exists(
    kubernetes: FakeKubernetes, tmp_path: Path
) -> None:
    with running_s3() as s3:
        environment = {**s3.environment, **kubernetes.environment}
        with running_operator(tmp_path, NAME, environment) as operator:
            operator.await_page("/readyz", "ok")
            seconds = single_jobs(3)
    assert len(seconds) == len(kubernetes.all("workflows")) == 3
    assert all(0 < each < 60 for each in seconds)


def test_operator_is_measured_with_many_jobs(tmp_path: Path) -> None:
    figures = measure_operator(tmp_path, singly=2, many=10)
    assert len(figures.single_seconds) == 2
    assert 0 < figures.created_seconds <= figures.told.seconds
    assert figures.told.peak_mb > 50
