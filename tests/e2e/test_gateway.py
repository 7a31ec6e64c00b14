"""Daily's event in, the finished meeting and its events out, through the chart's gateway."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.e2e.clips import beginning
from tests.e2e.daily import DailyBeside
from tests.e2e.installation import GATEWAY, Installation, condition, eventually
from tests.e2e.port_forward import forwarded
from tests.e2e.refusal import refusing_jobs
from tests.e2e.tokens import token_of
from tests.e2e.values import HOST_ADDRESS
from tests.fakes.daily import events
from tests.fakes.daily.recordings import a_participant, a_recording, a_track

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

WEBHOOK = "/v1/daily/webhook"
CLIP_SECONDS = 40
PATIENCE = 240.0
"""Seconds between two events of a job that runs."""
RESULTS = {
    "TRANSCRIPT",
    "TOPIC",
    "STATUS",
    "FINAL_TITLE",
    "FINAL_LONG_SUMMARY",
    "FINAL_SHORT_SUMMARY",
    "ACTION_ITEMS",
    "DURATION",
    "WAVEFORM",
}
ENDED = {"value": "ended"}


@pytest.fixture(scope="module")
def daily(daily_of_session: DailyBeside | None) -> DailyBeside:
    if daily_of_session is None:
        pytest.skip(f"pods cannot reach this machine; set {HOST_ADDRESS} to its address for them")
    return daily_of_session


@pytest.fixture(scope="module")
def replicas(installation: Installation) -> Iterator[tuple[str, str]]:
    """Where two of the gateway's pods are."""
    selected = ("--selector", GATEWAY, "--field-selector", "status.phase=Running")
    pods = [pod["metadata"]["name"] for pod in installation.read("pods", *selected)["items"]]
    assert len(pods) == 2
    with (
        forwarded(installation, f"pod/{pods[0]}", "http") as here,
        forwarded(installation, f"pod/{pods[1]}", "http") as there,
    ):
        yield here, there


@pytest.fixture(scope="module")
def token(installation: Installation) -> str:
    """Of somebody who may look at jobs."""
    return token_of(installation, "follower", "view")


@pytest.fixture(scope="module")
def recording(
    installation: Installation,
    daily: DailyBeside,
    sample: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """What two people have said, as Daily keeps it; the bucket holds it."""
    folder, tracks = tmp_path_factory.mktemp("recorded"), []
    meeting, people = str(uuid.uuid4()), {"Alice": str(uuid.uuid4()), "Ben": str(uuid.uuid4())}
    for name, participant in people.items():
        clip = beginning(sample / f"{name}.webm", CLIP_SECONDS, folder / f"{name}.webm")
        track = a_track(participant, size=clip.stat().st_size)
        installation.s3.upload_file(str(clip), installation.bucket, track["s3Key"])
        tracks.append(track)
    daily.daily.put_participants(
        meeting, *(a_participant(each, name) for name, each in people.items())
    )
    made = a_recording(
        tracks=tracks,
        bucket=installation.bucket,
        endpoint=str(installation.s3.meta.endpoint_url),
        mtgSessionId=meeting,
        duration=CLIP_SECONDS,
    )
    return daily.daily.put_recording(made)


def test_an_event_becomes_a_meeting_that_is_followed_though_jobs_are_refused_at_first(
    installation: Installation,
    daily: DailyBeside,
    recording: dict[str, Any],
    replicas: tuple[str, str],
    token: str,
) -> None:
    here, there = replicas
    event = events.recording_ready(recording)
    name = f"daily-{recording['id']}"

    def send(to: str) -> tuple[int | None, dict[str, Any]]:
        sent = daily.daily.send(event, to=f"{to}{WEBHOOK}", secret=daily.webhook_secret)
        return sent.status, json.loads(sent.answer)

    with refusing_jobs(installation):
        assert send(here) == (200, {"outcome": "queued"})
        assert waiting(installation) == [f"inbox/{event['id']}.json"]
        assert name not in jobs(installation)
    eventually(lambda: name in jobs(installation), "the operator makes the job", 60)
    assert send(there) == (200, {"outcome": "known"})

    begun = followed(there, name, token, until={"PIPELINE_PROGRESS"})
    told = begun + followed(here, name, token, until=RESULTS, since=begun[-1]["id"])
    assert ENDED in [each["data"] for each in told if each["event"] == "STATUS"]
    progress = [each["data"] for each in told if each["event"] == "PIPELINE_PROGRESS"]
    assert {each["total_steps"] for each in progress} == {13}
    assert "transcribe_track" in {each["current_step"] for each in progress}
    job = installation.wait(name, ".status.phase=Succeeded")
    assert condition(job, "TranscriptReady")["status"] == "True"
    assert len(installation.workflows(job)) == 1
    assert waiting(installation) == []

    with httpx.Client(base_url=here, headers={"Authorization": f"Bearer {token}"}) as client:
        text = client.get(f"/v1/jobs/{name}/transcript", params={"format": "text"}).text
        assert client.post(f"/v1/jobs/{name}/cancel").status_code == 403
    assert {line.partition(":")[0] for line in text.splitlines()} == {"Alice", "Ben"}

    logs = ("logs", name, "transcribe-track", "--s3-endpoint-url", recording["s3"]["endpoint"])
    for said in ("step started  step=transcribe-track", "step done  step=transcribe-track"):
        assert said in installation.multitrack(*logs)


def test_what_nobody_signed_is_refused_and_nobody_unknown_follows(
    replicas: tuple[str, str], recording: dict[str, Any]
) -> None:
    here, there = replicas
    answer = httpx.post(f"{here}{WEBHOOK}", json=events.recording_ready(recording))
    assert answer.status_code == 401
    assert httpx.get(f"{there}/v1/jobs").status_code == 401
    with connect(address(there, "nothing")) as socket, pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_a_webhook_that_daily_has_switched_off_is_switched_on_again(
    daily: DailyBeside, replicas: tuple[str, str]
) -> None:
    hook = daily.daily.add_hook(f"{replicas[0]}{WEBHOOK}", secret=daily.webhook_secret)
    hook.state, hook.failed_count = "FAILED", 3
    eventually(lambda: hook.state == "ACTIVE", "the operator switches the webhook on", 60)


def followed(
    url: str, job: str, token: str, *, until: set[str], since: str = ""
) -> list[dict[str, Any]]:
    """What is told of a job, up to the message after which each kind has been seen."""
    headers = {"Authorization": f"Bearer {token}"}
    missing, told = set(until), []
    with connect(address(url, job, since), additional_headers=headers) as socket:
        while missing:
            told.append(json.loads(socket.recv(timeout=PATIENCE)))
            if told[-1]["event"] != "STATUS" or told[-1]["data"] == ENDED:
                missing.discard(told[-1]["event"])
    return told


def address(url: str, job: str, since: str = "") -> str:
    query = f"?since={since}" if since else ""
    return f"{url.replace('http', 'ws', 1)}/v1/jobs/{job}/events{query}"


def jobs(installation: Installation) -> set[str]:
    return {job["metadata"]["name"] for job in installation.read("recordingjobs")["items"]}


def waiting(installation: Installation) -> list[str]:
    """Keys of the events in the inbox."""
    listed = installation.s3.list_objects_v2(Bucket=installation.bucket, Prefix="inbox/")
    return [each["Key"] for each in listed.get("Contents", [])]
