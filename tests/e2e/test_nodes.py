"""Nodes and pods that go away while speech is transcribed."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.e2e.installation import Installation, condition, eventually
from tests.e2e.nodes import GpuNode, gpu_node
from tests.e2e.specs import a_short_job

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

STEP = "transcribe-track"


@pytest.fixture
def node(installation: Installation) -> GpuNode:
    return gpu_node(installation)


def test_a_pod_deleted_in_mid_transcription_is_replaced(
    installation: Installation, long_track: dict[str, str]
) -> None:
    installation.apply("pod-lost", a_short_job(long_track))
    pod = installation.running("pod-lost", STEP)
    installation.kubectl("delete", "pod", pod["metadata"]["name"], "--grace-period=0", "--force")
    another_pod(installation, "pod-lost", pod)
    job = installation.wait("pod-lost", ".status.phase=Succeeded")
    assert_done_once(installation, job)


def test_a_crashed_gpu_node_delays_the_job_until_it_is_back(
    installation: Installation, node: GpuNode, long_track: dict[str, str]
) -> None:
    installation.apply("node-crashed", a_short_job(long_track))
    pod = installation.running("node-crashed", STEP)
    node.crash()
    try:
        eventually(
            lambda: is_being_deleted(installation.read("pod", pod["metadata"]["name"])),
            "the lost pod's eviction",
        )
    finally:
        node.bring_back()
    another_pod(installation, "node-crashed", pod)
    job = installation.wait("node-crashed", ".status.phase=Succeeded")
    assert_done_once(installation, job)


def test_a_reclaimed_gpu_node_leaves_no_workflow_asleep(
    installation: Installation, node: GpuNode, long_track: dict[str, str]
) -> None:
    """Argo 3.7 can store the lost try as failed and never look again; then the operator does."""
    installation.apply("node-reclaimed", a_short_job(long_track))
    pod = installation.running("node-reclaimed", STEP)
    woken = installation.metric("multitrack_workflows_woken_total")
    node.reclaim()
    node.bring_back()
    another_pod(installation, "node-reclaimed", pod)
    job = installation.wait("node-reclaimed", ".status.phase=Succeeded")
    assert_done_once(installation, job)
    annotations = installation.workflow("node-reclaimed")["metadata"].get("annotations", {})
    was_asleep = "multitrack.dev/woken-at" in annotations
    assert was_asleep == ("WorkflowWoken" in installation.events("node-reclaimed"))
    assert was_asleep == (installation.metric("multitrack_workflows_woken_total") > woken)


def is_being_deleted(pod: Mapping[str, Any]) -> bool | None:
    return "deletionTimestamp" in pod["metadata"] or None


def another_pod(installation: Installation, name: str, lost: Mapping[str, Any]) -> None:
    """Await a pod of the step that is not the lost one; Argo may give it the lost one's name."""

    def found() -> bool | None:
        pods = installation.pods(installation.job(name), STEP)
        return any(pod["metadata"]["uid"] != lost["metadata"]["uid"] for pod in pods) or None

    eventually(found, "another pod in the lost one's place")


def assert_done_once(installation: Installation, job: Mapping[str, Any]) -> None:
    workflow = installation.workflow(job["metadata"]["name"])
    tries = [
        node["phase"]
        for node in workflow["status"]["nodes"].values()
        if node["type"] == "Pod" and node["templateName"] == STEP
    ]
    assert tries.count("Succeeded") == 1
    assert set(tries) <= {"Succeeded", "Failed", "Error"}
    assert condition(job, "TranscriptReady")["status"] == "True"
    assert len(installation.workflows(job)) == 1
