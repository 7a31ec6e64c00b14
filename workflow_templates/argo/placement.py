"""Where a step's pods run and what they may use there."""

import json
from dataclasses import dataclass, replace

from hera.workflows import Resources as PodResources
from hera.workflows.models import Toleration as PodToleration

from workflow_templates.argo.expressions import job_parameter
from workflow_templates.argo.names import QUEUE_PARAMETER
from workflow_templates.argo.settings import GpuProfile, InstallSettings, NodePool, Toleration
from workflow_templates.catalog import Resources, Step

__all__ = ["Placement", "effective_resources", "place", "pod_resources"]

_QUEUE_LABEL = "kueue.x-k8s.io/queue-name"

_LOST_NODE_TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
"""Kubernetes tolerates both for 300 s unless a pod says otherwise."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A pod's way to its node."""

    node_selector: dict[str, str] | None
    tolerations: list[PodToleration]
    priority_class_name: str | None
    pod_spec_patch: str | None
    """JSON, for what Argo's templates have no field for: the runtime class."""
    labels: dict[str, str]
    annotations: dict[str, str]


def place(step: Step, settings: InstallSettings) -> Placement:
    """Say where the step's pods go: the GPU profile's nodes, the step's pool, or anywhere."""
    gpu = _gpu(step, settings)
    pool = gpu or _pool(step, settings)
    runtime_class = pool.runtime_class_name
    return Placement(
        node_selector=dict(pool.node_selector) or None,
        tolerations=[
            *(_toleration(toleration) for toleration in pool.tolerations),
            *(
                _lost_node_toleration(taint, settings.lost_node_seconds)
                for taint in _LOST_NODE_TAINTS
            ),
        ],
        priority_class_name=pool.priority_class_name,
        pod_spec_patch=json.dumps({"runtimeClassName": runtime_class}) if runtime_class else None,
        # An empty queue name is not the same as none: Kueue would hold the pod for ever.
        labels={_QUEUE_LABEL: job_parameter(QUEUE_PARAMETER)} if gpu and gpu.queue_name else {},
        # An hour of GPU time is worth more than a tidier node.
        annotations={"karpenter.sh/do-not-disrupt": "true"} if gpu else {},
    )


def effective_resources(step: Step, settings: InstallSettings) -> Resources:
    """The catalog's figures, the deadline as the installation sets it where it does."""
    own = settings.step(step.name)
    resources = step.resources
    if own.deadline is not None:
        resources = replace(resources, deadline=own.deadline)
    if own.deadline_per_recorded_second is not None:
        resources = replace(
            resources, deadline_per_recorded_second=own.deadline_per_recorded_second
        )
    return resources


def pod_resources(step: Step, settings: InstallSettings) -> PodResources:
    """What the step's container asks for and may use."""
    own, gpu = settings.step(step.name), _gpu(step, settings)
    memory = own.memory or f"{step.resources.memory_mib}Mi"
    return PodResources(
        cpu_request=own.cpu or step.resources.cpu,
        cpu_limit=own.cpu_limit,
        memory_request=memory,
        memory_limit=memory,
        ephemeral_request=own.ephemeral_storage,
        ephemeral_limit=own.ephemeral_storage,
        gpus=gpu.count if gpu else None,
        gpu_flag=gpu.resource_name if gpu else None,
    )


def _gpu(step: Step, settings: InstallSettings) -> GpuProfile | None:
    """The GPU profile, for a step that uses a GPU where the installation has any."""
    return settings.gpu if step.resources.gpu else None


def _pool(step: Step, settings: InstallSettings) -> NodePool:
    name = settings.step(step.name).node_pool or "default"
    return settings.node_pools.get(name, NodePool())


def _toleration(toleration: Toleration) -> PodToleration:
    return PodToleration.model_validate(toleration.model_dump(by_alias=True, exclude_none=True))


def _lost_node_toleration(taint: str, seconds: int) -> PodToleration:
    return PodToleration(
        key=taint, operator="Exists", effect="NoExecute", toleration_seconds=seconds
    )
