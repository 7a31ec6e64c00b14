"""What an installation decides about its pods: images, nodes, limits, names of secrets.

One file, YAML with camelCase keys, read by the operator and by `multitrack render`. What a job
decides is not here: it travels as the Workflow's arguments.
"""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from workflow_templates.catalog import CATALOG, Image, step_named
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.errors import SettingsError
from workflow_templates.runtime.settings_file import check_settings, read_mapping

__all__ = [
    "DEFAULT_PROFILE",
    "ArtifactRepository",
    "GpuProfile",
    "Images",
    "InstallSettings",
    "ModelVolume",
    "NodePool",
    "SecretKey",
    "Semaphores",
    "ServiceAccounts",
    "StepSettings",
    "Toleration",
    "load_profiles",
    "load_settings",
]

_SECRET_NAMES = frozenset(name for step in CATALOG for name in step.secrets)

Name = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", max_length=253)]
"""The name of a Kubernetes object."""

LabelValue = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$", max_length=63)
]
"""What a Kubernetes label can hold, not empty."""


def _as_text(value: object) -> object:
    """YAML reads `true` and `8` as other types; a parameter is always text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


Text = Annotated[str, BeforeValidator(_as_text)]

Quantity = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(pattern=r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$"),
]
"""A Kubernetes quantity: `500m`, `2`, `4Gi`."""


class _Settings(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )


class Images(_Settings):
    """Where the steps' container images come from."""

    registry: str = "localhost"
    """Registry and path before the name: images are `<registry>/multitrack-<image>:<tag>`."""
    tag: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")] = Field(
        default_factory=lambda: version("multitrack")
    )
    """Of all images; the version of this program unless set."""
    overrides: Mapping[Image, str] = Field(default_factory=dict)
    """Whole references by image name, with tag or digest: `transcribe: r.example/t@sha256:…`."""
    pull_policy: Literal["IfNotPresent", "Always", "Never"] = "IfNotPresent"
    """When a node fetches an image that it may already have."""
    pull_secrets: tuple[Name, ...] = ()
    """Secrets of type kubernetes.io/dockerconfigjson in the job's namespace."""

    @field_validator("tag")
    @classmethod
    def _refuse_latest(cls, tag: str) -> str:
        if tag == "latest":
            raise ValueError("`latest` says nothing about what runs; name a version")
        return tag

    def reference(self, image: Image) -> str:
        """The image reference for a container."""
        return self.overrides.get(image, f"{self.registry}/multitrack-{image.value}:{self.tag}")


class ServiceAccounts(_Settings):
    """Who the pods are to Kubernetes. Steps never see a token of either."""

    pod: Name = "multitrack-workflow"
    """Service account of the pods; needs no rights."""
    executor: Name = "multitrack-executor"
    """Service account of Argo's own containers: may create and patch workflowtaskresults. A Secret
    `<name>.service-account-token` of type kubernetes.io/service-account-token must exist for it."""


class ArtifactRepository(_Settings):
    """Which bucket holds the jobs' files, as Argo's artifact repository."""

    config_map: Name = "artifact-repositories"
    """ConfigMap in the job's namespace."""
    key: str = "multitrack"
    """Its key, under which endpoint, bucket and credentials are described."""


class SecretKey(_Settings):
    """One value of a Secret in the job's namespace."""

    name: Name
    """The Secret."""
    key: str
    """Its key."""
    optional: bool = False
    """Whether pods start without it."""


class Toleration(_Settings):
    """A taint that pods put up with, as Kubernetes defines it."""

    key: str | None = None
    """The taint's key; none with the operator Exists: every taint."""
    operator: Literal["Exists", "Equal"] = "Equal"
    """Whether the value counts."""
    value: str | None = None
    """The taint's value, for Equal."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """The taint's effect; none: all of them."""
    toleration_seconds: int | None = None
    """How long a NoExecute taint is tolerated; none: for ever."""


class NodePool(_Settings):
    """Which nodes pods go to, and how they are ranked there."""

    node_selector: Mapping[str, Text] = Field(default_factory=dict)
    """Labels that a node must carry."""
    tolerations: tuple[Toleration, ...] = ()
    """Taints that the pods put up with, beside the two for lost nodes."""
    priority_class_name: Name | None = None
    """PriorityClass of the pods."""
    runtime_class_name: Name | None = None
    """RuntimeClass of the pods: `nvidia` where that is not the nodes' default."""


class GpuProfile(NodePool):
    """Where and how steps that use a GPU run."""

    tolerations: tuple[Toleration, ...] = (
        Toleration(key="nvidia.com/gpu", operator="Exists", effect="NoSchedule"),
    )
    """Taints that the pods put up with; the usual GPU taint unless set."""
    resource_name: str = "nvidia.com/gpu"
    """The device plugin's resource: `nvidia.com/mig-1g.10gb`, `amd.com/gpu`."""
    count: Annotated[int, Field(ge=1)] = 1
    """Devices per pod."""
    queue_name: LabelValue | None = None
    """Kueue's LocalQueue for these pods, and for no others; a job can name another one. None: no
    Kueue."""


class StepSettings(_Settings):
    """What one step is given instead of the catalog's figures."""

    cpu: Quantity | None = None
    """CPU request."""
    cpu_limit: Quantity | None = None
    """CPU limit; none unless set, so that a step uses what its node has left."""
    memory: Quantity | None = None
    """Memory request and limit."""
    ephemeral_storage: Quantity | None = None
    """Request and limit for the pod's files; none unless set."""
    deadline: Annotated[int, Field(ge=1)] | None = None
    """Seconds one attempt may take, without the part that grows with the recording."""
    deadline_per_recorded_second: Annotated[float, Field(ge=0)] | None = None
    """Seconds added for each second of the recording."""
    node_pool: str | None = None
    """A name from `nodePools`. Steps on a GPU go where the GPU profile says."""


class Semaphores(_Settings):
    """How many pods of a kind may run at once across jobs; the figures are a ConfigMap's values."""

    config_map: Name = "multitrack-semaphores"
    """ConfigMap in the job's namespace."""
    keys: Mapping[str, str] = Field(default_factory=lambda: {"llm": "llm", "mixdown": "mixdown"})
    """The ConfigMap's key by what is counted: `llm` (steps that ask the language model), `gpu`
    (transcription), `mixdown` (mixing; its value is 1). `llm` and `gpu` are not limited unless
    they are named."""


class ModelVolume(_Settings):
    """Models on a volume, mounted read-only where speech or voices are recognised."""

    claim_name: Name
    """PersistentVolumeClaim in the job's namespace; ReadOnlyMany for more than one node."""
    mount_path: Annotated[str, Field(pattern=r"^/[^/].*$")] = "/models"
    """Where it appears; the job parameter `model` then names a folder below."""


class InstallSettings(_Settings):
    """Everything that rendering needs to know about an installation."""

    instance: LabelValue = "multitrack"
    """The installation's name, `app.kubernetes.io/instance` on everything."""
    instance_id: LabelValue | None = None
    """Argo's `instanceID`, where its controller looks only after Workflows so labelled."""
    images: Images = Images()
    """Container images."""
    service_accounts: ServiceAccounts = ServiceAccounts()
    """Service accounts."""
    artifact_repository: ArtifactRepository = ArtifactRepository()
    """The bucket."""
    user_id: Annotated[int, Field(ge=1)] = 10001
    """Numeric user and group of all containers, Argo's included: they hand each other files."""
    gpu: GpuProfile | None = GpuProfile()
    """The GPU profile; null: the CPU profile, on which every step runs without a GPU."""
    node_pools: Mapping[str, NodePool] = Field(default_factory=dict)
    """Pools by name; steps that name none go to `default`, if there is one, else anywhere."""
    steps: Mapping[str, StepSettings] = Field(default_factory=dict)
    """Other figures for single steps, by step name."""
    parameters: Mapping[str, Text] = Field(default_factory=dict)
    """Defaults of job parameters: `llm-base-url`, `llm-model`, `model` and whatever else
    `multitrack steps` shows."""
    environment: Mapping[str, Text] = Field(default_factory=dict)
    """Plain environment variables for steps that decode no media: proxies, AWS_REGION."""
    secrets: Mapping[str, SecretKey] = Field(default_factory=dict)
    """Secrets by environment variable. Each reaches only the steps that name the variable."""
    semaphores: Semaphores | None = Semaphores()
    """Limits across jobs; null: none, but for the mixing, one at a time by a mutex of Argo's."""
    model_volume: ModelVolume | None = None
    """Speech models on a volume; none: in the image, or downloaded."""
    parallelism: Annotated[int, Field(ge=1)] = 20
    """Pods of one job at once."""
    workflow_deadline: Annotated[int, Field(ge=60)] = 86_400
    """Seconds after which a job is given up, waiting for nodes and locks included."""
    assumed_duration: Annotated[Seconds, Field(gt=0)] = 14_400.0
    """Length of a recording whose source does not tell one, for deadlines."""
    seconds_after_success: Annotated[int, Field(ge=0)] = 604_800
    """How long a Workflow that succeeded is kept."""
    seconds_after_failure: Annotated[int, Field(ge=0)] = 1_209_600
    """How long a Workflow that failed is kept: until then `argo retry` is possible."""
    pod_gc_delay: Annotated[int, Field(ge=0)] = 60
    """Seconds after which a pod that succeeded is deleted. Its log is kept in the bucket."""
    lost_node_seconds: Annotated[int, Field(ge=0)] = 30
    """How long a pod waits for a node that is down before it is started elsewhere."""

    @field_validator("steps")
    @classmethod
    def _know_steps(cls, steps: Mapping[str, StepSettings]) -> Mapping[str, StepSettings]:
        for name in steps:
            try:
                step_named(name)
            except KeyError:
                raise ValueError(f"{name} is not a step; `multitrack steps` lists them") from None
        return steps

    @field_validator("environment")
    @classmethod
    def _keep_secrets_out(cls, environment: Mapping[str, str]) -> Mapping[str, str]:
        if misplaced := sorted(_SECRET_NAMES & environment.keys()):
            raise ValueError(f"{misplaced[0]} is a credential; put it into a Secret, see `secrets`")
        return environment

    @field_validator("secrets")
    @classmethod
    def _know_secrets(cls, secrets: Mapping[str, SecretKey]) -> Mapping[str, SecretKey]:
        if unknown := sorted(secrets.keys() - _SECRET_NAMES):
            raise ValueError(
                f"no step reads {unknown[0]}; known are {', '.join(sorted(_SECRET_NAMES))}"
            )
        return secrets

    @model_validator(mode="after")
    def _know_pools(self) -> Self:
        for name, step in self.steps.items():
            if step.node_pool is not None and step.node_pool not in self.node_pools:
                raise ValueError(
                    f"steps.{name} wants the node pool {step.node_pool}, not in nodePools"
                )
        return self

    def step(self, name: str) -> StepSettings:
        """The step's own figures; empty where nothing is set."""
        return self.steps.get(name, StepSettings())


DEFAULT_PROFILE = "default"
"""The profile of a job that names none: the settings themselves."""


def load_settings(file: Path | None, profile: str = DEFAULT_PROFILE) -> InstallSettings:
    """Read one profile of a settings file; without a file, the defaults.

    Raises:
        SettingsError: As for `load_profiles`, or there is no such profile.
    """
    profiles = load_profiles(file)
    try:
        return profiles[profile]
    except KeyError:
        raise SettingsError(
            f"{profile}: no such profile; known are {', '.join(sorted(profiles))}"
        ) from None


def load_profiles(file: Path | None) -> dict[str, InstallSettings]:
    """Read a settings file: the settings themselves, and each entry of `profiles` laid over them.

    Raises:
        SettingsError: No such file, not YAML, an unknown key or a value that cannot be.
    """
    if file is None:
        return {DEFAULT_PROFILE: InstallSettings()}
    content = read_mapping(file)
    overlays = content.pop("profiles", None) or {}
    if not isinstance(overlays, dict) or not all(
        isinstance(overlay, dict | None) for overlay in overlays.values()
    ):
        raise SettingsError(f"{file}: profiles: not a mapping of names to settings")
    settings = {DEFAULT_PROFILE: check_settings(file, content, InstallSettings)}
    for name, overlay in overlays.items():
        merged = _laid_over(content, overlay or {})
        settings[name] = check_settings(file, merged, InstallSettings)
    return settings


def _laid_over(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings are merged, everything else is replaced."""
    merged = dict(base)
    for key, value in overlay.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = _laid_over(below, value)
        else:
            merged[key] = value
    return merged
