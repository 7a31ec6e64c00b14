"""Jobs on a real cluster, from apply to the finished meeting, and what may go wrong between."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import ROOT, Installation, a_manifest, condition
from workflow_templates.catalog import CATALOG

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SAMPLE = ROOT / "examples" / "sample"
SOURCE = {"s3": {"prefix": "recordings/sample/"}}
ONE_TRACK = {"tracks": [{"key": "recordings/sample/Carol.webm", "name": "Carol"}]}
NOTHING_EXTRA = {"mixdown": False, "waveform": False, "report": False}


@pytest.fixture(scope="module")
def finished(installation: Installation) -> dict[str, Any]:
    """The sample, run as a user types it."""
    installation.upload(SAMPLE, "recordings/sample/")
    installation.multitrack("submit", "recordings/sample/", "--name", "sample", "--watch")
    return installation.job("sample")


def test_the_sample_becomes_a_finished_meeting(
    installation: Installation, finished: dict[str, Any], tmp_path: Path
) -> None:
    status = finished["status"]
    assert status["phase"] == "Succeeded"
    assert [step["name"] for step in status["steps"]] == [step.name for step in CATALOG]
    assert {step["phase"] for step in status["steps"]} == {"Succeeded"}
    assert status["progress"] == "19/19"
    assert status["recording"]["tracks"] == 4
    assert status["usage"]["gpuSeconds"] > 0
    assert status["usage"]["audioSeconds"] > 0
    assert condition(finished, "TranscriptReady")["status"] == "True"
    assert condition(finished, "Degraded")["status"] == "False"
    installation.s3.head_object(
        Bucket=installation.bucket, Key=f"jobs/{finished['metadata']['uid']}/mix.mp3"
    )
    events = installation.kubectl("get", "events", "--field-selector", "involvedObject.name=sample")
    for reason in ("Created", "Running", "Completed", "Published"):
        assert reason in events
    endpoint = str(installation.s3.meta.endpoint_url)
    installation.multitrack("fetch", "sample", "-o", str(tmp_path), "--s3-endpoint-url", endpoint)
    assert (tmp_path / "report.html").stat().st_size > 10_000
    rate = word_error_rate(tmp_path / "transcript.json")
    assert rate <= 0.05


def word_error_rate(transcript: Path) -> float:
    argv = [sys.executable, "-m", "multitrack.cli.main", "evaluate", str(transcript)]
    argv += [str(SAMPLE / "ref.seglst.json"), "--json"]
    said = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    return float(json.loads(said)["cpwer"]["rate"])


def test_speech_is_transcribed_on_the_gpu_node_and_nothing_else_is(
    installation: Installation, finished: dict[str, Any]
) -> None:
    (workflow,) = installation.workflows(finished)
    gpu_nodes = installation.kubectl(
        "get", "nodes", "-l", "nvidia.com/gpu.present=true", "-o", "name"
    ).replace("node/", "")
    pods = [node for node in workflow["status"]["nodes"].values() if node["type"] == "Pod"]
    assert len(pods) == 19
    for pod in pods:
        on_gpu_node = pod["hostNodeName"] in gpu_nodes.split()
        assert on_gpu_node == (pod["templateName"] == "transcribe-track"), pod["displayName"]


def test_a_raised_attempt_redoes_no_transcription(
    installation: Installation, finished: dict[str, Any]
) -> None:
    installation.multitrack("retry", "sample", "--watch")
    job = installation.job("sample")
    assert job["status"]["attempt"] == 2
    workflows = installation.workflows(finished)
    assert len(workflows) == 2
    second = next(each for each in workflows if each["metadata"]["name"].endswith("-2"))
    runs = [
        node
        for node in second["status"]["nodes"].values()
        if node.get("templateName") == "transcribe-track" and node["type"] == "Retry"
    ]
    assert len(runs) == 4
    for run in runs:
        parameters = {each["name"]: each["value"] for each in run["outputs"]["parameters"]}
        assert json.loads(parameters["step"])["reused"]


def test_an_unusable_track_fails_the_job_or_leaves_a_gap(
    installation: Installation, finished: dict[str, Any]
) -> None:
    assert finished["status"]["phase"] == "Succeeded"
    installation.s3.put_object(Bucket=installation.bucket, Key="bad/Mallory.webm", Body=b"x" * 999)
    tracks = {"tracks": [*ONE_TRACK["tracks"], {"key": "bad/Mallory.webm"}]}
    common = {"source": tracks, "steps": NOTHING_EXTRA, "language": "en"}
    installation.apply("strict", common)
    installation.apply("tolerant", {**common, "onTrackFailure": "Gap"})
    strict = installation.wait("strict", ".status.phase=Failed")
    assert condition(strict, "Succeeded")["reason"] == "TrackUnreadable"
    failure = strict["status"]["failure"]
    assert (failure["step"], failure["track"], failure["exitCode"]) == ("pad-track", "Mallory", 2)
    assert "Mallory.webm: no decodable audio" in failure["message"]
    tolerant = installation.wait("tolerant", ".status.phase=Succeeded")
    assert condition(tolerant, "Degraded")["reason"] == "TrackGap"
    assert "Mallory" in condition(tolerant, "Degraded")["message"]


def test_an_operator_killed_again_and_again_doubles_nothing(
    installation: Installation, finished: dict[str, Any]
) -> None:
    assert finished["status"]["phase"] == "Succeeded"
    installation.apply("survivor", {"source": ONE_TRACK, "steps": NOTHING_EXTRA, "language": "en"})
    for awaited in ("Running", "Running"):
        installation.wait("survivor", f".status.phase={awaited}")
        installation.kubectl(
            *("delete", "pod", "-l", "app.kubernetes.io/component=operator"),
            *("--grace-period=0", "--force"),
        )
        installation.kubectl("rollout", "status", "deployment", "--timeout=60s")
    survivor = installation.wait("survivor", ".status.phase=Succeeded")
    assert len(installation.workflows(survivor)) == 1


def test_cancel_suspend_and_resume(installation: Installation, finished: dict[str, Any]) -> None:
    assert finished["status"]["phase"] == "Succeeded"
    spec = {"source": ONE_TRACK, "steps": NOTHING_EXTRA, "suspend": True, "language": "en"}
    installation.apply("patient", spec)
    installation.apply("dropped", spec)
    installation.wait("patient", ".status.phase=Suspended")
    installation.wait("dropped", ".status.phase=Suspended")
    installation.multitrack("cancel", "dropped")
    dropped = installation.wait("dropped", ".status.phase=Cancelled")
    assert condition(dropped, "Succeeded")["reason"] == "Cancelled"
    installation.patch("patient", suspend=False)
    installation.wait("patient", ".status.phase=Succeeded")


def test_a_job_goes_with_its_workflow(installation: Installation) -> None:
    installation.apply("short-lived", {"source": ONE_TRACK, "suspend": True})
    job = installation.wait("short-lived", ".status.phase=Suspended")
    installation.kubectl("delete", "recordingjob", "short-lived", "--wait=true")
    (workflow,) = [each["metadata"]["name"] for each in installation.workflows(job)] or [None]
    if workflow is not None:
        installation.kubectl("wait", "--for=delete", f"workflow/{workflow}", "--timeout=60s")


def test_a_source_that_is_not_there_is_named(
    installation: Installation, finished: dict[str, Any]
) -> None:
    assert finished["status"]["phase"] == "Succeeded"
    installation.apply("nowhere", {"source": {"s3": {"prefix": "no/such/prefix/"}}})
    job = installation.wait("nowhere", ".status.phase=Failed")
    succeeded = condition(job, "Succeeded")
    assert succeeded["reason"] == "SourceNotFound"
    assert f"s3://{installation.bucket}/no/such/prefix/" in succeeded["message"]


def test_an_unknown_profile_is_named_without_a_workflow(installation: Installation) -> None:
    installation.apply("odd", {"source": ONE_TRACK, "profile": "quantum"})
    job = installation.wait("odd", ".status.conditions[0].reason=UnknownProfile")
    assert "quantum" in condition(job, "WorkflowCreated")["message"]
    assert installation.workflows(job) == []


REFUSED = {
    "no source": ({"source": {}}, "name exactly one source"),
    "two sources": ({"source": {**SOURCE, **ONE_TRACK}}, "name exactly one source"),
    "a URL as prefix": ({"source": {"s3": {"prefix": "s3://b/p"}}}, "not a URL"),
    "a bucket as URL": ({"source": {"s3": {"bucket": "s3://b", "prefix": "p"}}}, "without s3://"),
    "a track without a name": ({"source": {"tracks": [{"key": "a/"}]}}, "names one object"),
    "a language in words": ({"source": SOURCE, "language": "EN"}, "ISO 639-1"),
    "names twice": (
        {"source": ONE_TRACK, "participants": [{"file": "a"}]},
        "give names and offsets in source.tracks",
    ),
    "terms in one": (
        {"source": SOURCE, "transcription": {"vocabulary": ["a,b"]}},
        "one term, without commas",
    ),
    "a misspelt field": ({"source": SOURCE, "langauge": "en"}, 'unknown field "spec.langauge"'),
}


@pytest.mark.parametrize(("spec", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_spec_is_refused_with_a_sentence(
    installation: Installation, spec: dict[str, Any], sentence: str
) -> None:
    given = a_manifest("wrong", spec)
    assert sentence in installation.refusal("create", "--dry-run=server", "-f", "-", given=given)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"source": {"s3": {"prefix": "other/"}}}, "source cannot be changed"),
        ({"attempt": 1}, "attempt can only be raised"),
        ({"cancel": False}, "cancel cannot be taken back"),
    ],
)
def test_what_may_not_change_does_not(
    installation: Installation, change: dict[str, Any], sentence: str
) -> None:
    installation.apply("fixed", {"source": SOURCE, "attempt": 2, "cancel": True})
    given = a_manifest("fixed", {"source": SOURCE, "attempt": 2, "cancel": True, **change})
    assert sentence in installation.refusal("apply", "-f", "-", given=given)


def test_two_hundred_suspended_jobs_are_two_hundred_workflows(installation: Installation) -> None:
    spec = {"source": SOURCE, "suspend": True}
    names = [f"many-{number}" for number in range(200)]
    manifests = "\n---\n".join(a_manifest(name, spec) for name in names)
    installation.kubectl("apply", "--filename", "-", given=manifests)
    for name in names:
        installation.wait(name, ".status.phase=Suspended", seconds=120)
    listed = json.loads(installation.kubectl("get", "workflows", "-o", "json"))["items"]
    made = [each for each in listed if each["metadata"]["name"].startswith("many-")]
    assert len(made) == len(names)
    pods = installation.kubectl("get", "pods", "-o", "name")
    assert "many-" not in pods
    installation.kubectl("delete", "recordingjob", *names, "--wait=false")
