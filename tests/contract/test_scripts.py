"""Shell scripts and what they apply, as far as that can be told without running them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from workflow_templates.argo.settings import GpuProfile

ROOT = Path(__file__).resolve().parents[2]
KIND = ROOT / "tests" / "e2e" / "kind"
SCRIPTS = [
    ROOT / ".ci" / "run",
    ROOT / "images" / "build",
    KIND / "node",
    KIND / "run",
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: str(script.relative_to(ROOT)))
def test_script_is_executable_and_shellcheck_has_nothing_to_say(script: Path) -> None:
    assert os.access(script, os.X_OK)
    shellcheck = Path(sys.executable).with_name("shellcheck")
    ended = subprocess.run([shellcheck, script], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("script", ["run", "node"])
def test_help_is_the_scripts_own_heading(script: str) -> None:
    argv = [str(KIND / script), "--help"]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert f"tests/e2e/kind/{script}" in ended.stdout + ended.stderr


def manifests(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((KIND / name).read_text(encoding="utf-8")))


def test_gpu_node_of_kind_is_one_that_the_default_profile_goes_to_and_nothing_else() -> None:
    [cluster] = manifests("cluster.yaml")
    [node] = [node for node in cluster["nodes"] if node.get("labels")]
    assert node["labels"] == {"nvidia.com/gpu.present": "true"}
    join = yaml.safe_load(node["kubeadmConfigPatches"][0])
    [taint] = join["nodeRegistration"]["taints"]
    [toleration] = GpuProfile().tolerations
    assert (taint["key"], taint["effect"]) == (toleration.key, toleration.effect)


def test_everything_that_is_applied_says_what_it_is() -> None:
    applied = [*manifests("argo.yaml"), *manifests("s3.yaml")]
    assert all({"apiVersion", "kind", "metadata"} <= set(each) for each in applied)
    [config] = manifests("argo.yaml")
    assert yaml.safe_load(config["data"]["executor"])["securityContext"]["runAsNonRoot"] is True
