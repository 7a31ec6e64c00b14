"""Names, labels and annotations of everything that we write to the cluster for Argo."""

from typing import TYPE_CHECKING

from workflow_templates.catalog import Step

if TYPE_CHECKING:  # the names alone are wanted where no settings are read, and no YAML is there
    from workflow_templates.argo.settings import InstallSettings

__all__ = [
    "DESCRIPTION_ANNOTATION",
    "EGRESS_LABEL",
    "JOB_UID_LABEL",
    "JOB_UID_PARAMETER",
    "PIPELINE_LABEL",
    "QUEUE_PARAMETER",
    "TITLE_ANNOTATION",
    "object_labels",
    "pod_labels",
]

JOB_UID_LABEL = "multitrack.dev/job-uid"
"""On Workflows and pods: whose they are. `argo resubmit` copies it: two Workflows can share it."""

PIPELINE_LABEL = "multitrack.dev/pipeline"
"""On WorkflowTemplates and Workflows: which pipeline."""

EGRESS_LABEL = "multitrack.dev/egress"
"""On pods, for network policies: `storage` (DNS, S3, the API server) or `outside` (also services
beyond the cluster: those steps whose contract says so, and those that hold a credential)."""

JOB_UID_PARAMETER = "job-uid"
"""The Workflow parameter below whose value all of a job's keys lie."""

QUEUE_PARAMETER = "queue-name"
"""The Workflow parameter with Kueue's LocalQueue; there only where Kueue is configured."""

TITLE_ANNOTATION = "workflows.argoproj.io/title"
"""What Argo's UI shows instead of the object's name."""

DESCRIPTION_ANNOTATION = "workflows.argoproj.io/description"
"""What Argo's UI shows below the title; Markdown."""

_INSTANCE_ID_LABEL = "workflows.argoproj.io/controller-instanceid"


def object_labels(pipeline: str, settings: "InstallSettings") -> dict[str, str]:
    """Labels of a WorkflowTemplate or Workflow."""
    labels = {**_app_labels(settings), PIPELINE_LABEL: pipeline}
    if settings.instance_id is not None:
        labels[_INSTANCE_ID_LABEL] = settings.instance_id
    return labels


def pod_labels(step: Step, settings: "InstallSettings") -> dict[str, str]:
    """Labels of a step's pods."""
    holds_credential = any(name in settings.secrets for name in step.secrets)
    return {
        **_app_labels(settings),
        "app.kubernetes.io/component": step.name,
        JOB_UID_LABEL: f"{{{{workflow.parameters.{JOB_UID_PARAMETER}}}}}",
        EGRESS_LABEL: "outside" if step.talks_to_outside or holds_credential else "storage",
    }


def _app_labels(settings: "InstallSettings") -> dict[str, str]:
    return {
        "app.kubernetes.io/name": "multitrack",
        "app.kubernetes.io/instance": settings.instance,
        "app.kubernetes.io/part-of": "multitrack",
        "app.kubernetes.io/managed-by": "multitrack",
    }
