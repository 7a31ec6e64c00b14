"""Fixtures that every kind of test uses."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from tests.fakes.kubernetes import FakeKubernetes, running_kubernetes
from workflow_templates.contracts.results import StepReport

# Timings never decide a test, hypothesis's own per-example deadline included.
settings.register_profile("multitrack", deadline=None)
settings.load_profile("multitrack")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def sample() -> Path:
    """The four-track meeting with its references."""
    return ROOT / "examples" / "sample"


@dataclass(frozen=True, slots=True)
class StepRun:
    """What a run of `multitrack-step` left behind."""

    exit_code: int
    stderr: str
    outputs: Path

    @property
    def sentence(self) -> str:
        """The last line of stderr: what a person is told."""
        return self.stderr.strip().splitlines()[-1] if self.stderr.strip() else ""

    @property
    def report(self) -> StepReport:
        return StepReport.model_validate_json((self.outputs / "step.json").read_bytes())


class RunStep(Protocol):
    def __call__(
        self,
        name: str,
        inputs: Path,
        outputs: Path,
        *,
        parameters: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        arguments: tuple[str, ...] = (),
    ) -> StepRun: ...


@pytest.fixture
def run_step(monkeypatch: pytest.MonkeyPatch) -> RunStep:
    """Run a step as an engine does: its own process, its own folders."""
    monkeypatch.delenv("ARGO_PROGRESS_FILE", raising=False)

    def run(
        name: str,
        inputs: Path,
        outputs: Path,
        *,
        parameters: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        arguments: tuple[str, ...] = (),
    ) -> StepRun:
        argv = [sys.executable, "-m", "multitrack_steps.entrypoint", name]
        argv += ["--inputs", str(inputs), "--outputs", str(outputs), *arguments]
        for parameter, value in (parameters or {}).items():
            argv += ["--param", f"{parameter}={value}"]
        process = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **(environment or {})},
        )
        return StepRun(process.returncode, process.stderr, outputs)

    return run


@pytest.fixture
def kubernetes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKubernetes]:
    """An API server that this process and its children talk to; its namespace is `meetings`."""
    with running_kubernetes(tmp_path, "meetings") as server:
        # This process may itself run in a cluster's pod.
        monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate", action="store_true", help="write the golden files anew; not in CI"
    )
