"""One track among others that cannot be used, and what people do about it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.installation import Installation, condition
from tests.e2e.specs import a_short_job, a_track

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

BAD = "bad/Mallory.webm"
WHOSE = "Mallory"


@pytest.fixture(scope="module")
def strict(installation: Installation, sample_tracks: str) -> dict[str, Any]:
    """A job that failed for one bad track; beside it ran one that leaves a gap."""
    installation.s3.put_object(Bucket=installation.bucket, Key=BAD, Body=b"x" * 999)
    spec = a_short_job(a_track(sample_tracks), {"key": BAD})
    installation.apply("strict", spec)
    installation.apply("tolerant", {**spec, "onTrackFailure": "Gap"})
    return installation.wait("strict", ".status.phase=Failed")


def test_an_unusable_track_fails_the_job(strict: dict[str, Any]) -> None:
    succeeded = condition(strict, "Succeeded")
    assert succeeded["reason"] == "TrackUnreadable", succeeded["message"]
    failure = strict["status"]["failure"]
    assert (failure["step"], failure["track"], failure["exitCode"]) == ("pad-track", WHOSE, 2)
    assert f"{WHOSE}.webm: no decodable audio" in failure["message"]


def test_an_unusable_track_leaves_a_gap_where_that_is_asked_for(
    installation: Installation,
    strict: dict[str, Any],  # noqa: ARG001 - applies both
) -> None:
    tolerant = installation.wait("tolerant", ".status.phase=Succeeded")
    assert condition(tolerant, "Degraded")["reason"] == "TrackGap"
    assert WHOSE in condition(tolerant, "Degraded")["message"]


def test_argo_retry_redoes_the_failed_track_alone(
    installation: Installation, strict: dict[str, Any], sample: Path
) -> None:
    before = done_by(installation.workflow("strict"))
    steps = [step for step, _ in before.values()]
    assert sorted(steps) == ["get-participants", "get-recording", "pad-track"]
    # The job keeps its own copy of each track: this is the second one's.
    key = f"jobs/{strict['metadata']['uid']}/source/1"
    installation.s3.upload_file(str(sample / "David.webm"), installation.bucket, key)
    workflow = strict["status"]["workflowRef"]["name"]
    argv = ["argo", "retry", workflow, "--namespace", installation.namespace]
    subprocess.run(argv, check=True, capture_output=True)
    job = installation.wait("strict", ".status.phase=Succeeded")
    after = done_by(installation.workflow("strict"))
    assert before.items() <= after.items()
    again = [template for node, (template, _) in after.items() if node not in before]
    assert again.count("pad-track") == 1
    assert again.count("transcribe-track") == 2
    assert not {"get-recording", "get-participants"} & set(again)
    assert (job["status"]["retries"], job["status"]["attempt"]) == (1, 1)
    assert "failure" not in job["status"]
    assert "Retrying" in installation.events("strict")
    assert len(installation.workflows(job)) == 1
    named = json.dumps(transcript(installation, job))
    assert "Carol" in named
    assert WHOSE in named


def done_by(workflow: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Of each pod that did its work: step and end, by the node's id."""
    return {
        node["id"]: (node["templateName"], node["finishedAt"])
        for node in workflow["status"]["nodes"].values()
        if node["type"] == "Pod" and node["phase"] == "Succeeded"
    }


def transcript(installation: Installation, job: dict[str, Any]) -> dict[str, Any]:
    key = job["status"]["artifacts"]["transcript"].removeprefix(f"s3://{installation.bucket}/")
    answer = installation.s3.get_object(Bucket=installation.bucket, Key=key)
    return dict(json.loads(answer["Body"].read()))
