"""An installation on a real cluster, made once: KUBECONFIG, kubectl, helm and an S3 service."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import yaml

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

ROOT = Path(__file__).resolve().parents[2]
NAMESPACE = "multitrack-e2e"
BUCKET = "multitrack-e2e"
NEEDED = ("KUBECONFIG", "S3_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@dataclass(frozen=True, slots=True)
class Installation:
    """Multitrack as the chart installs it."""

    namespace: str
    bucket: str
    s3: "S3Client"

    def kubectl(self, *arguments: str, given: str | None = None) -> str:
        """What kubectl prints; its own words where it fails."""
        argv = ["kubectl", "--namespace", self.namespace, *arguments]
        ended = subprocess.run(argv, input=given, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

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
        self.kubectl("wait", f"recordingjob/{name}", wanted, f"--timeout={seconds}s")
        return self.job(name)

    def job(self, name: str) -> dict[str, Any]:
        """A job as the API server has it."""
        return dict(json.loads(self.kubectl("get", "recordingjob", name, "-o", "json")))

    def workflows(self, job: Mapping[str, Any]) -> list[dict[str, Any]]:
        """A job's Workflows."""
        selector = f"multitrack.dev/job-uid={job['metadata']['uid']}"
        found = json.loads(self.kubectl("get", "workflows", "-l", selector, "-o", "json"))
        return list(found["items"])

    def upload(self, folder: Path, prefix: str) -> None:
        """Put a folder's files into the bucket."""
        for file in sorted(folder.glob("*.webm")):
            self.s3.upload_file(str(file), self.bucket, f"{prefix}{file.name}")


def a_manifest(name: str, spec: Mapping[str, Any]) -> str:
    return yaml.safe_dump(
        {
            "apiVersion": "multitrack.dev/v1alpha1",
            "kind": "RecordingJob",
            "metadata": {"name": name},
            "spec": dict(spec),
        }
    )


def condition(job: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return next(each for each in job["status"]["conditions"] if each["type"] == kind)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The chart, installed in a namespace of its own that asks for restricted pods."""
    missing = [name for name in NEEDED if name not in os.environ]
    assert not missing, f"the e2e tests need a cluster; set {', '.join(missing)}"
    for tool in ("kubectl", "helm"):
        assert shutil.which(tool), f"the e2e tests need {tool} on the PATH"
    endpoint = os.environ["S3_ENDPOINT_URL"]
    s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    installed = Installation(NAMESPACE, BUCKET, s3)
    _prepare(installed)
    values = tmp_path_factory.mktemp("chart") / "values.yaml"
    values.write_text(yaml.safe_dump(_values(endpoint)), encoding="utf-8")
    chart = str(ROOT / "charts" / "multitrack")
    argv = ["helm", "upgrade", "--install", "multitrack", chart, "-n", NAMESPACE]
    argv += ["--values", str(values), "--take-ownership", "--wait", "--timeout", "180s"]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    yield installed
    installed.kubectl("delete", "recordingjobs", "--all", "--wait=true")
    argv = ["helm", "uninstall", "multitrack", "-n", NAMESPACE]
    subprocess.run(argv, check=True, capture_output=True)
    installed.kubectl("delete", "namespace", NAMESPACE, "--wait=true")


def _prepare(installed: Installation) -> None:
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": NAMESPACE,
            "labels": {"pod-security.kubernetes.io/enforce": "restricted"},
        },
    }
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "multitrack-storage"},
        "stringData": {
            "access-key-id": os.environ["AWS_ACCESS_KEY_ID"],
            "secret-access-key": os.environ["AWS_SECRET_ACCESS_KEY"],
        },
    }
    for manifest in (namespace, secret):
        installed.kubectl("apply", "--filename", "-", given=yaml.safe_dump(manifest))
    buckets = [each["Name"] for each in installed.s3.list_buckets()["Buckets"]]
    if BUCKET not in buckets:
        installed.s3.create_bucket(Bucket=BUCKET)


def _values(endpoint: str) -> dict[str, Any]:
    """Small requests: the machine below the cluster has two cores in all."""
    small = {"cpu": "50m", "memory": "512Mi"}
    steps = ("pad-track", "mixdown-tracks", "generate-waveform", "merge-transcripts", "finalize")
    return {
        "storage": {
            "bucket": BUCKET,
            "endpoint": endpoint,
            "region": "us-east-1",
            "secret": {"name": "multitrack-storage"},
        },
        "images": {
            "registry": os.environ.get("MULTITRACK_IMAGE_REGISTRY", "localhost"),
            "tag": os.environ.get("MULTITRACK_IMAGE_TAG", "dev"),
        },
        "gpu": {"nodeSelector": {"nvidia.com/gpu.present": "true"}},
        "workflows": {
            "parameters": {"threads": "1"},
            "steps": {
                "transcribe-track": {"cpu": "100m", "memory": "1Gi"},
                **dict.fromkeys(steps, small),
            },
        },
    }
