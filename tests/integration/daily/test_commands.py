"""Daily recordings from the command line: on one machine, and as a job of the cluster."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.fakes.daily import FakeDaily, a_participant, a_recording, a_track, running_daily
from tests.fakes.kubernetes import FakeKubernetes
from tests.fakes.s3 import FakeS3, running_s3

ANN = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"
ID = "08fa0b24-9220-44c5-846c-3f116cf8e738"
MEETING = "257764e6-c74e-4c30-944a-a887a03173a3"


@pytest.fixture
def s3() -> Iterator[FakeS3]:
    with running_s3() as server:
        yield server


@pytest.fixture
def daily() -> Iterator[FakeDaily]:
    with running_daily() as server:
        yield server


def multitrack(
    *arguments: str, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "multitrack.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **(environment or {})},
    )


def test_a_daily_recording_is_processed_on_this_machine(
    daily: FakeDaily, s3: FakeS3, sample: Path, tmp_path: Path
) -> None:
    track = a_track(ANN)
    s3.put("daily", {track["s3Key"]: (sample / "Alice.webm").read_bytes()})
    daily.put_recording(a_recording(ID, tracks=[track]))
    daily.put_participants(MEETING, a_participant(ANN, "Ann"))
    run = multitrack(
        *("run", f"daily:{ID}", "--only", "pad-track", "--set", f"daily-api-url={daily.api_url}"),
        environment={**s3.environment, **daily.environment},
        folder=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    (results,) = tmp_path.iterdir()
    assert results.name == f"daily-{ID}-meeting"
    people = next(results.rglob("participants.json")).read_text()
    assert '"Ann"' in people
    assert next(results.rglob("0.flac")).stat().st_size > 0


def test_submit_makes_the_job_that_the_webhook_would_make(kubernetes: FakeKubernetes) -> None:
    for arguments in ((f"daily:{ID}?room=standup",), ("--daily", ID, "--name", "by-hand")):
        assert multitrack("submit", *arguments, "-n", "meetings").returncode == 0
    made = kubernetes.find("recordingjobs", f"daily-{ID}", "meetings")
    assert made
    assert made["spec"]["source"] == {"daily": {"recordingId": ID, "roomName": "standup"}}
    assert kubernetes.find("recordingjobs", "by-hand", "meetings")


@pytest.mark.parametrize(
    "arguments",
    [(), ("prefix/", "--daily", ID), ("--daily", "a/b"), ("s3://bucket",), ("",)],
)
def test_submit_without_one_source_says_what_to_do(arguments: tuple[str, ...]) -> None:
    refused = multitrack("submit", *arguments)
    assert refused.returncode == 2
    assert "recording" in refused.stderr.lower()
    assert "Traceback" not in refused.stderr
