"""What an installation gets, whole: settings beside the YAML that is rendered from them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from workflow_templates.argo.settings import InstallSettings
from workflow_templates.argo.workflows import (
    Manifest,
    WorkflowRequest,
    render_template,
    render_workflow,
)
from workflow_templates.pipelines import PIPELINES, PROCESS_RECORDING, Pipeline

Golden = Callable[[Path, Manifest], None]


@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda pipeline: pipeline.name)
def test_template_is_as_reviewed(
    pipeline: Pipeline, variant: Path, settings: InstallSettings, golden: Golden
) -> None:
    name = "template" if pipeline is PROCESS_RECORDING else pipeline.name
    golden(variant / f"{name}.yaml", render_template(pipeline, settings))


def test_workflow_is_as_reviewed(
    variant: Path, settings: InstallSettings, job_request: WorkflowRequest, golden: Golden
) -> None:
    golden(variant / "workflow.yaml", render_workflow(PROCESS_RECORDING, settings, job_request))


def test_missing_golden_file_fails(tmp_path: Path, compare: Golden) -> None:
    with pytest.raises(pytest.fail.Exception, match="is missing"):
        compare(tmp_path / "new.yaml", {})


def test_changed_manifest_is_shown_as_a_difference(tmp_path: Path, compare: Golden) -> None:
    file = tmp_path / "old.yaml"
    file.write_text("spec: {parallelism: 3}\n", encoding="utf-8")
    with pytest.raises(pytest.fail.Exception) as failed:
        compare(file, {"spec": {"parallelism": 4}})
    assert "-  parallelism: 3\n+  parallelism: 4" in str(failed.value)
