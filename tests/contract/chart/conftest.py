"""The chart as Helm renders it, and its golden files."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract.chart.rendered import CHART, GOLDEN, Helm, Render, Rendered
from workflow_templates.argo.settings import InstallSettings, load_settings

VARIANTS = ("default", "cpu-profile", "cluster-scope", "everything")


@pytest.fixture(scope="session")
def helm() -> Helm:
    """Run Helm; the test fails, rather than passes, where there is none."""
    program = shutil.which("helm")
    assert program, "install Helm 3.14 or newer, or put it on PATH: https://helm.sh"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def render(helm: Helm) -> Render:
    """Render the chart from values files and `--set` texts."""

    def rendered(*files: Path, settings: tuple[str, ...] = ()) -> Rendered:
        arguments = ["template", "multitrack", str(CHART), "--namespace", "meetings"]
        for file in files:
            arguments += ["--values", str(file)]
        for setting in settings:
            arguments += ["--set", setting]
        process = helm(*arguments, "--kube-version", "1.34.0")
        assert process.returncode == 0, process.stderr
        return Rendered(process.stdout)

    return rendered


@pytest.fixture(params=VARIANTS)
def values(request: pytest.FixtureRequest) -> Path:
    """The values file of one kind of installation."""
    return GOLDEN / f"{request.param}.values.yaml"


@pytest.fixture
def read_settings(tmp_path: Path) -> Callable[[dict[str, Any]], InstallSettings]:
    """Read install settings as the operator does, from a file."""

    def read(content: dict[str, Any]) -> InstallSettings:
        file = tmp_path / "workflows.yaml"
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        return load_settings(file)

    return read


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew."""
    asked = bool(request.config.getoption("regenerate", default=False))
    if asked and os.environ.get("CI"):
        pytest.fail("--regenerate is for people; in CI golden files are compared", pytrace=False)
    return asked
