"""Argo's own judgement: its full CRDs in a real API server, and its linter. Needs KUBECONFIG."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from workflow_templates.argo.settings import InstallSettings
from workflow_templates.argo.workflows import (
    Manifest,
    WorkflowRequest,
    render_inline,
    render_template,
    render_workflow,
    to_yaml,
)
from workflow_templates.pipelines import PROCESS_RECORDING

pytestmark = pytest.mark.e2e


def run(*command: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    """A namespace of our own; the test fails, rather than passes, where there is no cluster."""
    assert os.environ.get("KUBECONFIG"), "set KUBECONFIG to a cluster with Argo Workflows"
    name = f"rendering-{uuid4().hex[:8]}"
    created = run("kubectl", "create", "namespace", name)
    assert created.returncode == 0, created.stderr
    yield name
    run("kubectl", "delete", "namespace", name, "--wait=false")


@pytest.fixture
def manifests(settings: InstallSettings, job_request: WorkflowRequest) -> list[Manifest]:
    """The template, a Workflow that refers to it, and one that stands alone."""
    alone = replace(job_request, name="alone")
    return [
        render_template(PROCESS_RECORDING, settings),
        render_workflow(PROCESS_RECORDING, settings, job_request),
        render_inline(PROCESS_RECORDING, settings, alone),
    ]


def test_api_server_accepts_every_object(namespace: str, manifests: list[Manifest]) -> None:
    applied = run(
        *("kubectl", "apply", "--namespace", namespace, "--dry-run=server", "--filename", "-"),
        text=to_yaml(*manifests),
    )
    assert applied.returncode == 0, applied.stderr
    assert applied.stdout.count("created (server dry run)") == len(manifests)


def test_api_server_refuses_a_field_that_argo_does_not_know(
    namespace: str, manifests: list[Manifest]
) -> None:
    template = manifests[0]
    spoilt = {**template, "spec": {**template["spec"], "paralellism": 3}}
    applied = run(
        *("kubectl", "apply", "--namespace", namespace, "--dry-run=server", "--filename", "-"),
        text=to_yaml(spoilt),
    )
    assert applied.returncode != 0
    assert "paralellism" in applied.stderr


def test_linter_finds_nothing(tmp_path: Path, manifests: list[Manifest]) -> None:
    file = tmp_path / "manifests.yaml"
    file.write_text(to_yaml(*manifests), encoding="utf-8")
    linted = run("argo", "lint", "--offline", str(file))
    assert linted.returncode == 0, linted.stdout + linted.stderr
