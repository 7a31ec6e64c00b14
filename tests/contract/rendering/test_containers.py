"""Every pod of every installation: what Hera would leave out or fill in without a word."""

from typing import Any

import pytest

from workflow_templates.argo.settings import InstallSettings
from workflow_templates.argo.workflows import render_template
from workflow_templates.catalog import step_named
from workflow_templates.pipelines import PIPELINES, PROCESS_RECORDING, Pipeline

Template = dict[str, Any]


@pytest.fixture(params=PIPELINES, ids=lambda pipeline: pipeline.name)
def pipeline(request: pytest.FixtureRequest) -> Pipeline:
    assert isinstance(request.param, Pipeline)
    return request.param


@pytest.fixture
def spec(pipeline: Pipeline, settings: InstallSettings) -> Template:
    rendered: Template = render_template(pipeline, settings)["spec"]
    return rendered


@pytest.fixture
def pods(spec: Template) -> dict[str, Template]:
    return {template["name"]: template for template in spec["templates"] if "container" in template}


def test_every_step_has_a_pod_and_nothing_else_has(
    pods: dict[str, Template], pipeline: Pipeline
) -> None:
    assert list(pods) == [task.name for task in pipeline.tasks]


def test_every_container_is_our_image_started_by_name(
    pods: dict[str, Template], settings: InstallSettings
) -> None:
    for name, template in pods.items():
        container = template["container"]
        assert container["image"] == settings.images.reference(step_named(name).image)
        assert container["imagePullPolicy"] == "IfNotPresent"
        assert container["command"] == ["multitrack-step"]
        assert container["args"][0] == name


def test_every_container_meets_the_restricted_policy(
    pods: dict[str, Template], spec: Template
) -> None:
    for template in pods.values():
        context = template["container"]["securityContext"]
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] == spec["securityContext"]["runAsUser"] > 0
        assert context["allowPrivilegeEscalation"] is False
        assert context["privileged"] is False
        assert context["readOnlyRootFilesystem"] is True
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"sidecars", "initContainers"} & template.keys()
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}


def test_only_work_and_tmp_can_be_written(pods: dict[str, Template]) -> None:
    for template in pods.values():
        empty = {volume["name"] for volume in template["volumes"] if "emptyDir" in volume}
        writable = {
            mount["mountPath"]: mount["name"]
            for mount in template["container"]["volumeMounts"]
            if not mount.get("readOnly")
        }
        assert set(writable) == {"/workspace", "/tmp"}  # noqa: S108 - an emptyDir
        assert set(writable.values()) == empty


def test_no_step_gets_a_service_account_token(spec: Template) -> None:
    assert spec["automountServiceAccountToken"] is False
    assert spec["executor"]["serviceAccountName"] != spec["serviceAccountName"]


def test_secrets_reach_only_the_steps_that_name_them(
    pods: dict[str, Template], settings: InstallSettings
) -> None:
    for name, template in pods.items():
        secret = {
            variable["name"] for variable in template["container"]["env"] if "valueFrom" in variable
        }
        step = step_named(name)
        of_the_job = {each.variable for each in step.job_secrets}
        assert secret == set(step.secrets) & settings.secrets.keys() | of_the_job


def test_media_is_decoded_without_anything_from_the_installations_environment(
    pods: dict[str, Template],
) -> None:
    for name, template in pods.items():
        if step_named(name).decodes_media:
            told = [variable["name"] for variable in template["container"]["env"]]
            assert told == ["HOME", "MULTITRACK_LOG_FORMAT"]
            assert "envFrom" not in template["container"]
            assert template["metadata"]["labels"]["multitrack.dev/egress"] == "storage"


def test_gpu_is_asked_for_by_gpu_steps_alone_and_only_where_there_is_one(
    pods: dict[str, Template], settings: InstallSettings
) -> None:
    for name, template in pods.items():
        limits = template["container"]["resources"]["limits"]
        gpus = {resource: count for resource, count in limits.items() if "/" in resource}
        wanted = settings.gpu if step_named(name).resources.gpu else None
        assert gpus == ({wanted.resource_name: str(wanted.count)} if wanted else {})
        queued = "kueue.x-k8s.io/queue-name" in template["metadata"]["labels"]
        assert queued == bool(wanted and wanted.queue_name)


def test_every_step_is_retried_by_exit_class_and_never_for_a_total_time(
    pods: dict[str, Template],
) -> None:
    for name, template in pods.items():
        retry = template["retryStrategy"]
        assert retry["retryPolicy"] == "Always"
        assert retry["limit"] == step_named(name).retry.tries - 1
        assert "maxDuration" not in retry["backoff"]
        assert template["container"]["args"][-2:] == ["--attempts", str(retry["limit"] + 1)]


def test_only_steps_are_retried(spec: Template) -> None:
    assert "retryStrategy" not in spec
    assert "templateDefaults" not in spec
    for template in spec["templates"]:
        assert ("retryStrategy" in template) == ("container" in template)


def test_all_locks_of_a_workflow_are_of_one_kind(settings: InstallSettings) -> None:
    templates = render_template(PROCESS_RECORDING, settings)["spec"]["templates"]
    locks = {one["name"]: one["synchronization"] for one in templates if "synchronization" in one}
    assert len({kind for lock in locks.values() for kind in lock}) == 1
    assert locks["mixdown-tracks"]


def test_files_lie_in_the_pod_under_the_keys_of_the_bucket(pods: dict[str, Template]) -> None:
    for name, template in pods.items():
        step = step_named(name)
        for direction, declared in (("inputs", step.inputs), ("outputs", step.outputs)):
            artifacts = template.get(direction, {}).get("artifacts", [])
            assert [artifact["name"] for artifact in artifacts] == [one.name for one in declared]
            for artifact, one in zip(artifacts, declared, strict=True):
                key = one.key.rstrip("/").replace("{index}", "{{inputs.parameters.index}}")
                assert artifact["path"] == f"/workspace/{direction}/{key}"
                assert artifact["s3"] == {"key": f"jobs/{{{{workflow.parameters.job-uid}}}}/{key}"}
                assert artifact["archive"] == {"none": {}}
