"""`make test-daily`, as far as it can be tried without Daily."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daily.__main__ import REQUIRED, compare_with_legacy
from tests.fakes.legacy_api import legacy_meeting, running_legacy_api
from tests.unit.publication.meetings import a_line, a_meeting
from workflow_templates.contracts.comparison import Comparison

ROOT = Path(__file__).resolve().parents[2]


def test_it_says_in_one_sentence_what_is_missing_and_fails() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.daily"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in REQUIRED},
    )
    assert run.returncode == 2
    [sentence] = run.stdout.splitlines()
    assert all(name in sentence for name in REQUIRED)


def test_a_finished_run_is_compared_with_the_legacy_and_the_report_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = a_meeting(a_line("We raise the connection pool.", 5.0), short="The pool.")
    for file in ("transcript.json", ".multitrack/files/published/transcript.json"):
        meeting.write(tmp_path / file)
    with running_legacy_api() as legacy:
        legacy.transcripts["t-1"] = legacy_meeting(meeting, "t-1", recording_id="daily-1")
        monkeypatch.setenv("MULTITRACK_LEGACY_API_TOKEN", legacy.token)
        assert compare_with_legacy(tmp_path, "daily-1", legacy.url) == 0
        legacy.transcripts.clear()
        assert compare_with_legacy(tmp_path, "daily-1", legacy.url) == 1
    comparison = Comparison.read(tmp_path / "comparison" / "comparison.json")
    assert "lists no transcript of recording daily-1" in comparison.sentence
    assert (tmp_path / "comparison" / "comparison.html").is_file()
