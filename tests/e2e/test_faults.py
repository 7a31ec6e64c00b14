"""What goes away for a while, or for good, beside a job: the operator, storage, one step."""

import random
import time
from collections import Counter
from typing import Any

import pytest

from tests.e2e.installation import Installation, condition, eventually
from tests.e2e.repositories import a_repository
from tests.e2e.s3_proxy import PORT, S3Proxy
from tests.e2e.seed import a_seed
from tests.e2e.specs import a_short_job, a_track
from tests.e2e.values import REPOSITORY_THROUGH_PROXY

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

KILLS = 5


def test_storage_that_is_away_for_a_while_delays_the_job(
    installation: Installation, sample_tracks: str
) -> None:
    proxy = S3Proxy(installation)
    address = f"s3-proxy:{PORT}"
    repository = a_repository(REPOSITORY_THROUGH_PROXY, bucket=installation.bucket, address=address)
    installation.make(repository)
    spec = a_short_job(a_track(sample_tracks), profile="through-proxy")
    installation.apply("storage-away", spec)
    installation.running("storage-away", "transcribe-track")
    proxy.close()
    try:
        eventually(lambda: lost_tries(installation, "storage-away"), "a try lost to the outage")
    finally:
        proxy.open()
    job = installation.wait("storage-away", ".status.phase=Succeeded")
    assert sum(step["retries"] for step in job["status"]["steps"]) > 0
    assert condition(job, "TranscriptReady")["status"] == "True"


def lost_tries(installation: Installation, name: str) -> list[dict[str, Any]]:
    nodes = installation.workflow(name)["status"]["nodes"].values()
    lost = ("Error", "Failed")
    return [node for node in nodes if node["type"] == "Pod" and node["phase"] in lost]


def test_a_mixdown_that_fails_for_good_costs_the_mix_alone(
    installation: Installation, sample_tracks: str
) -> None:
    spec = a_short_job(a_track(sample_tracks), profile="tiny-mixdown")
    installation.apply("no-mix", {**spec, "steps": {}})
    job = installation.wait("no-mix", ".status.phase=Succeeded")
    degraded = condition(job, "Degraded")
    assert (degraded["status"], degraded["reason"]) == ("True", "OptionalStepFailed")
    assert "mixdown-tracks" in degraded["message"]
    assert condition(job, "TranscriptReady")["status"] == "True"
    phases = {step["name"]: step["phase"] for step in job["status"]["steps"]}
    assert phases["mixdown-tracks"] == "Failed"
    assert phases["generate-waveform"] == "Skipped"
    assert phases["render-report"] == "Succeeded"
    made = job["status"]["artifacts"]
    assert "mixdown" not in made
    for result in ("transcript", "report"):
        key = made[result].removeprefix(f"s3://{installation.bucket}/")
        installation.s3.head_object(Bucket=installation.bucket, Key=key)


def test_an_operator_killed_at_random_moments_doubles_nothing(
    installation: Installation, sample_tracks: str
) -> None:
    moments = random.Random(a_seed())  # noqa: S311 - to be repeatable, not to be secret
    names = ("survivor-a", "survivor-b")
    for name in names:
        installation.apply(name, a_short_job(a_track(sample_tracks, "David")))
    for _ in range(KILLS):
        time.sleep(moments.uniform(0, 10))
        installation.kill_operator()
    for name in names:
        job = installation.wait(name, ".status.phase=Succeeded")
        (workflow,) = installation.workflows(job)
        nodes = workflow["status"]["nodes"].values()
        pods = Counter(node["templateName"] for node in nodes if node["type"] == "Pod")
        assert set(pods.values()) == {1}
        assert job["status"]["attempt"] == 1
        told = Counter(installation.events(name))
        assert max(told.values()) == 1, told
    installation.await_operator()
