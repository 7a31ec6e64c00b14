"""Whole Argo objects: the WorkflowTemplate of a pipeline, and a job's Workflow in two forms."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from hera.workflows import Parameter, Workflow, WorkflowTemplate
from hera.workflows.models import (
    ArtifactRepositoryRef,
    ExecutorConfig,
    LocalObjectReference,
    OwnerReference,
    PodGC,
    PodSecurityContext,
    SeccompProfile,
    TTLStrategy,
    WorkflowTemplateRef,
)

from workflow_templates.argo.containers import step_template
from workflow_templates.argo.expressions import without_tags
from workflow_templates.argo.graph import conclusion_template, graph_name, graph_template
from workflow_templates.argo.names import (
    DESCRIPTION_ANNOTATION,
    JOB_UID_LABEL,
    TITLE_ANNOTATION,
    object_labels,
)
from workflow_templates.argo.parameters import job_arguments, workflow_parameters
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.pipelines import Pipeline

__all__ = [
    "Manifest",
    "Owner",
    "WorkflowRequest",
    "render_inline",
    "render_template",
    "render_workflow",
    "to_yaml",
]

Manifest = dict[str, Any]
"""A Kubernetes object as its API server takes it."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The object whose deletion takes the Workflow with it."""

    api_version: str
    kind: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class WorkflowRequest:
    """What one job asks for."""

    job_uid: str
    """The job's files lie below `jobs/<job_uid>/`."""
    arguments: Mapping[str, str]
    """Job parameters by name; the others keep the installation's defaults."""
    name: str | None = None
    """The Workflow's; at most 63 characters. None: the API server makes one up."""
    title: str | None = None
    """For people, in Argo's UI."""
    labels: Mapping[str, str] = field(default_factory=dict)
    owner: Owner | None = None
    priority: int | None = None
    """Higher first, where Workflows wait for locks or for Argo."""
    suspend: bool = False
    """Created, and not started."""
    deadline: int | None = None
    """Seconds after which the job is given up; None: the installation's."""


def render_template(pipeline: Pipeline, settings: InstallSettings) -> Manifest:
    """Render the WorkflowTemplate; its name follows from its content, so it never changes.

    Raises:
        SettingsError: `parameters` names one that the pipeline does not have.
    """
    template = _template(pipeline, settings)
    content = json.dumps(template, sort_keys=True).encode()
    name = f"{pipeline.name}-{hashlib.sha256(content).hexdigest()[:8]}"
    return {**template, "metadata": {"name": name, **template["metadata"]}}


def render_workflow(
    pipeline: Pipeline, settings: InstallSettings, request: WorkflowRequest
) -> Manifest:
    """Render a job's Workflow, which refers to the pipeline's WorkflowTemplate.

    It sets only what a controller that restricts template references allows.

    Raises:
        SettingsError: An argument is unknown or missing, or as for `render_template`.
    """
    workflow = _workflow(pipeline, settings, request)
    workflow.workflow_template_ref = WorkflowTemplateRef(name=_template_name(pipeline, settings))
    given = job_arguments(pipeline, settings, request.job_uid, request.arguments)
    workflow.arguments = [Parameter(name=name, value=value) for name, value in given.items()]
    manifest: Manifest = workflow.to_dict()
    return manifest


_names: dict[bytes, str] = {}
"""Names of templates by all that they are made from: every job asks, and rendering is slow."""


def _template_name(pipeline: Pipeline, settings: InstallSettings) -> str:
    made_from = hashlib.sha256(f"{pipeline!r} {settings!r}".encode()).digest()
    if made_from not in _names:
        _names[made_from] = render_template(pipeline, settings)["metadata"]["name"]
    return _names[made_from]


def render_inline(
    pipeline: Pipeline, settings: InstallSettings, request: WorkflowRequest | None = None
) -> Manifest:
    """Render a Workflow with everything in it, for a cluster that is to hold no template.

    Args:
        pipeline: What runs.
        settings: Of the installation.
        request: None: for a person to submit (`argo submit -p source=…`), with the defaults as
            arguments and the Workflow's uid as the job's.

    Raises:
        SettingsError: As for `render_workflow`.
    """
    if request is None:
        whole = _template(pipeline, settings)
        metadata = {"generateName": f"{pipeline.name}-", **whole["metadata"]}
        return {**whole, "kind": "Workflow", "metadata": metadata}
    given = job_arguments(pipeline, settings, request.job_uid, request.arguments)
    own: Manifest = _workflow(pipeline, settings, request).to_dict()
    whole = _template(pipeline, settings, given)
    return {**own, "spec": {**whole["spec"], **own["spec"]}}


def to_yaml(*manifests: Manifest) -> str:
    """The manifests as one YAML text."""
    return yaml.safe_dump_all(manifests, sort_keys=False, allow_unicode=True, width=100)


def _template(
    pipeline: Pipeline, settings: InstallSettings, arguments: Mapping[str, str] | None = None
) -> Manifest:
    """The WorkflowTemplate without a name; `arguments` stand in the defaults' place."""
    given = arguments or {}
    user = settings.user_id
    conclusion = conclusion_template(pipeline)
    template = WorkflowTemplate(
        labels=object_labels(pipeline.name, settings),
        annotations={
            TITLE_ANNOTATION: pipeline.name.replace("-", " ").capitalize(),
            DESCRIPTION_ANNOTATION: pipeline.summary,
        },
        entrypoint=graph_name(pipeline),
        arguments=[
            parameter.render(given.get(name))
            for name, parameter in workflow_parameters(pipeline, settings).items()
        ],
        templates=[
            graph_template(pipeline, settings),
            *(step_template(task, settings) for task in pipeline.tasks),
            *([conclusion] if conclusion else []),
        ],
        service_account_name=settings.service_accounts.pod,
        automount_service_account_token=False,
        executor=ExecutorConfig(service_account_name=settings.service_accounts.executor),
        security_context=PodSecurityContext(
            run_as_non_root=True,
            run_as_user=user,
            run_as_group=user,
            fs_group=user,
            seccomp_profile=SeccompProfile(type="RuntimeDefault"),
        ),
        image_pull_secrets=[
            LocalObjectReference(name=name) for name in settings.images.pull_secrets
        ]
        or None,
        artifact_repository_ref=ArtifactRepositoryRef(
            config_map=settings.artifact_repository.config_map,
            key=settings.artifact_repository.key,
        ),
        archive_logs=True,
        parallelism=settings.parallelism,
        active_deadline_seconds=int(pipeline.deadline or settings.workflow_deadline),
        pod_gc=PodGC(strategy="OnPodSuccess", delete_delay_duration=f"{settings.pod_gc_delay}s"),
        ttl_strategy=TTLStrategy(
            seconds_after_success=settings.seconds_after_success,
            seconds_after_failure=settings.seconds_after_failure,
        ),
    )
    manifest: Manifest = template.to_dict()
    return manifest


def _workflow(pipeline: Pipeline, settings: InstallSettings, request: WorkflowRequest) -> Workflow:
    """The job's own part of a Workflow."""
    owner = request.owner
    labels = {**request.labels, **object_labels(pipeline.name, settings)}
    return Workflow(
        name=request.name,
        generate_name=None if request.name else f"{pipeline.name}-",
        labels={**labels, JOB_UID_LABEL: request.job_uid},
        annotations={TITLE_ANNOTATION: without_tags(request.title)} if request.title else None,
        owner_references=[
            OwnerReference(
                api_version=owner.api_version,
                kind=owner.kind,
                name=owner.name,
                uid=owner.uid,
                controller=True,
                # True would need a right that people who resubmit do not have.
                block_owner_deletion=False,
            )
        ]
        if owner
        else None,
        priority=request.priority,
        suspend=request.suspend or None,
        active_deadline_seconds=request.deadline,
    )
