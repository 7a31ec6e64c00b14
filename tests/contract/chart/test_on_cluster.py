"""What a real API server says to the chart's objects. Needs KUBECONFIG and Helm."""

import os
import subprocess
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import yaml

from tests.contract.chart.rendered import GOLDEN, Render

pytestmark = pytest.mark.e2e


def run(*command: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    """A namespace of our own that enforces restricted pod security."""
    assert os.environ.get("KUBECONFIG"), "set KUBECONFIG to a cluster with Argo Workflows"
    name = f"chart-{uuid4().hex[:8]}"
    created = run("kubectl", "create", "namespace", name)
    assert created.returncode == 0, created.stderr
    run("kubectl", "label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    yield name
    run("kubectl", "delete", "namespace", name, "--wait=false")


@pytest.mark.parametrize("name", ["default", "cpu-profile", "everything"])
def test_api_server_accepts_every_object(name: str, namespace: str, render: Render) -> None:
    # Definitions of the Prometheus operator and of the Gateway API are not part of a cluster.
    off = (
        "metrics.serviceMonitor.enabled=false",
        "metrics.prometheusRule.enabled=false",
        "gateway.httpRoute.enabled=false",
    )
    here = f"jobNamespaces={{{namespace}}}"
    rendered = render(GOLDEN / f"{name}.values.yaml", settings=(*off, here))
    objects = [placed(one, namespace) for one in rendered.objects]
    # A pod is refused where its account is missing: the accounts come first, and really.
    accounts = [one for one in objects if one["kind"] == "ServiceAccount"]
    assert apply(namespace, accounts).returncode == 0
    applied = apply(namespace, objects, "--dry-run=server")
    assert applied.returncode == 0, applied.stderr
    assert "Warning" not in applied.stderr
    assert applied.stdout.count("(server dry run)") == len(objects)


def placed(manifest: dict[str, Any], namespace: str) -> dict[str, Any]:
    """The object in another namespace than the one it was rendered for."""
    metadata = dict(manifest["metadata"])
    if metadata.get("namespace"):
        metadata["namespace"] = namespace
    return {**manifest, "metadata": metadata}


def apply(
    namespace: str, objects: list[dict[str, Any]], *options: str
) -> subprocess.CompletedProcess[str]:
    return run(
        *("kubectl", "apply", "--namespace", namespace, "--server-side", "--force-conflicts"),
        *(*options, "--filename", "-"),
        text=yaml.safe_dump_all(objects),
    )
