"""One step as an Argo template: a pod whose main container is the step's own command."""

import math
from collections.abc import Iterator

from hera.workflows import (
    Container,
    EmptyDirVolume,
    Env,
    ExistingVolume,
    Parameter,
    RetryStrategy,
    SecretEnv,
)
from hera.workflows.models import (
    Backoff,
    Capabilities,
    SeccompProfile,
    SecurityContext,
)

from workflow_templates.argo.artifacts import (
    INPUTS,
    OUTPUTS,
    input_artifacts,
    output_artifacts,
    output_parameters,
)
from workflow_templates.argo.expressions import (
    ATTEMPT,
    PARTICIPANT,
    RETRY,
    deadline,
    input_parameter,
    job_parameter,
    job_text,
)
from workflow_templates.argo.locks import synchronization
from workflow_templates.argo.names import pod_labels
from workflow_templates.argo.placement import effective_resources, place, pod_resources
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.catalog import Image, RetryClass, Step
from workflow_templates.pipelines import Task
from workflow_templates.runtime.logs import FORMAT_VARIABLE, LogFormat

__all__ = ["step_template", "template_inputs"]

_WITH_MODELS = (Image.TRANSCRIBE, Image.DIARIZE)
_DISPLAY_NAME = "workflows.argoproj.io/display-name"


def step_template(task: Task, settings: InstallSettings) -> Container:
    """Render the template that a task runs.

    Args:
        task: Its step becomes the container, its locks the template's.
        settings: Of the installation.
    """
    step = task.step
    placement = place(step, settings)
    annotations = {_DISPLAY_NAME: f"{step.name} {PARTICIPANT}"} if task.fan_out else {}
    return Container(
        name=step.name,
        image=settings.images.reference(step.image),
        image_pull_policy=settings.images.pull_policy,
        command=["multitrack-step"],
        args=_arguments(task),
        env=_environment(step, settings),
        inputs=[
            *(Parameter(name=name) for name in template_inputs(task, settings)),
            *input_artifacts(step),
        ],
        outputs=[*output_parameters(step), *output_artifacts(step)],
        resources=pod_resources(step, settings),
        volumes=_volumes(step, settings),
        security_context=_security_context(settings),
        active_deadline_seconds=deadline(
            effective_resources(step, settings), settings.assumed_duration
        ),
        retry_strategy=_retry_strategy(step.retry),
        synchronization=synchronization(task, settings),
        labels={**pod_labels(step, settings), **placement.labels},
        annotations={**annotations, **placement.annotations} or None,
        node_selector=placement.node_selector,
        tolerations=placement.tolerations,
        priority_class_name=placement.priority_class_name,
        pod_spec_patch=placement.pod_spec_patch,
    )


def template_inputs(task: Task, settings: InstallSettings) -> list[str]:
    """Names of the parameters that the task's template wants from its task."""
    names = ["track", "index"] if task.fan_out else []
    if effective_resources(task.step, settings).deadline_per_recorded_second:
        names.append("duration")
    return names


def _arguments(task: Task) -> list[str]:
    """The step's argv, each value an argument of its own: no shell, no source text."""
    arguments = [task.step.name, "--inputs", INPUTS, "--outputs", OUTPUTS]
    for parameter in task.step.parameters:
        if task.fan_out and parameter.name == "track":
            value = input_parameter("track")
        else:
            value = job_text(task.arguments.get(parameter.name, parameter.name))
        arguments += ["--param", f"{parameter.name}={value}"]
    return [*arguments, "--attempt", ATTEMPT, "--attempts", str(task.step.retry.tries)]


def _environment(step: Step, settings: InstallSettings) -> list[Env | SecretEnv]:
    """The step's variables; where media is decoded, none that the installation sets."""
    ours = {
        "HOME": "/tmp",  # noqa: S108 - an emptyDir: the root is read-only
        FORMAT_VARIABLE: LogFormat.JSON.value,
    }
    told = ours if step.decodes_media else {**ours, **settings.environment}
    plain = [Env(name=name, value=value) for name, value in sorted(told.items())]
    return [*plain, *(() if step.decodes_media else _secrets(step, settings))]


def _secrets(step: Step, settings: InstallSettings) -> Iterator[SecretEnv]:
    """The installation's Secrets by name; a job's own by what its Workflow is told.

    Whether a Secret must be there cannot be told to a template: where a job names one the step
    says itself that it is missing.
    """
    own = {each.variable: each for each in step.job_secrets}
    for name in step.secrets:
        if name in own:
            yield SecretEnv(
                name=name,
                secret_name=job_parameter(own[name].name_parameter),
                secret_key=job_parameter(own[name].key_parameter),
                optional=True,
            )
        elif name in settings.secrets:
            secret = settings.secrets[name]
            yield SecretEnv(
                name=name,
                secret_name=secret.name,
                secret_key=secret.key,
                optional=secret.optional or None,
            )


def _volumes(step: Step, settings: InstallSettings) -> list[EmptyDirVolume | ExistingVolume]:
    volumes: list[EmptyDirVolume | ExistingVolume] = [
        EmptyDirVolume(name="work", mount_path="/workspace"),
        EmptyDirVolume(name="scratch", mount_path="/tmp"),  # noqa: S108 - the only writable place
    ]
    if settings.model_volume is not None and step.image in _WITH_MODELS:
        models = ExistingVolume(
            name="models",
            claim_name=settings.model_volume.claim_name,
            mount_path=settings.model_volume.mount_path,
            read_only=True,
        )
        volumes.append(models)
    return volumes


def _security_context(settings: InstallSettings) -> SecurityContext:
    """What Kubernetes' `restricted` policy asks of a container, and a read-only root."""
    return SecurityContext(
        allow_privilege_escalation=False,
        capabilities=Capabilities(drop=["ALL"]),
        privileged=False,
        read_only_root_filesystem=True,
        run_as_group=settings.user_id,
        run_as_non_root=True,
        run_as_user=settings.user_id,
        seccomp_profile=SeccompProfile(type="RuntimeDefault"),
    )


def _retry_strategy(retry: RetryClass) -> RetryStrategy:
    """Tries by exit class.

    Never a maxDuration: Argo counts it from the first attempt's start, so that a long step would
    not be tried again at all.
    """
    return RetryStrategy(
        limit=retry.tries - 1,
        retry_policy="Always",
        expression=RETRY,
        backoff=Backoff(
            duration=_seconds(retry.first_delay), factor=2, cap=_seconds(retry.longest_delay)
        ),
    )


def _seconds(delay: float) -> str:
    return f"{math.ceil(delay)}s"
