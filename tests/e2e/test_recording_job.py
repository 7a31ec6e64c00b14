"""The sample meeting on a real cluster, from apply to the finished meeting."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.evaluation import cp_word_error_rate
from tests.e2e.installation import ROOT, Installation, condition, eventually
from workflow_templates.pipelines import PROCESS_RECORDING

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SAMPLE = ROOT / "examples" / "sample"


@dataclass
class Queue:
    """What was seen of the pods that transcribe, look by look."""

    most_at_once: int = 0
    has_waited: bool = False

    def see(self, pods: list[dict[str, Any]]) -> None:
        at_work = [pod for pod in pods if pod["status"]["phase"] == "Running"]
        self.most_at_once = max(self.most_at_once, len(at_work))
        self.has_waited |= any(waits_for_a_gpu(pod) for pod in pods)


def waits_for_a_gpu(pod: Mapping[str, Any]) -> bool:
    told = [each.get("message", "") for each in pod["status"].get("conditions") or ()]
    return any("Insufficient nvidia.com/gpu" in message for message in told)


@pytest.fixture(scope="module")
def queue() -> Queue:
    return Queue()


@pytest.fixture(scope="module")
def finished(installation: Installation, sample_tracks: str, queue: Queue) -> dict[str, Any]:
    """The sample, run as a user types it."""
    installation.multitrack("submit", sample_tracks, "--name", "sample")

    def end() -> dict[str, Any] | None:
        job = installation.job("sample")
        queue.see(installation.pods(job, "transcribe-track"))
        return job if "completionTime" in job.get("status", {}) else None

    return eventually(end, "the sample's end", seconds=400)


def test_the_sample_becomes_a_finished_meeting(
    installation: Installation, finished: dict[str, Any], sample: Path, tmp_path: Path
) -> None:
    status = finished["status"]
    assert status["phase"] == "Succeeded"
    assert [step["name"] for step in status["steps"]] == [
        task.name for task in PROCESS_RECORDING.tasks
    ]
    done = {step["name"] for step in status["steps"] if step["phase"] == "Succeeded"}
    skipped = {step["name"] for step in status["steps"] if step["phase"] == "Skipped"}
    assert skipped == {"diarize-track"}
    assert done | skipped == {task.name for task in PROCESS_RECORDING.tasks}
    assert status["progress"] == "21/21"
    assert status["recording"]["tracks"] == 4
    assert status["usage"]["gpuSeconds"] > 0
    assert status["usage"]["audioSeconds"] > 0
    assert condition(finished, "TranscriptReady")["status"] == "True"
    assert condition(finished, "Degraded")["status"] == "False"
    assert condition(finished, "ConsentEnforced")["reason"] == "NobodyDenies"
    installation.s3.head_object(
        Bucket=installation.bucket, Key=f"jobs/{finished['metadata']['uid']}/mix.mp3"
    )
    events = installation.kubectl("get", "events", "--field-selector", "involvedObject.name=sample")
    for reason in ("Created", "Running", "Completed", "Published"):
        assert reason in events
    endpoint = str(installation.s3.meta.endpoint_url)
    installation.multitrack("fetch", "sample", "-o", str(tmp_path), "--s3-endpoint-url", endpoint)
    assert (tmp_path / "report.html").stat().st_size > 10_000
    rate = cp_word_error_rate(tmp_path / "transcript.json", sample / "ref.seglst.json")
    assert rate <= 0.05


def test_speech_is_transcribed_on_the_gpu_node_and_nothing_else_is(
    installation: Installation, finished: dict[str, Any]
) -> None:
    (workflow,) = installation.workflows(finished)
    gpu_nodes = installation.gpu_nodes()
    pods = [node for node in workflow["status"]["nodes"].values() if node["type"] == "Pod"]
    assert len(pods) == 21
    for pod in pods:
        on_gpu_node = pod["hostNodeName"] in gpu_nodes
        assert on_gpu_node == (pod["templateName"] == "transcribe-track"), pod["displayName"]


def test_tracks_queue_where_gpus_are_scarce(
    installation: Installation,
    finished: dict[str, Any],  # noqa: ARG001 - the queue is seen during the run
    queue: Queue,
) -> None:
    nodes = installation.read("nodes", "--selector", "nvidia.com/gpu.present=true")["items"]
    devices = sum(int(node["status"]["allocatable"]["nvidia.com/gpu"]) for node in nodes)
    if devices >= 4:
        pytest.skip("as many GPUs as tracks: give the nodes fewer than four")
    assert queue.has_waited
    assert 1 <= queue.most_at_once <= devices


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
