"""The control loops where they live: in the operator's process, as the chart starts it."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fakes.daily import FakeDaily, a_recording, a_track
from tests.fakes.kubernetes import FakeKubernetes
from tests.fakes.s3 import FakeS3
from tests.integration.loops.conftest import BUCKET, NAMESPACE
from tests.operator_process import SECONDS, OperatorProcess, running_operator

ANN = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"
QUICK = {"polling": {"interval": 1}}
FAILED = 'multitrack_loop_runs_total{loop="polling",outcome="failed"}'
ALL = {
    "polling",
    "webhook-monitor",
    "reprocess",
    "failed-runs",
    "inbox",
    "deletions",
    "consent-sweep",
}


@contextmanager
def operator(
    folder: Path,
    daily: FakeDaily,
    s3: FakeS3,
    kubernetes: FakeKubernetes,
    *,
    loops: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    **daily_settings: str,
) -> Iterator[OperatorProcess]:
    with running_operator(
        folder,
        NAMESPACE,
        {**s3.environment, **kubernetes.environment, **daily.environment, **(environment or {})},
        bucket=BUCKET,
        more={"daily": {"apiUrl": daily.api_url, **daily_settings}, "loops": loops or {}},
    ) as process:
        yield process


def loops_that_run(process: OperatorProcess) -> set[str]:
    lines = [json.loads(line) for line in process.log.read_text().splitlines()]
    return {line["loop"] for line in lines if line["message"] == "loop runs"}


def test_a_missed_recording_becomes_a_job_and_a_workflow(
    tmp_path: Path, daily: FakeDaily, s3: FakeS3, kubernetes: FakeKubernetes
) -> None:
    start = int(time.time()) - 300
    track = a_track(ANN, start_ts=start)
    daily.put_recording(a_recording("missed", tracks=[track], start_ts=start))
    with operator(tmp_path, daily, s3, kubernetes, loops=QUICK) as process:
        kubernetes.wait(lambda: kubernetes.all("workflows", NAMESPACE), SECONDS)
        (job,) = kubernetes.all("recordingjobs", NAMESPACE)
        assert job["metadata"]["name"] == "daily-missed"
        process.await_page("/metrics", "multitrack_daily_recordings_missed_total 1.0")
        process.await_page("/metrics", 'multitrack_loop_runs_total{loop="polling",outcome="done"}')
        assert loops_that_run(process) == ALL


def test_loops_can_be_switched_off_one_by_one(
    tmp_path: Path, daily: FakeDaily, s3: FakeS3, kubernetes: FakeKubernetes
) -> None:
    switches = {
        "polling": "polling",
        "webhookMonitor": "webhook-monitor",
        "reprocess": "reprocess",
        "failedRuns": "failed-runs",
        "deletions": "deletions",
        "consentSweep": "consent-sweep",
    }
    off = {name: {"enabled": False} for name in switches}
    with operator(tmp_path, daily, s3, kubernetes, loops=off) as process:
        process.await_page("/metrics", 'multitrack_loop_runs_total{loop="inbox",outcome="done"}')
        assert loops_that_run(process) == {"inbox"}
    assert daily.requests == []


def test_with_the_legacy_provider_nothing_is_polled(
    tmp_path: Path, daily: FakeDaily, s3: FakeS3, kubernetes: FakeKubernetes
) -> None:
    environment = {"DURABLE_WORKFLOW_PROVIDER": "none"}
    legacy = "http://127.0.0.1:9/hook"
    with operator(
        tmp_path, daily, s3, kubernetes, environment=environment, legacyUrl=legacy
    ) as process:
        process.await_page("/metrics", 'multitrack_loop_runs_total{loop="webhook-monitor"')
        assert loops_that_run(process) == ALL - {"polling"}
    assert daily.asked("/recordings") == []


def test_without_a_key_nothing_is_asked_of_daily(
    tmp_path: Path, daily: FakeDaily, s3: FakeS3, kubernetes: FakeKubernetes
) -> None:
    with operator(
        tmp_path, daily, s3, kubernetes, environment={"MULTITRACK_DAILY_API_KEY": ""}
    ) as process:
        process.await_page("/metrics", 'multitrack_loop_runs_total{loop="inbox",outcome="done"}')
        assert loops_that_run(process) == ALL - {"polling", "webhook-monitor"}


def test_a_provider_that_cannot_be_is_refused_in_a_sentence(
    tmp_path: Path, daily: FakeDaily, s3: FakeS3, kubernetes: FakeKubernetes
) -> None:
    environment = {"DURABLE_WORKFLOW_PROVIDER": "hatchet"}
    with operator(tmp_path, daily, s3, kubernetes, environment=environment) as process:
        assert process.popen.wait(SECONDS) == 2
        assert "use argo" in process.log.read_text().splitlines()[-1]


def test_a_key_that_daily_refuses_stops_nothing_else(
    tmp_path: Path, daily: FakeDaily, s3: FakeS3, kubernetes: FakeKubernetes
) -> None:
    wrong = {"MULTITRACK_DAILY_API_KEY": "wrong-key"}
    with operator(tmp_path, daily, s3, kubernetes, loops=QUICK, environment=wrong) as process:
        process.await_page(
            "/metrics", 'multitrack_loop_runs_total{loop="polling",outcome="failed"}'
        )
        # The figure is there, as 0, before the first look has ended.
        process.await_log("does not take the API key")
        assert process.page("/livez") == "ok"
        process.await_page("/readyz", "ok")
        assert "wrong-key" not in process.log.read_text()
