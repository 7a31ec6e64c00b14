"""A job's Workflow, thin or whole, and the template's immutable name."""

from dataclasses import replace

import pytest

from workflow_templates.argo.settings import InstallSettings
from workflow_templates.argo.workflows import (
    WorkflowRequest,
    render_inline,
    render_template,
    render_workflow,
)
from workflow_templates.pipelines import PROCESS_RECORDING
from workflow_templates.runtime.errors import SettingsError

SETTINGS = InstallSettings()

ALLOWED_BESIDE_A_REFERENCE = {
    "workflowTemplateRef",
    "arguments",
    "priority",
    "suspend",
    "activeDeadlineSeconds",
}
"""Of what a controller with `templateReferencing: Strict` lets a Workflow set (Argo's docs)."""


def test_template_has_the_same_name_only_for_the_same_content() -> None:
    name = render_template(PROCESS_RECORDING, SETTINGS)["metadata"]["name"]
    again = render_template(PROCESS_RECORDING, InstallSettings())["metadata"]["name"]
    other = render_template(PROCESS_RECORDING, InstallSettings(parallelism=3))["metadata"]["name"]
    assert name == again != other
    assert name.startswith("process-recording-")
    assert len(name) == len("process-recording-") + 8


def test_thin_workflow_sets_only_what_a_strict_controller_allows(
    job_request: WorkflowRequest, settings: InstallSettings
) -> None:
    workflow = render_workflow(PROCESS_RECORDING, settings, job_request)
    assert workflow["spec"].keys() <= ALLOWED_BESIDE_A_REFERENCE
    template = render_template(PROCESS_RECORDING, settings)
    assert workflow["spec"]["workflowTemplateRef"] == {"name": template["metadata"]["name"]}


def test_inline_workflow_is_the_template_with_the_jobs_arguments(
    job_request: WorkflowRequest, settings: InstallSettings
) -> None:
    template = render_template(PROCESS_RECORDING, settings)["spec"]
    workflow = render_inline(PROCESS_RECORDING, settings, job_request)
    spec = workflow["spec"]
    for key in template.keys() - {"arguments", "activeDeadlineSeconds"}:
        assert spec[key] == template[key]
    assert spec["activeDeadlineSeconds"] == job_request.deadline
    values = {one["name"]: one.get("value") for one in spec["arguments"]["parameters"]}
    assert values["source"] == job_request.arguments["source"]
    assert values["job-uid"] == job_request.job_uid
    assert None not in values.values()
    thin = render_workflow(PROCESS_RECORDING, settings, job_request)
    assert workflow["metadata"] == thin["metadata"]


def test_inline_workflow_without_a_job_is_for_a_person_to_submit() -> None:
    workflow = render_inline(PROCESS_RECORDING, SETTINGS)
    assert workflow["kind"] == "Workflow"
    assert workflow["metadata"]["generateName"] == "process-recording-"
    assert "name" not in workflow["metadata"]
    assert workflow["spec"] == render_template(PROCESS_RECORDING, SETTINGS)["spec"]


def test_owner_never_blocks_a_deletion(job_request: WorkflowRequest) -> None:
    [owner] = render_workflow(PROCESS_RECORDING, SETTINGS, job_request)["metadata"][
        "ownerReferences"
    ]
    assert owner["blockOwnerDeletion"] is False
    assert owner["uid"] == job_request.job_uid


def test_labels_of_the_caller_cannot_replace_ours(job_request: WorkflowRequest) -> None:
    asked = replace(job_request, labels={"multitrack.dev/job-uid": "another"})
    labels = render_workflow(PROCESS_RECORDING, SETTINGS, asked)["metadata"]["labels"]
    assert labels["multitrack.dev/job-uid"] == job_request.job_uid


def test_job_can_name_its_queue_only_where_there_is_kueue(job_request: WorkflowRequest) -> None:
    asked = replace(job_request, arguments={**job_request.arguments, "queue-name": "urgent"})
    queued = InstallSettings.model_validate({"gpu": {"queueName": "gpu"}})
    workflow = render_workflow(PROCESS_RECORDING, queued, asked)
    assert {"name": "queue-name", "value": "urgent"} in workflow["spec"]["arguments"]["parameters"]
    with pytest.raises(SettingsError, match="queue-name: process-recording has no such"):
        render_workflow(PROCESS_RECORDING, SETTINGS, asked)


REFUSED = {
    "a missing source": ({}, "source: process-recording cannot start without it"),
    "an unknown parameter": (
        {"source": "[]", "modell": "base"},
        "modell: process-recording has no such job parameter",
    ),
    "a condition that is neither": (
        {"source": "[]", "mixdown": "no"},
        "mixdown='no' is not known; use one of: true, false",
    ),
}


@pytest.mark.parametrize(("arguments", "want"), REFUSED.values(), ids=REFUSED)
def test_arguments_that_cannot_be_are_refused(arguments: dict[str, str], want: str) -> None:
    with pytest.raises(SettingsError) as refused:
        render_workflow(PROCESS_RECORDING, SETTINGS, WorkflowRequest("uid", arguments))
    assert want in str(refused.value)
