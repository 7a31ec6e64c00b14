"""Rendered manifests of every kind of installation, and their golden files."""

import difflib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from workflow_templates.argo.settings import InstallSettings, load_settings
from workflow_templates.argo.workflows import Manifest, Owner, WorkflowRequest, to_yaml

Golden = Callable[[Path, Manifest], None]

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "argo"


@pytest.fixture(params=["default", "gpu-kueue", "cpu"])
def variant(request: pytest.FixtureRequest) -> Path:
    """The folder of an installation's settings and what is rendered from them."""
    return GOLDEN / str(request.param)


@pytest.fixture
def settings(variant: Path) -> InstallSettings:
    return load_settings(variant / "settings.yaml")


@pytest.fixture
def job_request() -> WorkflowRequest:
    """A job with everything that a job can ask for."""
    uid = "3f0c9d1e-0000-4000-8000-000000000001"
    return WorkflowRequest(
        job_uid=uid,
        arguments={"source": '["s3://recordings/standup"]', "title": "Stand-up, Größe {{M}}"},
        name="standup-3f0c9d1e-1",
        title="Stand-up, Größe {{M}}",
        labels={"multitrack.dev/attempt": "1"},
        owner=Owner("multitrack.dev/v1alpha1", "RecordingJob", "standup", uid),
        priority=5,
        suspend=True,
        deadline=7200,
    )


@pytest.fixture
def compare() -> Golden:
    """Compare a manifest with a golden file; a missing file fails."""

    def compare_with(file: Path, manifest: Manifest) -> None:
        if not file.exists():
            pytest.fail(f"{file} is missing; run with --regenerate and review it", pytrace=False)
        expected = yaml.safe_load(file.read_text(encoding="utf-8"))
        if manifest != expected:
            pytest.fail(_difference(expected, manifest, file), pytrace=False)

    return compare_with


@pytest.fixture
def golden(request: pytest.FixtureRequest, compare: Golden) -> Golden:
    """Compare a manifest with its golden file; with --regenerate, write the file anew first."""
    regenerate = bool(request.config.getoption("regenerate", default=False))
    if regenerate and os.environ.get("CI"):
        pytest.fail("--regenerate is for people; in CI golden files are compared", pytrace=False)

    def write_and_compare(file: Path, manifest: Manifest) -> None:
        if regenerate:
            file.write_text(to_yaml(manifest), encoding="utf-8")
        compare(file, manifest)

    return write_and_compare


def _difference(expected: Any, manifest: Manifest, file: Path) -> str:
    lines = difflib.unified_diff(
        yaml.safe_dump(expected, width=100).splitlines(),
        yaml.safe_dump(manifest, width=100).splitlines(),
        str(file),
        "rendered now",
        lineterm="",
    )
    return "\n".join([*lines, "if that is meant, run with --regenerate and review the change"])
