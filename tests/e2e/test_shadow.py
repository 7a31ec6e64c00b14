"""A shadow job on the cluster: processed apart, and compared with what the legacy pipeline made.

The legacy API is a fake on this machine; it tells the meeting as `multitrack run` hears it here,
with one word changed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.installation import Installation, condition, eventually
from tests.e2e.specs import a_short_job, a_track
from tests.e2e.values import HOST_ADDRESS, LEGACY_PORT, LEGACY_SECRET
from tests.fakes.legacy_api import FakeLegacyApi, legacy_meeting, running_legacy_api
from workflow_templates.contracts.comparison import Comparison
from workflow_templates.contracts.published import PublishedTranscript

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        HOST_ADDRESS not in os.environ, reason=f"{HOST_ADDRESS}: where pods reach this machine"
    ),
]


@pytest.fixture
def legacy(installation: Installation) -> Iterator[FakeLegacyApi]:
    with running_legacy_api(os.environ[HOST_ADDRESS], LEGACY_PORT) as api:
        installation.make_secret(LEGACY_SECRET, {"token": api.token})
        yield api


@pytest.fixture
def heard_here(sample: Path, tmp_path: Path) -> PublishedTranscript:
    """The same track, processed on this machine."""
    argv = [sys.executable, "-m", "multitrack.cli.main", "run", str(sample / "David.webm")]
    argv += ["-o", str(tmp_path / "meeting"), "--quiet", "--language", "en"]
    subprocess.run([*argv, "--diarization", "never", "--only", "finalize"], check=True)
    return PublishedTranscript.read(next((tmp_path / "meeting").rglob("published/transcript.json")))


def with_another_word(meeting: PublishedTranscript) -> tuple[PublishedTranscript, str]:
    """The meeting with one word misheard, and what that word was."""
    place = next(i for i, word in enumerate(meeting.words) if len(word.text.strip()) > 6)
    words = list(meeting.words)
    right = words[place].text
    words[place] = words[place].model_copy(update={"text": " zebra"})
    return meeting.model_copy(update={"words": tuple(words)}), right.strip(" .,")


def test_a_shadow_job_shows_what_the_legacy_pipeline_heard_differently(
    installation: Installation,
    sample_tracks: str,
    legacy: FakeLegacyApi,
    heard_here: PublishedTranscript,
) -> None:
    meeting, right = with_another_word(heard_here)
    told = legacy_meeting(meeting, meeting.recording.id)
    legacy.transcripts[meeting.recording.id] = told
    spec = a_short_job(a_track(sample_tracks, "David"), shadow=True)
    installation.apply("shadow", spec)

    def compared() -> dict[str, Any] | None:
        job = installation.job("shadow")
        reasons = {each["reason"] for each in job.get("status", {}).get("conditions") or ()}
        return job if reasons & {"Compared", "ComparisonIncomplete", "ComparisonFailed"} else None

    job = eventually(compared, "the end of the comparison", seconds=400)
    said = condition(job, "Compared")
    assert said["reason"] == "Compared", json.dumps(said)
    assert job["status"]["comparison"]["verdict"] == "different"
    assert condition(job, "Delivered")["reason"] == "DeliveryDisabled"
    bucket, _, key = job["status"]["comparison"]["page"].removeprefix("s3://").partition("/")
    page = installation.s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    assert "zebra" in page
    document = key.replace("comparison.html", "comparison.json")
    body = installation.s3.get_object(Bucket=bucket, Key=document)["Body"].read()
    assert right.casefold() in Comparison.model_validate_json(body).model_dump_json().casefold()
