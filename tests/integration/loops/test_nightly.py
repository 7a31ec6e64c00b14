"""Nightly reprocess and the failed-run monitor, with jobs of a real API server's protocol."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from multitrack.api.recording_job import RecordingJob
from multitrack.cluster.client import Cluster
from multitrack.controller.loops.failed_runs import FailedRunMonitor
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.reprocess import NightlyReprocess, night_before
from multitrack.controller.loops.settings import FailedRunsSettings, ReprocessSettings
from tests.fakes.kubernetes import FakeKubernetes
from tests.integration.loops.conftest import NAMESPACE, Clock

NIGHT = datetime(2026, 3, 14, 5, 0, tzinfo=UTC)
STAMP = "%Y-%m-%dT%H:%M:%SZ"


class Jobs:
    """The jobs of the API server, as the operator remembers them."""

    def __init__(self, server: FakeKubernetes) -> None:
        self.server = server

    def __call__(self) -> list[RecordingJob]:
        return [
            RecordingJob.from_body(body) for body in self.server.all("recordingjobs", NAMESPACE)
        ]

    def put(
        self,
        name: str,
        *,
        reason: str = "Temporary",
        phase: str = "Failed",
        attempt: int = 1,
        ended: datetime = NIGHT - timedelta(hours=5),
        annotations: dict[str, str] | None = None,
        **spec: Any,
    ) -> None:
        condition = {
            "type": "Succeeded",
            "status": "False",
            "reason": reason,
            "message": "it failed",
            "lastTransitionTime": ended.strftime(STAMP),
        }
        self.server.put(
            {
                "apiVersion": "multitrack.dev/v1alpha1",
                "kind": "RecordingJob",
                "metadata": {
                    "name": name,
                    "namespace": NAMESPACE,
                    "annotations": annotations or {},
                },
                "spec": {
                    "source": {"s3": {"prefix": "standup/"}},
                    "attempt": attempt,
                    **spec,
                },
                "status": {
                    "phase": phase,
                    "attempt": attempt,
                    "completionTime": ended.strftime(STAMP),
                    "conditions": [condition],
                },
            }
        )

    def attempt(self, name: str) -> int:
        found = self.server.find("recordingjobs", name, NAMESPACE)
        assert found
        return int(found["spec"]["attempt"])


@pytest.fixture
def jobs(kubernetes: FakeKubernetes) -> Jobs:
    return Jobs(kubernetes)


@pytest.fixture
def nightly(cluster: Cluster, jobs: Jobs, clock: Clock, metrics: LoopMetrics) -> NightlyReprocess:
    clock.now = NIGHT + timedelta(minutes=1)
    settings = ReprocessSettings(at_most=2)
    return NightlyReprocess(cluster, jobs, settings, metrics, clock=clock)


async def test_a_job_that_trying_again_may_mend_is_run_again_once_a_night_and_twice_in_all(
    jobs: Jobs, nightly: NightlyReprocess, clock: Clock, registry: CollectorRegistry
) -> None:
    jobs.put("failed")
    for night, want in enumerate([2, 3, 3]):
        clock.now = NIGHT + timedelta(days=night, minutes=1)
        await nightly.once()
        await nightly.once()
        assert jobs.attempt("failed") == want
        # The operator runs the attempt, which fails too.
        jobs.server.merge(
            "recordingjobs",
            "failed",
            {
                "status": {
                    "attempt": want,
                    "completionTime": (clock.now + timedelta(minutes=30)).strftime(STAMP),
                }
            },
            NAMESPACE,
        )
        clock.now += timedelta(hours=1)
        await nightly.once()
        assert jobs.attempt("failed") == want
    assert registry.get_sample_value("multitrack_jobs_reprocessed_total") == 2


LEFT_ALONE: dict[str, dict[str, Any]] = {
    "bad-input": {"reason": "BadInput"},
    "refused": {"reason": "Refused"},
    "stopped-by-a-person": {"reason": "Stopped", "phase": "Cancelled"},
    "succeeded": {"reason": "Completed", "phase": "Succeeded"},
    "cancelled": {"cancel": True},
    "suspended": {"suspend": True},
    "failed-after-the-hour": {"ended": NIGHT + timedelta(seconds=30)},
    "had-its-nights": {"annotations": {"multitrack.dev/reprocessed": "2"}},
    "run-this-night": {
        "annotations": {"multitrack.dev/reprocessed-at": NIGHT.strftime("%Y-%m-%dT%H:%M:%SZ")}
    },
    "at-the-last-attempt": {"attempt": 999},
}


@pytest.mark.parametrize("name", LEFT_ALONE)
async def test_what_is_left_alone(name: str, jobs: Jobs, nightly: NightlyReprocess) -> None:
    jobs.put(name, **LEFT_ALONE[name])
    before = jobs.attempt(name)
    await nightly.once()
    assert jobs.attempt(name) == before


async def test_a_job_that_somebody_has_already_asked_to_run_is_left_alone(
    jobs: Jobs, nightly: NightlyReprocess
) -> None:
    jobs.put("raised")
    jobs.server.merge("recordingjobs", "raised", {"spec": {"attempt": 2}}, NAMESPACE)
    await nightly.once()
    assert jobs.attempt("raised") == 2


async def test_whoever_changes_the_job_meanwhile_wins(
    cluster: Cluster, jobs: Jobs, clock: Clock, metrics: LoopMetrics
) -> None:
    jobs.put("failed")
    stale = jobs()
    jobs.server.merge("recordingjobs", "failed", {"spec": {"cancel": True}}, NAMESPACE)
    clock.now = NIGHT
    loop = NightlyReprocess(cluster, lambda: stale, ReprocessSettings(), metrics, clock=clock)
    await loop.once()
    assert jobs.attempt("failed") == 1


async def test_a_job_that_the_cluster_refuses_to_change_holds_up_no_other(
    jobs: Jobs, nightly: NightlyReprocess
) -> None:
    jobs.put("a")
    jobs.put("b")
    jobs.server.refuse(1, status=422, verb="patch", resource="recordingjobs")
    await nightly.once()
    assert sorted((jobs.attempt("a"), jobs.attempt("b"))) == [1, 2]


async def test_an_operator_that_was_away_catches_up_but_not_in_the_middle_of_the_day(
    jobs: Jobs, nightly: NightlyReprocess, clock: Clock
) -> None:
    jobs.put("failed")
    clock.now = NIGHT + timedelta(hours=7)
    await nightly.once()
    assert jobs.attempt("failed") == 1
    clock.now = NIGHT + timedelta(days=1, hours=2)
    await nightly.once()
    assert jobs.attempt("failed") == 2


def test_the_night_before_is_never_in_the_future() -> None:
    assert night_before(NIGHT, 5) == NIGHT
    assert night_before(NIGHT - timedelta(seconds=1), 5) == NIGHT - timedelta(days=1)
    assert night_before(NIGHT + timedelta(hours=18), 5) == NIGHT


async def test_failures_of_the_last_hour_are_counted_by_reason(
    jobs: Jobs, clock: Clock, registry: CollectorRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    clock.now = NIGHT
    jobs.put("now-1", ended=NIGHT - timedelta(minutes=5))
    jobs.put("now-2", ended=NIGHT - timedelta(minutes=59), reason="BadInput")
    jobs.put("long-ago", ended=NIGHT - timedelta(minutes=61))
    jobs.put("well", ended=NIGHT, reason="Completed", phase="Succeeded")
    monitor = FailedRunMonitor(jobs, FailedRunsSettings(), LoopMetrics(registry), clock=clock)

    def failed(reason: str) -> float | None:
        return registry.get_sample_value("multitrack_jobs_failed_last_hour", {"reason": reason})

    await monitor.once()
    assert (failed("Temporary"), failed("BadInput"), failed("Refused")) == (1, 1, 0)
    lines = [record for record in caplog.records if record.message == "jobs have failed"]
    assert len(lines) == 1
    assert "meetings/now-1, meetings/now-2" in str(vars(lines[0])["jobs"])
    await monitor.once()
    assert sum(record.message == "jobs have failed" for record in caplog.records) == 1
    clock.now += timedelta(hours=2)
    await monitor.once()
    assert (failed("Temporary"), failed("BadInput")) == (0, 0)
