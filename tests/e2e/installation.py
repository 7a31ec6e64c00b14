"""Multitrack as the chart installs it, and what people do with it: kubectl, helm, our command."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["CHART", "ROOT", "Installation", "a_manifest", "condition", "eventually"]

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "multitrack"
OPERATOR = "app.kubernetes.io/component=operator"
GATEWAY = "app.kubernetes.io/component=gateway"

_POLL_SECONDS = 0.5

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Installation:
    """One release of the chart, in a namespace of its own."""

    namespace: str
    bucket: str
    s3: "S3Client"

    def kubectl(self, *arguments: str, given: str | None = None) -> str:
        """What kubectl prints; its own words where it fails."""
        argv = ["kubectl", "--namespace", self.namespace, *arguments]
        ended = subprocess.run(argv, input=given, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def read(self, *arguments: str) -> dict[str, Any]:
        """One object, or a list of them, as the API server has it."""
        return dict(json.loads(self.kubectl("get", *arguments, "--output", "json")))

    def refusal(self, *arguments: str, given: str) -> str:
        """What the API server says about something that it does not take."""
        argv = ["kubectl", "--namespace", self.namespace, *arguments]
        ended = subprocess.run(argv, input=given, capture_output=True, text=True, check=False)
        assert ended.returncode != 0, ended.stdout
        return ended.stderr

    def multitrack(self, *arguments: str) -> str:
        """What our own command line prints."""
        argv = [sys.executable, "-m", "multitrack.cli.main", *arguments, "-n", self.namespace]
        ended = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def helm(self, *arguments: str) -> str:
        """What helm prints about a release in this namespace."""
        argv = ["helm", *arguments, "--namespace", self.namespace]
        ended = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def upgrade(self, *changes: str) -> None:
        """Install the release again with some values changed, and await that all is ready."""
        keep = ("upgrade", "multitrack", str(CHART), "--reset-then-reuse-values")
        self.helm(*keep, *changes, "--wait", "--timeout", "180s")

    def prepare(self) -> None:
        """A namespace that asks for restricted pods, and the Secret with the bucket's key."""
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        metadata = {"name": self.namespace, "labels": labels}
        self.make({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        credentials = {
            "access-key-id": os.environ["AWS_ACCESS_KEY_ID"],
            "secret-access-key": os.environ["AWS_SECRET_ACCESS_KEY"],
        }
        self.make_secret("multitrack-storage", credentials)

    def make_bucket(self) -> None:
        """The bucket, unless it is there."""
        buckets = [each["Name"] for each in self.s3.list_buckets()["Buckets"]]
        if self.bucket not in buckets:
            self.s3.create_bucket(Bucket=self.bucket)

    def make(self, *manifests: Mapping[str, Any]) -> None:
        """Apply objects."""
        given = yaml.safe_dump_all([dict(manifest) for manifest in manifests])
        self.kubectl("apply", "--filename", "-", given=given)

    def make_secret(self, name: str, values: Mapping[str, str]) -> None:
        """Apply a Secret."""
        named = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}}
        self.make({**named, "stringData": dict(values)})

    def apply(self, name: str, spec: Mapping[str, Any]) -> None:
        """Make a job, as a person does."""
        self.kubectl("apply", "--filename", "-", given=a_manifest(name, spec))

    def patch(self, name: str, **spec: Any) -> None:
        """Change a job's spec."""
        change = json.dumps({"spec": spec})
        self.kubectl("patch", "recordingjob", name, "--type", "merge", "--patch", change)

    def wait(self, name: str, condition: str, seconds: int = 400) -> dict[str, Any]:
        """Await `jsonpath=value`, and read the job."""
        path, _, value = condition.partition("=")
        wanted = f"--for=jsonpath={{{path}}}={value}"
        try:
            self.kubectl("wait", f"recordingjob/{name}", wanted, f"--timeout={seconds}s")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self._what_happened(name)}") from None
        return self.job(name)

    def await_reason(self, name: str, reason: str, seconds: int = 120) -> dict[str, Any]:
        """Await a condition with that reason, and read it."""

        def said() -> dict[str, Any] | None:
            conditions = self.job(name).get("status", {}).get("conditions") or ()
            return next((each for each in conditions if each["reason"] == reason), None)

        return eventually(said, f"{name}: {reason}", seconds)

    def _what_happened(self, name: str) -> str:
        """The job and what the operator said last: a machine that is gone cannot be asked."""
        job = json.dumps(self.job(name).get("status"), indent=1)
        log = self.kubectl("logs", "--selector", OPERATOR, "--tail=40")
        return f"{job}\n{log}"

    def job(self, name: str) -> dict[str, Any]:
        """A job."""
        return self.read("recordingjob", name)

    def workflows(self, job: Mapping[str, Any]) -> list[dict[str, Any]]:
        """A job's Workflows."""
        selector = f"multitrack.dev/job-uid={job['metadata']['uid']}"
        return list(self.read("workflows", "--selector", selector)["items"])

    def workflow(self, name: str) -> dict[str, Any]:
        """The Workflow that the job says it has."""
        return self.read("workflow", self.job(name)["status"]["workflowRef"]["name"])

    def pods(self, job: Mapping[str, Any], step: str) -> list[dict[str, Any]]:
        """Pods of one step of a job, those that are still there."""
        uid = job["metadata"]["uid"]
        selector = f"multitrack.dev/job-uid={uid},app.kubernetes.io/component={step}"
        return list(self.read("pods", "--selector", selector)["items"])

    def gpu_nodes(self) -> set[str]:
        """Names of the nodes that have GPUs."""
        nodes = self.read("nodes", "--selector", "nvidia.com/gpu.present=true")["items"]
        return {node["metadata"]["name"] for node in nodes}

    def running(self, name: str, step: str) -> dict[str, Any]:
        """Await a pod of the step that is at work, and that Argo knows to be.

        A pod that goes before Argo has seen it run is made anew without a further try.
        """

        def found() -> dict[str, Any] | None:
            pods = [pod for pod in self.pods(self.job(name), step) if _is_at_work(pod)]
            if not pods:
                return None
            nodes = self.workflow(name)["status"]["nodes"].values()
            known = [node["id"] for node in nodes if node["phase"] == "Running"]
            suffix = pods[0]["metadata"]["name"].rpartition("-")[2]
            return pods[0] if any(each.endswith(suffix) for each in known) else None

        return eventually(found, f"a pod of {step} at work")

    def events(self, name: str) -> list[str]:
        """Reasons of the Events about a job, each as often as it was posted."""
        listed = self.read("events", "--field-selector", f"involvedObject.name={name}")["items"]
        return [event["reason"] for event in listed]

    def metric(self, name: str) -> float:
        """One of the operator's figures, without labels."""
        service = f"/api/v1/namespaces/{self.namespace}/services/multitrack:http/proxy/metrics"
        for line in self.kubectl("get", "--raw", service).splitlines():
            if line.startswith(f"{name} "):
                return float(line.removeprefix(name))
        raise AssertionError(f"{name} is not among the operator's metrics")

    def kill_operator(self) -> None:
        """As kill -9 does; Kubernetes starts another."""
        gone = ("delete", "pod", "--selector", OPERATOR, "--grace-period=0", "--force")
        self.kubectl(*gone)

    def await_operator(self) -> None:
        """Until it follows jobs again."""
        self.kubectl("rollout", "status", "deployment/multitrack", "--timeout=120s")

    def upload(self, *files: Path, prefix: str) -> None:
        """Put files into the bucket."""
        for file in files:
            self.s3.upload_file(str(file), self.bucket, f"{prefix}{file.name}")


def _is_at_work(pod: Mapping[str, Any]) -> bool:
    containers = pod["status"].get("containerStatuses") or ()
    return any(each["name"] == "main" and "running" in each["state"] for each in containers)


def a_manifest(name: str, spec: Mapping[str, Any]) -> str:
    """A RecordingJob as YAML."""
    return yaml.safe_dump(
        {
            "apiVersion": "multitrack.dev/v1alpha1",
            "kind": "RecordingJob",
            "metadata": {"name": name},
            "spec": dict(spec),
        }
    )


def condition(job: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """One of the job's conditions."""
    return next(each for each in job["status"]["conditions"] if each["type"] == kind)


def eventually(look: Callable[[], T | None], what: str, seconds: float = 180) -> T:
    """Look again and again until there is something to see."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(_POLL_SECONDS)
    raise AssertionError(f"{what}: not within {seconds:g} s")
