"""What Helm makes of the chart, and where chart and golden files are."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml

__all__ = ["CHART", "GOLDEN", "ROOT", "Helm", "Render", "Rendered"]

ROOT = Path(__file__).resolve().parents[3]
CHART = ROOT / "charts" / "multitrack"
GOLDEN = ROOT / "tests" / "golden" / "chart"


@dataclass(frozen=True, slots=True)
class Rendered:
    """All objects that the chart makes, tests included."""

    text: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [whole for whole in yaml.safe_load_all(self.text) if whole]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.objects if one["kind"] == kind]

    def named(self, kind: str, name: str, namespace: str = "meetings") -> dict[str, Any]:
        (found,) = (
            one
            for one in self.of_kind(kind)
            if one["metadata"]["name"] == name
            and one["metadata"].get("namespace", namespace) == namespace
        )
        return found

    @property
    def settings(self) -> dict[str, Any]:
        """The operator's two files, parsed: `operator.yaml` and `workflows.yaml`."""
        (config,) = (one for one in self.of_kind("ConfigMap") if "workflows.yaml" in one["data"])
        return {name: yaml.safe_load(text) for name, text in config["data"].items()}


class Helm(Protocol):
    """Runs Helm."""

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]: ...


class Render(Protocol):
    """Renders the chart from values files and `--set` texts."""

    def __call__(self, *files: Path, settings: tuple[str, ...] = ()) -> Rendered: ...
