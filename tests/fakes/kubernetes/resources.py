"""Which kinds of objects the server knows, as a cluster with Argo and our chart does."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["RESOURCES", "Body", "Resource", "definition_of"]

Body = Mapping[str, Any]
"""A Kubernetes object as JSON. Never changed in place."""

_OUR_DEFINITION = Path(__file__).resolve().parents[3] / "charts/multitrack/files/recordingjobs.yaml"


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of objects."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    has_status: bool = False
    """Whether `status` is written at an address of its own."""
    is_custom: bool = False
    """Known only while its CustomResourceDefinition is there."""

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def full_name(self) -> str:
        """As the API server's messages spell it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


def _custom(group: str, version: str, plural: str, kind: str, *, has_status: bool) -> Resource:
    return Resource(group, version, plural, kind, has_status=has_status, is_custom=True)


RESOURCES = (
    Resource("", "v1", "namespaces", "Namespace", namespaced=False, has_status=True),
    Resource("", "v1", "configmaps", "ConfigMap"),
    Resource("", "v1", "secrets", "Secret"),
    Resource("", "v1", "events", "Event"),
    Resource("", "v1", "pods", "Pod", has_status=True),
    Resource("coordination.k8s.io", "v1", "leases", "Lease"),
    Resource(
        "apiextensions.k8s.io",
        "v1",
        "customresourcedefinitions",
        "CustomResourceDefinition",
        namespaced=False,
        has_status=True,
    ),
    _custom("multitrack.dev", "v1alpha1", "recordingjobs", "RecordingJob", has_status=True),
    # Argo's own definition has no status subresource: its controller writes whole Workflows.
    _custom("argoproj.io", "v1alpha1", "workflows", "Workflow", has_status=False),
    _custom("argoproj.io", "v1alpha1", "workflowtemplates", "WorkflowTemplate", has_status=False),
)


def definition_of(resource: Resource) -> Body:
    """The CustomResourceDefinition; ours is the chart's, with its schema."""
    if resource.group == "multitrack.dev":
        return _ours()
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": resource.full_name},
        "spec": {
            "group": resource.group,
            "scope": "Namespaced",
            "names": {"kind": resource.kind, "plural": resource.plural},
            "versions": [
                {
                    "name": resource.version,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object"}},
                }
            ],
        },
    }


@cache
def _ours() -> Body:
    return dict(yaml.safe_load(_OUR_DEFINITION.read_text(encoding="utf-8")))
