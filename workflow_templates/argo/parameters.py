"""What a job can be told, as Argo's Workflow parameters."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hera.workflows import Parameter

from workflow_templates.argo.expressions import without_tags
from workflow_templates.argo.names import JOB_UID_PARAMETER, QUEUE_PARAMETER
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.pipelines import PIPELINES, Pipeline
from workflow_templates.runtime.errors import SettingsError

__all__ = ["WorkflowParameter", "job_arguments", "workflow_parameters"]


_NO_SECRET = "multitrack-no-secret"  # noqa: S105 - a name
"""Kubernetes wants a name, also of a Secret that need not be there."""


@dataclass(frozen=True, slots=True)
class WorkflowParameter:
    """One parameter of a pipeline's Workflows."""

    name: str
    default: str | None
    """The installation's, else the catalog's; None: required."""
    description: str
    choices: tuple[str, ...] = ()

    def render(self, argument: str | None = None) -> Parameter:
        """As Argo has it, described for its submit form; without a value if it has none."""
        value = self.default if argument is None else argument
        choices = list(self.choices) or None
        if value is None:
            return Parameter(name=self.name, description=self.description, enum=choices)
        return Parameter(name=self.name, description=self.description, enum=choices, value=value)


def workflow_parameters(
    pipeline: Pipeline, settings: InstallSettings
) -> dict[str, WorkflowParameter]:
    """Every parameter by name, with the installation's defaults.

    Raises:
        SettingsError: `parameters` names one that no pipeline has.
    """
    known = pipeline.job_parameters()
    anywhere = {name for each in (pipeline, *PIPELINES) for name in each.job_parameters()}
    _refuse_unknown(pipeline, settings.parameters, anywhere, "parameters.")
    conditions = {parameter.name for parameter in pipeline.conditions}
    own = [
        WorkflowParameter(
            JOB_UID_PARAMETER, "{{workflow.uid}}", "files lie below jobs/<job-uid>/ in the bucket"
        )
    ]
    if settings.gpu is not None and settings.gpu.queue_name is not None:
        own.append(
            WorkflowParameter(
                QUEUE_PARAMETER,
                settings.gpu.queue_name,
                "Kueue's LocalQueue for the pods that use a GPU",
            )
        )
    own += _secret_parameters(pipeline, settings)
    told = [
        WorkflowParameter(
            name,
            settings.parameters.get(name, parameter.default),
            parameter.help,
            ("true", "false") if name in conditions else (),
        )
        for name, parameter in known.items()
    ]
    return {parameter.name: parameter for parameter in (*own, *told)}


def _secret_parameters(pipeline: Pipeline, settings: InstallSettings) -> list[WorkflowParameter]:
    """Name and key of each Secret that a job may choose; the installation's unless it does."""
    found = []
    for secret in [each for task in pipeline.tasks for each in task.step.job_secrets]:
        default = settings.secrets.get(secret.variable)
        name = default.name if default else _NO_SECRET
        key = default.key if default else "secret"
        what = f"whose value is {secret.variable}"
        found += [
            WorkflowParameter(secret.name_parameter, name, f"the Secret {what}"),
            WorkflowParameter(secret.key_parameter, key, f"the key {what}"),
        ]
    return found


def job_arguments(
    pipeline: Pipeline, settings: InstallSettings, job_uid: str, arguments: Mapping[str, str]
) -> dict[str, str]:
    """A job's arguments, as Argo may have them.

    Raises:
        SettingsError: One is unknown, cannot be, or is missing.
    """
    known = workflow_parameters(pipeline, settings)
    _refuse_unknown(pipeline, arguments, known, "")
    given = {
        JOB_UID_PARAMETER: job_uid,
        **{name: without_tags(value) for name, value in arguments.items()},
    }
    for name, parameter in known.items():
        if name not in given and parameter.default is None:
            raise SettingsError(f"{name}: {pipeline.name} cannot start without it; give a value")
        if name in given and parameter.choices and given[name] not in parameter.choices:
            raise SettingsError(
                f"{name}={given[name]!r} is not known; use one of: {', '.join(parameter.choices)}"
            )
    return given


def _refuse_unknown(
    pipeline: Pipeline, given: Mapping[str, str], known: Collection[str], place: str
) -> None:
    if unknown := sorted(given.keys() - set(known)):
        raise SettingsError(
            f"{place}{unknown[0]}: {pipeline.name} has no such job parameter; "
            "`multitrack steps NAME` shows what a step can be told"
        )
