"""What Argo's controller writes into a Workflow, without running anything."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from tests.fakes.kubernetes import FakeKubernetes
from workflow_templates.pipelines import PROCESS_RECORDING

__all__ = ["FakeArgo"]


class FakeArgo:
    """Carries Workflows of process-recording on as a test says, through the API server."""

    def __init__(
        self,
        server: FakeKubernetes,
        namespace: str = "meetings",
        people: tuple[str, ...] = ("Alice", "Ben"),
    ) -> None:
        self._server = server
        self._namespace = namespace
        self._people = people

    def start(self, workflow: str) -> None:
        """Take it up."""
        self._write(workflow, {"phase": "Running", "startedAt": _now(), "finishedAt": None})

    def run(
        self,
        workflow: str,
        step: str,
        phase: str,
        *,
        track: int | None = None,
        message: str = "",
        exit_code: int | None = None,
        progress: str = "0/1",
        report: Mapping[str, Any] | None = None,
        says: Mapping[str, str] | None = None,
    ) -> None:
        """Bring a step to a phase: its pod, and the node of all its tries above it."""
        parameters = {"step": json.dumps(dict(report))} if report is not None else {}
        if step == "get-participants" and phase == "Succeeded":
            entries = [{"index": i, "name": name} for i, name in enumerate(self._people)]
            parameters["tracks"] = json.dumps(entries)
        parameters |= says or {}
        outputs: dict[str, Any] = {"parameters": _listed(parameters)}
        if exit_code is not None:
            outputs["exitCode"] = str(exit_code)
        inputs = {}
        if track is not None:
            entry = {"index": track, "name": self._people[track]}
            inputs = {"parameters": _listed({"track": json.dumps(entry)})}
        shared: dict[str, Any] = {
            "templateName": step,
            "phase": phase,
            "message": message,
            "startedAt": _now(),
            "finishedAt": _now() if phase in ("Succeeded", "Failed", "Error") else None,
            "progress": progress,
            "inputs": inputs,
            "outputs": outputs,
        }
        shown = f"{step} {self._people[track]}" if track is not None else step
        pod, whole = _id(workflow, f"{shown}(0)"), _id(workflow, shown)
        nodes = {
            whole: {"type": "Retry", "displayName": shown, "children": [pod], **shared},
            pod: {"type": "Pod", "displayName": f"{shown}(0)", "hostNodeName": "node-1", **shared},
        }
        self._write(workflow, {"nodes": {id_: {"id": id_, **nodes[id_]} for id_ in nodes}})

    def finish(self, workflow: str, phase: str = "Succeeded", message: str = "") -> None:
        """End it."""
        usage = {"cpu": 120, "memory": 240}
        ended = {"phase": phase, "message": message, "finishedAt": _now()}
        self._write(workflow, {**ended, "resourcesDuration": usage})

    def succeed(self, workflow: str) -> None:
        """Run everything, well."""
        self.start(workflow)
        for task in PROCESS_RECORDING.tasks:
            tracks = range(len(self._people)) if task.fan_out else (None,)
            for track in tracks:
                self.run(workflow, task.name, "Succeeded", track=track, progress="1/1")
        self.finish(workflow)

    def _write(self, workflow: str, status: Mapping[str, Any]) -> None:
        self._server.merge("workflows", workflow, {"status": status}, self._namespace)


def _listed(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in parameters.items()]


def _id(workflow: str, node: str) -> str:
    return f"{workflow}-{crc32(node.encode())}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
