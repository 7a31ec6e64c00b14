"""`multitrack deliver` with a job's name: the cluster delivers again."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.fakes.kubernetes import FakeKubernetes

NAMESPACE = "meetings"
PUBLISHED = {
    "type": "TranscriptReady",
    "status": "True",
    "reason": "Published",
    "lastTransitionTime": "2026-03-14T12:00:00Z",
}


def make(server: FakeKubernetes, **status: Any) -> None:
    server.put(
        {
            "kind": "RecordingJob",
            "metadata": {"name": "standup", "namespace": NAMESPACE},
            "spec": {"source": {"s3": {"prefix": "standup/"}}},
            "status": {"observedGeneration": 1, "attempt": 1, "phase": "Succeeded", **status},
        }
    )


def deliver(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "multitrack.cli.main", "deliver", *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False, cwd=cwd)


def wanted(server: FakeKubernetes) -> int:
    job = server.find("recordingjobs", "standup", NAMESPACE)
    assert job is not None
    return int(job["spec"].get("deliveryAttempt", 1))


def test_a_job_delivers_again_even_where_its_files_were_fetched(
    kubernetes: FakeKubernetes, tmp_path: Path
) -> None:
    first = {"number": 1, "startTime": "2026-03-14T12:00:00Z"}
    make(kubernetes, conditions=[PUBLISHED], delivery=first)
    (tmp_path / "standup").mkdir()
    run = deliver("standup", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert "standup: delivery asked for" in run.stdout
    assert wanted(kubernetes) == 2


def test_a_job_that_has_published_nothing_says_so(
    kubernetes: FakeKubernetes, tmp_path: Path
) -> None:
    make(kubernetes)
    run = deliver("standup", "-n", NAMESPACE, cwd=tmp_path)
    assert run.returncode == 2
    assert "standup: nothing is published yet" in run.stderr
    assert wanted(kubernetes) == 1


def test_targets_are_for_folders(kubernetes: FakeKubernetes, tmp_path: Path) -> None:
    make(kubernetes, conditions=[PUBLISHED])
    hook = ("--webhook", "https://receiver.example/x")
    job = deliver("standup", "-n", NAMESPACE, *hook, cwd=tmp_path)
    assert job.returncode == 2
    assert "a job's targets are in its spec.delivery" in job.stderr
    folder = deliver("standup", *hook, cwd=tmp_path)
    assert folder.returncode == 2
    assert "no finished meeting" in folder.stderr
