"""The images as pods: every step runs in its own, locked in as in production. Needs KUBECONFIG.

The four-track sample is too much here: one of its tracks goes through all steps in turn.
"""

import io
import json
import os
import re
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from workflow_templates.argo.settings import InstallSettings
from workflow_templates.catalog import Step
from workflow_templates.pipelines import PROCESS_RECORDING

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

IMAGES = ("operator", "edge", "media", "transcribe", "diarize", "language")
REGISTRY = os.environ.get("MULTITRACK_IMAGE_REGISTRY", "localhost")
TAG = os.environ.get("MULTITRACK_IMAGE_TAG", "dev")
USER = InstallSettings().user_id
DOCKERFILES = Path(__file__).resolve().parents[2] / "images"
WORK = "/workspace"
"""The images' working directory, a volume in pods."""
PARAMETERS = {
    "get-recording": {"source": f'["{WORK}/sample"]'},
    "transcribe-track": {"model": "tiny.en", "device": "cpu"},
    "diarize-track": {"device": "cpu"},
}
CREDENTIAL = re.compile(
    r"secret|token|passw|credential|api_?key|private|access_?key|^GPG_KEY=(?![0-9A-F]{40}$)|://[^/]*@",
    re.IGNORECASE,
)
"""In `NAME=value`. Python's official images name the public key of its release manager GPG_KEY."""

UNCOMPILED = """
import importlib.util, os, sys
import boto3, typer, multitrack_steps.entrypoint
for service in ("s3", "sts"):
    boto3.client(service, region_name="eu-central-1")
files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
print([file for file in files if file.endswith(".py")
       and not os.path.exists(importlib.util.cache_from_source(file))])
"""
"""Modules that a step or the command line starts with, and that have no bytecode."""


def kubectl(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    argv = ["kubectl", *arguments]
    return subprocess.run(argv, input=stdin, capture_output=True, check=False)


def kubectl_json(*arguments: str) -> Any:
    answer = kubectl(*arguments, "--output", "json")
    assert answer.returncode == 0, answer.stderr.decode()
    return json.loads(answer.stdout)


@dataclass(frozen=True, slots=True)
class Pod:
    """A running container of an image, waiting for commands."""

    image: str
    namespace: str

    def run(self, *command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        target = ("--namespace", self.namespace, self.image)
        return kubectl("exec", "--stdin", *target, "--", *command, stdin=stdin)

    def output(self, *command: str) -> str:
        ended = self.run(*command)
        assert ended.returncode == 0, f"{self.image}: {command}: {ended.stderr.decode()}"
        return ended.stdout.decode().strip()

    def put(self, files: Mapping[str, bytes], folder: str) -> None:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        self.output("mkdir", "-p", folder)
        put = self.run("tar", "-x", "-C", folder, stdin=archive.getvalue())
        assert put.returncode == 0, put.stderr.decode()

    def fetch(self, folder: str) -> dict[str, bytes]:
        got = self.run("tar", "-c", "-C", folder, ".")
        assert got.returncode == 0, got.stderr.decode()
        with tarfile.open(fileobj=io.BytesIO(got.stdout)) as tar:
            files = {entry.name: tar.extractfile(entry) for entry in tar if entry.isfile()}
            return {name.removeprefix("./"): file.read() for name, file in files.items() if file}

    def step(
        self, step: Step, files: Mapping[str, bytes], parameters: Mapping[str, str]
    ) -> dict[str, bytes]:
        """Run a step as Argo does; returns what it wrote, by key."""
        work = f"{WORK}/{uuid4().hex[:8]}"
        self.put(files, f"{work}/in")
        argv = ["multitrack-step", step.name, "--inputs", f"{work}/in", "--outputs", f"{work}/out"]
        for name, value in parameters.items():
            argv += ["--param", f"{name}={value}"]
        self.output(*argv)
        return self.fetch(f"{work}/out")


def reference(image: str) -> str:
    return f"{REGISTRY}/multitrack-{image}:{TAG}"


def nodes_by_image() -> dict[str, tuple[str, int]]:
    """Of each image that a node has: the node and its size in bytes, by every name it goes by."""
    return {
        name: (node["metadata"]["name"], image["sizeBytes"])
        for node in kubectl_json("get", "nodes")["items"]
        for image in node["status"].get("images") or ()
        for name in image["names"] or ()  # none, once its tag has moved on
    }


def manifest(image: str, node: str | None) -> dict[str, Any]:
    """A pod such as a step's, that waits for commands."""
    volumes = {"work": WORK, "scratch": "/tmp"}  # noqa: S108 - as in the steps' pods
    placed = {"kubernetes.io/hostname": node} if node else {}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": image},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "nodeSelector": placed,
            "tolerations": [{"operator": "Exists"}],
            "volumes": [{"name": name, "emptyDir": {}} for name in volumes],
            "containers": [
                {
                    "name": "main",
                    "image": reference(image),
                    "command": ["python3", "-c", "import signal; signal.pause()"],
                    "volumeMounts": [
                        {"name": name, "mountPath": path} for name, path in volumes.items()
                    ],
                    # The user is the image's own; that it is not root is for Kubernetes to check.
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "capabilities": {"drop": ["ALL"]},
                        "readOnlyRootFilesystem": True,
                        "runAsNonRoot": True,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                }
            ],
        },
    }


@pytest.fixture(scope="module")
def pods() -> Iterator[dict[str, Pod]]:
    """One pod of each image, in a namespace that allows nothing but the restricted."""
    assert os.environ.get("KUBECONFIG"), "set KUBECONFIG to a cluster whose nodes have the images"
    namespace = f"images-{uuid4().hex[:8]}"
    policy = {"pod-security.kubernetes.io/enforce": "restricted"}
    nodes = nodes_by_image()
    objects = [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": namespace, "labels": policy},
        },
        *(manifest(image, nodes.get(reference(image), (None, 0))[0]) for image in IMAGES),
    ]
    for item in objects[1:]:
        item["metadata"]["namespace"] = namespace
    try:
        document = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        applied = kubectl("create", "--filename", "-", stdin=document.encode())
        assert applied.returncode == 0, applied.stderr.decode()
        condition = ("--for=condition=Ready", "pod", "--all", "--timeout=120s")
        ready = kubectl("wait", "--namespace", namespace, *condition)
        described = kubectl("get", "events", "--namespace", namespace).stdout.decode()
        assert ready.returncode == 0, f"{ready.stderr.decode()}\n{described}"
        yield {image: Pod(image, namespace) for image in IMAGES}
    finally:
        kubectl("delete", "namespace", namespace, "--wait=false")


@pytest.fixture(params=IMAGES)
def pod(request: pytest.FixtureRequest, pods: dict[str, Pod]) -> Pod:
    return pods[request.param]


def test_user_is_the_one_that_settings_name_and_root_is_read_only(pod: Pod) -> None:
    assert pod.output("id", "-u") == str(USER)
    assert pod.output("id", "-g") == str(USER)
    assert " / overlay ro," in pod.output("cat", "/proc/mounts")
    assert pod.run("touch", "/opt/multitrack/touched").returncode != 0


def test_no_compiler_is_inside(pod: Pod) -> None:
    found = pod.run("sh", "-c", "command -v cc gcc g++ clang c++ ld make")
    assert found.stdout == b""


def test_no_credential_is_inside(pod: Pod) -> None:
    environment = pod.output("env").splitlines()
    assert [entry for entry in environment if CREDENTIAL.search(entry)] == []
    names = ("pip.conf", ".netrc", ".pypirc", ".npmrc", "id_rsa", "credentials", ".env", ".git")
    wanted = " -o ".join(f"-name {name}" for name in names)
    found = pod.output("sh", "-c", f"find /opt /etc /root /home {WORK} {wanted} 2>&-; true")
    assert found == ""


def test_neither_sources_nor_caches_are_inside(pod: Pod) -> None:
    left = "ls -d /src /dist /opt/pip /root/.cache /var/lib/apt/lists/* 2>/dev/null; true"
    assert pod.output("sh", "-c", left) == ""
    packages = pod.output("sh", "-c", "ls -d /opt/multitrack/lib/python3*/site-packages/*")
    assert not re.search(r"/(tests?|pytest|hatchling|pip)$", packages, re.MULTILINE)


def test_packages_are_complete_and_compiled(pod: Pod) -> None:
    """Nothing is compiled at a start: a read-only root could not keep it."""
    assert pod.output("python", "-c", UNCOMPILED) == "[]"


def test_operator_image_starts_the_operator(pods: dict[str, Pod]) -> None:
    assert "--workflows" in pods["operator"].output("multitrack", "operator", "--help")


def test_operator_image_says_its_version(pods: dict[str, Pod]) -> None:
    assert pods["operator"].output("multitrack", "--version").startswith("multitrack ")


def test_each_step_does_its_work_in_its_image(pods: dict[str, Pod], sample: Path) -> None:
    files: dict[str, bytes] = {}
    track: dict[str, object] = {}
    pods["edge"].put({"Carol.webm": (sample / "Carol.webm").read_bytes()}, f"{WORK}/sample")
    # What deletes is tested where there are buckets.
    tasks = [task for task in PROCESS_RECORDING.tasks if task.name != "cleanup-consent"]
    for step in (task.step for task in tasks):
        parameters = dict(PARAMETERS.get(step.name, {}))
        if any(parameter.name == "track" for parameter in step.parameters):
            parameters["track"] = json.dumps(track)
        started = time.monotonic()
        written = pods[step.image.value].step(step, files, parameters)
        print(f"{step.image.value}: {step.name} {time.monotonic() - started:.1f} s")  # noqa: T201
        report = json.loads(written.pop("step.json"))
        assert report["warnings"] == [], step.name
        if step.name == "get-participants":
            (track,) = json.loads(written.pop("parameters/tracks"))
        if "diarized-tracks" in step.output_parameters:
            assert json.loads(written.pop("parameters/diarized-tracks")) == [track]
        files |= written
    words = [word["text"] for word in json.loads(files["transcript.json"])["words"]]
    assert len(words) > 20
    assert b"Carol" in files["published/report.html"]


def test_models_are_exported_by_the_build_and_not_in_pods(pods: dict[str, Pod]) -> None:
    where = "from multitrack_steps.diarization import packaged; print(packaged.provide())"
    folder = pods["diarize"].output("python", "-c", where)
    assert folder.startswith("/opt/multitrack/share/models/diarization-")


def test_sizes_are_reported(pods: dict[str, Pod]) -> None:
    sizes = {image: nodes_by_image()[reference(image)][1] / 1e6 for image in pods}
    print("".join(f"\n{image}: {size:.0f} MB" for image, size in sizes.items()))  # noqa: T201
    assert sizes["edge"] == min(sizes.values()), "edge holds what all images hold, and no more"


def test_all_images_share_their_first_and_last_layers() -> None:
    shared = {
        (DOCKERFILES / image / "Dockerfile").read_text().split("\n", 1)[1].split("\n# ----")[0]
        for image in IMAGES
    }
    assert len(shared) == 1, "the lines up to `this image's own` differ between the Dockerfiles"
