"""What a cluster can lack: each ends in a condition that names it, and never in endless tries."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.installation import Installation, condition
from tests.e2e.repositories import a_repository
from tests.e2e.specs import a_short_job, a_track
from tests.e2e.values import REPOSITORY_WITHOUT_BUCKET

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@dataclass(frozen=True, slots=True)
class Lack:
    profile: str
    spec: Mapping[str, Any]
    want_reason: str
    want_words: tuple[str, ...]
    want_pods: int
    """As many as were tried, at most."""


LACKS = {
    "no-image": Lack("no-image", {}, "PodCannotStart", ("get-recording", "no-such-image"), 1),
    "no-secret": Lack("no-secret", {}, "PodCannotStart", ("get-recording", "no-such-secret"), 1),
    "no-volume": Lack("no-volume", {}, "PodCannotStart", ("transcribe", "no-such-volume"), 1),
    "no-bucket": Lack(
        "no-bucket", {}, "StorageUnavailable", ("get-recording", "bucket does not exist"), 6
    ),
    "no-model": Lack(
        "default",
        {"transcription": {"model": "no-such-model"}},
        "ModelUnavailable",
        ("transcribe-track", "no-such-model"),
        1,
    ),
    "no-source-bucket": Lack(
        "default",
        {"source": {"s3": {"bucket": "no-such-bucket", "prefix": "a/"}}},
        "Refused",
        ("get-recording", "no-such-bucket"),
        1,
    ),
}


@pytest.fixture(scope="module")
def applied(installation: Installation, sample_tracks: str) -> Installation:
    """All of them at once: most of their time is waiting."""
    address = urlsplit(os.environ["S3_ENDPOINT_URL"]).netloc
    named = {"bucket": "no-such-bucket", "address": address}
    installation.make(a_repository(REPOSITORY_WITHOUT_BUCKET, **named))
    for name, lack in LACKS.items():
        spec = a_short_job(a_track(sample_tracks), profile=lack.profile)
        installation.apply(name, {**spec, **lack.spec})
    return installation


@pytest.mark.parametrize("name", LACKS)
def test_a_lack_is_named_and_the_job_ends(applied: Installation, name: str) -> None:
    lack = LACKS[name]
    job = applied.wait(name, ".status.phase=Failed")
    succeeded = condition(job, "Succeeded")
    assert succeeded["reason"] == lack.want_reason
    for word in lack.want_words:
        assert word in succeeded["message"]
    assert job["status"]["failure"]["step"] in succeeded["message"]
    nodes = applied.workflow(name)["status"]["nodes"].values()
    tried = [node for node in nodes if node["type"] == "Pod" and node["phase"] != "Succeeded"]
    assert 1 <= len(tried) <= lack.want_pods
