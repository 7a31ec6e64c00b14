"""Shadow mode on the cluster: both pipelines get an event, and the results are compared.

The legacy API is a fake on this machine; it tells the meeting as `multitrack run` hears it here,
with one word changed.
"""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.daily import DailyBeside
from tests.e2e.installation import Installation, condition, eventually
from tests.e2e.port_forward import forwarded
from tests.e2e.values import HOST_ADDRESS, LEGACY_PORT, LEGACY_SECRET
from tests.fakes.daily import events
from tests.fakes.daily.recordings import a_recording, a_track
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


@pytest.fixture
def both(installation: Installation, legacy: FakeLegacyApi) -> Iterator[None]:
    """The release with shadow mode, as in the guide to cutting over."""
    mode = "daily.webhook.shadowMode={}"
    values = ("--set", f"daily.webhook.legacyUrl={legacy.url}/v1/daily/webhook")
    installation.upgrade(*values, "--set", mode.format("true"))
    yield
    installation.upgrade("--set", "daily.webhook.legacyUrl=", "--set", mode.format("false"))


@pytest.fixture
def recording(
    installation: Installation, daily_of_session: DailyBeside | None, sample: Path
) -> dict[str, Any]:
    """What one person has said, as Daily keeps it; the bucket holds it."""
    assert daily_of_session is not None
    david = sample / "David.webm"
    track = a_track(str(uuid.uuid4()), size=david.stat().st_size)
    installation.s3.upload_file(str(david), installation.bucket, track["s3Key"])
    endpoint = str(installation.s3.meta.endpoint_url)
    made = a_recording(tracks=[track], bucket=installation.bucket, endpoint=endpoint)
    return daily_of_session.daily.put_recording(made)


def with_another_word(meeting: PublishedTranscript) -> tuple[PublishedTranscript, str]:
    """The meeting with one word misheard, and what that word was."""
    place = next(i for i, word in enumerate(meeting.words) if len(word.text.strip()) > 6)
    words = list(meeting.words)
    right = words[place].text
    words[place] = words[place].model_copy(update={"text": " zebra"})
    return meeting.model_copy(update={"words": tuple(words)}), right.strip(" .,")


@pytest.mark.usefixtures("both")
def test_both_pipelines_get_an_event_and_what_they_heard_differently_is_shown(
    installation: Installation,
    daily_of_session: DailyBeside,
    recording: dict[str, Any],
    legacy: FakeLegacyApi,
    heard_here: PublishedTranscript,
) -> None:
    meeting, right = with_another_word(heard_here)
    legacy.transcripts[recording["id"]] = legacy_meeting(meeting, recording["id"])
    name = f"daily-{recording['id']}"
    with forwarded(installation, "service/multitrack-gateway", "http") as gateway:
        sent = daily_of_session.daily.send(
            events.recording_ready(recording),
            to=f"{gateway}/v1/daily/webhook",
            secret=daily_of_session.webhook_secret,
        )
    assert sent.answer == b'{"outcome":"created"}'
    assert installation.job(name)["spec"]["shadow"] is True
    [told] = eventually(lambda: legacy.events, "the event at the legacy pipeline", 60)
    assert told.body == sent.body
    assert "x-webhook-signature" in told.headers

    def compared() -> dict[str, Any] | None:
        job = installation.job(name)
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
