"""A Workflow as the operator sees it: what Argo says, without what nobody here reads."""

import base64
import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from multitrack.api.names import ATTEMPT_LABEL, JOB_UID_LABEL
from workflow_templates.argo.names import PIPELINE_LABEL
from workflow_templates.pipelines import PROCESS_RECORDING

__all__ = ["Node", "WorkflowView"]

_FINISHED = ("Succeeded", "Failed", "Error")
_NO_TEMPLATE = re.compile(r'workflowtemplates?\.argoproj\.io "[^"]+" not found')


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the Workflow's status: a pod, a pod's tries together, or a group of them."""

    id: str
    type: str
    """Pod, Retry, TaskGroup, Skipped, DAG, Suspend."""
    template: str
    """The step's name."""
    phase: str
    """Pending, Running, Succeeded, Skipped, Failed, Error, Omitted."""
    message: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    progress: str = ""
    host: str | None = None
    children: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    exit_code: int | None = None
    resources: Mapping[str, int] = field(default_factory=dict)
    """`resourcesDuration`: requests times seconds, memory in units of 100 MiB."""

    @property
    def has_failed(self) -> bool:
        """It has ended, and not well."""
        return self.phase in ("Failed", "Error")

    @classmethod
    def from_status(cls, node: Mapping[str, Any]) -> Self:
        """Read one entry of `status.nodes`."""
        outputs = node.get("outputs") or {}
        exit_code = str(outputs.get("exitCode", ""))
        return cls(
            id=node["id"],
            type=node.get("type", ""),
            template=node.get("templateName", ""),
            phase=node.get("phase", ""),
            message=node.get("message", ""),
            started=_time(node.get("startedAt")),
            finished=_time(node.get("finishedAt")),
            progress=node.get("progress", ""),
            host=node.get("hostNodeName"),
            children=tuple(node.get("children") or ()),
            inputs=_parameters(node.get("inputs") or {}),
            outputs=_parameters(outputs),
            exit_code=int(exit_code) if exit_code.lstrip("-").isdigit() else None,
            resources=dict(node.get("resourcesDuration") or {}),
        )


@dataclass(frozen=True, slots=True)
class WorkflowView:
    """One Workflow of a job."""

    name: str
    namespace: str
    uid: str
    created: datetime
    job_uid: str
    attempt: int
    pipeline: str = PROCESS_RECORDING.name
    phase: str = ""
    message: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    is_suspended: bool = False
    shutdown: str | None = None
    """Stop or Terminate, where somebody asked for it."""
    resources: Mapping[str, int] = field(default_factory=dict)
    """`resourcesDuration`: requests times seconds, memory in units of 100 MiB."""
    nodes: Mapping[str, Node] | None = None
    """By id; None where Argo keeps them in its database."""
    changed: datetime | None = None
    """When we last saw it change."""

    @property
    def is_finished(self) -> bool:
        """Argo is done with it, unless somebody retries it."""
        return self.phase in _FINISHED

    @property
    def never_began(self) -> bool:
        """Argo did not know the template that it refers to, and ran nothing."""
        return self.phase == "Error" and not self.nodes and bool(_NO_TEMPLATE.search(self.message))

    def of_step(self, step: str) -> list[Node]:
        """The step's runs, its tries together: one, or one a track."""
        return [
            node
            for node in (self.nodes or {}).values()
            if node.template == step and node.type in ("Retry", "Skipped")
        ]

    def tries(self, run: Node) -> list[Node]:
        """The pods of one run, the first one first."""
        nodes = self.nodes or {}
        return [nodes[child] for child in run.children if child in nodes]

    @classmethod
    def from_body(cls, body: Mapping[str, Any], seen: datetime) -> Self:
        """Read the API server's object.

        Args:
            body: A Workflow.
            seen: When this version of it was received.
        """
        metadata, spec, status = body["metadata"], body.get("spec") or {}, body.get("status") or {}
        labels = metadata.get("labels") or {}
        attempt = labels.get(ATTEMPT_LABEL, "")
        return cls(
            name=metadata["name"],
            namespace=metadata["namespace"],
            uid=metadata["uid"],
            created=datetime.fromisoformat(metadata["creationTimestamp"]),
            job_uid=labels.get(JOB_UID_LABEL, ""),
            attempt=int(attempt) if attempt.isdigit() else 0,
            pipeline=labels.get(PIPELINE_LABEL, PROCESS_RECORDING.name),
            phase=status.get("phase", ""),
            message=status.get("message", ""),
            started=_time(status.get("startedAt")),
            finished=_time(status.get("finishedAt")),
            is_suspended=bool(spec.get("suspend")),
            shutdown=spec.get("shutdown"),
            resources=dict(status.get("resourcesDuration") or {}),
            nodes=_nodes(status),
            changed=seen,
        )


def _nodes(status: Mapping[str, Any]) -> dict[str, Node] | None:
    """Argo packs the nodes of a large Workflow, and moves those of a huge one elsewhere."""
    if packed := status.get("compressedNodes"):
        try:
            found = json.loads(gzip.decompress(base64.b64decode(packed)))
        except (OSError, ValueError):
            return None
    elif status.get("offloadNodeStatusVersion"):
        return None
    else:
        found = status.get("nodes") or {}
    return {name: Node.from_status(node) for name, node in found.items()}


def _parameters(part: Mapping[str, Any]) -> dict[str, str]:
    return {each["name"]: str(each.get("value", "")) for each in part.get("parameters") or ()}


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
