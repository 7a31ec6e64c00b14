"""What an installation gets from the chart, whole and in what matters most."""

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from multitrack.api.crd import custom_resource_definition
from multitrack.controller.delivery_settings import DeliverySettings
from multitrack.controller.settings import OperatorSettings
from multitrack.gateway.settings import GatewaySettings
from tests.contract.chart.rendered import CHART, GOLDEN, Helm, Render, Rendered
from workflow_templates.argo.names import EGRESS_LABEL
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.argo.workflows import render_template
from workflow_templates.pipelines import PROCESS_RECORDING

pytestmark = pytest.mark.e2e

DEFAULT = GOLDEN / "default.values.yaml"
EVERYTHING = DEFAULT.with_name("everything.values.yaml")
CPU = DEFAULT.with_name("cpu-profile.values.yaml")
CLUSTER = DEFAULT.with_name("cluster-scope.values.yaml")


def as_text(objects: list[dict[str, Any]]) -> str:
    """In an order of our own; without the definition, which has its own test."""
    kept = sorted(
        (one for one in objects if one["kind"] != "CustomResourceDefinition"),
        key=lambda one: (
            one["kind"],
            one["metadata"].get("namespace", ""),
            one["metadata"]["name"],
        ),
    )
    return yaml.safe_dump_all(kept, sort_keys=False, allow_unicode=True, width=100)


def test_objects_are_as_reviewed(values: Path, render: Render, *, regenerate: bool) -> None:
    golden = values.with_name(values.name.replace(".values", ""))
    rendered = as_text(render(values).objects)
    if regenerate:
        golden.write_text(rendered, encoding="utf-8")
    if not golden.exists():
        pytest.fail(f"{golden} is missing; run with --regenerate and review it", pytrace=False)
    expected = golden.read_text(encoding="utf-8")
    if rendered != expected:
        lines = difflib.unified_diff(
            expected.splitlines(), rendered.splitlines(), golden.name, "rendered now", lineterm=""
        )
        pytest.fail(
            "\n".join([*lines, "if that is meant, run with --regenerate and review the change"]),
            pytrace=False,
        )


def test_linter_finds_nothing(values: Path, helm: Helm) -> None:
    linted = helm("lint", "--strict", str(CHART), "--values", str(values))
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_operator_can_read_its_settings(
    values: Path, render: Render, read_settings: Callable[[dict[str, Any]], InstallSettings]
) -> None:
    workflows = render(values).settings["workflows.yaml"]
    profiles = workflows.pop("profiles", {})
    for profile in ({}, *profiles.values()):
        settings = read_settings({**workflows, **profile})
        assert render_template(PROCESS_RECORDING, settings)["kind"] == "WorkflowTemplate"


def test_settings_name_the_objects_that_the_chart_makes(
    values: Path, render: Render, read_settings: Callable[[dict[str, Any]], InstallSettings]
) -> None:
    rendered = render(values)
    workflows = rendered.settings["workflows.yaml"]
    workflows.pop("profiles", None)
    settings = read_settings(workflows)
    for namespace in rendered.settings["operator.yaml"]["jobNamespaces"]:
        repository = rendered.named("ConfigMap", settings.artifact_repository.config_map, namespace)
        assert settings.artifact_repository.key in repository["data"]
        rendered.named("ServiceAccount", settings.service_accounts.pod, namespace)
        executor = settings.service_accounts.executor
        token = rendered.named("Secret", f"{executor}.service-account-token", namespace)
        assert token["metadata"]["annotations"]["kubernetes.io/service-account.name"] == executor
        if settings.semaphores:
            locks = rendered.named("ConfigMap", settings.semaphores.config_map, namespace)
            assert locks["data"].keys() == set(settings.semaphores.keys.values())
            assert locks["data"][settings.semaphores.keys["mixdown"]] == "1"


def test_definition_is_the_generated_one_and_is_kept(render: Render) -> None:
    (definition,) = render(DEFAULT).of_kind("CustomResourceDefinition")
    metadata = definition.pop("metadata")
    expected = custom_resource_definition()
    assert metadata["name"] == expected.pop("metadata")["name"]
    assert metadata["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert definition == expected


def test_default_makes_nothing_that_is_off(render: Render) -> None:
    made = {one["kind"] for one in render(DEFAULT).objects}
    assert not made & {"ServiceMonitor", "PrometheusRule", "Ingress", "HTTPRoute"}
    assert [one["metadata"]["name"] for one in render(DEFAULT).of_kind("PodDisruptionBudget")] == [
        "multitrack-gateway"
    ]
    off = ("crds.install=false", "networkPolicy.enabled=false", "rbac.create=false")
    fewer = render(DEFAULT, settings=(*off, "rbac.aggregate=false", "serviceAccount.create=false"))
    left = {one["kind"] for one in fewer.objects}
    assert not left & {"CustomResourceDefinition", "NetworkPolicy", "ClusterRole"}
    assert [one["metadata"]["name"] for one in fewer.of_kind("Role")] == ["multitrack-executor"]


def test_cpu_profile_asks_for_no_gpu(render: Render) -> None:
    assert render(CPU).settings["workflows.yaml"]["gpu"] is None
    assert "nvidia" not in str(render(CPU).settings)


def granted(rendered: Rendered, *kinds: str) -> list[dict[str, Any]]:
    """The rules of the operator's own roles."""
    return [
        rule
        for kind in kinds
        for role in rendered.of_kind(kind)
        if role["metadata"]["name"].endswith("-operator")
        for rule in role["rules"]
    ]


def test_no_role_has_a_wildcard_or_reads_objects_without_naming_them(
    values: Path, render: Render
) -> None:
    rules = granted(render(values), "Role", "ClusterRole")
    assert rules
    for rule in rules:
        assert "*" not in str(rule)
        if {"secrets", "configmaps", "customresourcedefinitions"} & set(rule["resources"]):
            assert rule["verbs"] == ["get"]
            assert all(rule["resourceNames"])


def test_namespaced_operator_has_rights_in_job_namespaces_alone(render: Render) -> None:
    rendered = render(DEFAULT, settings=("jobNamespaces={team-a,team-b}",))
    roles = [one for one in rendered.of_kind("Role") if "operator" in one["metadata"]["name"]]
    assert {role["metadata"]["namespace"] for role in roles} == {"team-a", "team-b"}
    (startup,) = granted(rendered, "ClusterRole")
    assert startup["resources"] == ["customresourcedefinitions"]


def test_cluster_scope_still_reads_secrets_by_namespace(render: Render) -> None:
    rendered = render(CLUSTER)
    everywhere = {name for rule in granted(rendered, "ClusterRole") for name in rule["resources"]}
    assert "workflows" in everywhere
    assert not everywhere & {"secrets", "configmaps"}
    here = {name for rule in granted(rendered, "Role") for name in rule["resources"]}
    assert here == {"secrets", "configmaps"}


def test_every_pod_obeys_restricted_pod_security(values: Path, render: Render) -> None:
    rendered = render(values)
    pods = [one["spec"]["template"]["spec"] for one in rendered.of_kind("Deployment")]
    pods += [one["spec"] for one in rendered.of_kind("Pod")]
    assert len(pods) == 3
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert context["readOnlyRootFilesystem"] is True


def test_changed_setting_replaces_the_operator(render: Render) -> None:
    def checksum(*settings: str) -> str:
        deployment = render(DEFAULT, settings=settings).named("Deployment", "multitrack")
        annotations = deployment["spec"]["template"]["metadata"]["annotations"]
        return str(annotations["checksum/settings"])

    assert checksum() == checksum()
    assert checksum() != checksum("llm.concurrency=4", "operator.wakeAfter=61")


@pytest.mark.parametrize(
    ("name", "component"), [("meetings", "operator"), ("meetings-gateway", "gateway")]
)
def test_a_service_selects_its_own_pods_and_no_step(
    render: Render, name: str, component: str
) -> None:
    rendered = render(EVERYTHING)
    service = rendered.named("Service", name)
    labels = rendered.named("Deployment", name)["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= labels.items()
    assert service["spec"]["selector"]["app.kubernetes.io/component"] == component
    (monitor,) = rendered.of_kind("ServiceMonitor")
    selector = monitor["spec"]["selector"]
    assert selector["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert component in selector["matchExpressions"][0]["values"]


def test_without_a_gateway_nothing_of_it_is_made(render: Render) -> None:
    rendered = render(DEFAULT, settings=("gateway.enabled=false",))
    assert not [one for one in rendered.objects if "gateway" in one["metadata"]["name"]]
    assert "gateway.yaml" not in rendered.settings


def test_the_gateway_reads_its_settings_and_has_the_least_rights(render: Render) -> None:
    rendered = render(EVERYTHING)
    settings = GatewaySettings.model_validate(rendered.settings["gateway.yaml"])
    assert settings.webhook.legacy_url == "https://legacy.example/v1/daily/webhook"
    assert settings.daily_jobs.namespace == "meetings-gpu"
    default = render(DEFAULT)
    roles = [default.named("Role", "multitrack-gateway")]
    roles.append(default.named("ClusterRole", "multitrack-gateway"))
    granted_resources = {
        name for role in roles for rule in role["rules"] for name in rule["resources"]
    }
    assert granted_resources == {"recordingjobs", "tokenreviews", "subjectaccessreviews"}


def test_the_operator_reads_whom_the_installation_tells(render: Render) -> None:
    settings = OperatorSettings.model_validate(
        render(EVERYTHING).settings["operator.yaml"], extra="forbid"
    )
    assert settings.delivery.webhook.signed
    assert settings.delivery.zulip.topic == "{room} ({namespace})"
    assert settings.daily.jobs.delivery.webhook.url == "https://crm.example/hook"
    default = OperatorSettings.model_validate(render(DEFAULT).settings["operator.yaml"])
    assert default.delivery == DeliverySettings()


def test_secrets_reach_the_gateway_by_reference(render: Render) -> None:
    (container,) = render(EVERYTHING).named("Deployment", "meetings-gateway")["spec"]["template"][
        "spec"
    ]["containers"]
    by_name = {each["name"]: each for each in container["env"]}
    assert by_name["MULTITRACK_DAILY_WEBHOOK_SECRET"]["valueFrom"]["secretKeyRef"] == {
        "name": "daily",
        "key": "hmac",
    }
    assert by_name["MULTITRACK_GATEWAY_TOKEN"]["valueFrom"]["secretKeyRef"]["name"] == "gateway"
    assert by_name["DURABLE_WORKFLOW_SHADOW_MODE"]["value"] == "true"


def policy(rendered: Rendered, egress: str) -> dict[str, Any]:
    found = (
        one["spec"]
        for one in rendered.of_kind("NetworkPolicy")
        if one["spec"]["podSelector"]["matchLabels"].get(EGRESS_LABEL) == egress
    )
    return next(found)


def test_media_pods_reach_dns_storage_and_the_api_server_alone(render: Render) -> None:
    spec = policy(render(CPU), "storage")
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert spec["ingress"] == []
    assert [[port["port"] for port in rule["ports"]] for rule in spec["egress"]] == [
        [53, 53],
        [6443],
        [9000],
    ]
    assert spec["egress"][1]["to"] == [{"ipBlock": {"cidr": "10.0.0.10/32"}}]
    assert "namespaceSelector" in spec["egress"][2]["to"][0]


PORTS = {
    "Amazon's": ("", 443),
    "a port": ("http://minio:9000", 9000),
    "plain HTTP": ("http://s3.example", 80),
    "TLS, with a slash": ("https://s3.example/", 443),
    "an IPv6 address": ("http://[2001:db8::1]:9000", 9000),
}


@pytest.mark.parametrize(("endpoint", "want"), PORTS.values(), ids=PORTS)
def test_storage_port_is_the_endpoints(endpoint: str, want: int, render: Render) -> None:
    rendered = render(DEFAULT, settings=(f"storage.endpoint={endpoint}",))
    assert policy(rendered, "storage")["egress"][2] == {
        "ports": [{"port": want, "protocol": "TCP"}]
    }


def test_outside_pods_reach_everything_unless_told(render: Render) -> None:
    assert policy(render(DEFAULT), "outside")["egress"][-1] == {}
    assert {} not in policy(render(EVERYTHING), "outside")["egress"]
    assert {} not in policy(render(DEFAULT), "storage")["egress"]


def test_artifact_repository_takes_the_endpoint_apart(render: Render) -> None:
    def s3(*settings: str) -> dict[str, Any]:
        config = render(DEFAULT, settings=settings).named("ConfigMap", "artifact-repositories")
        described: dict[str, Any] = yaml.safe_load(config["data"]["multitrack"])["s3"]
        return described

    assert s3().items() >= {"endpoint": "s3.amazonaws.com", "insecure": False}.items()
    inside = s3("storage.endpoint=http://minio.storage:9000/")
    assert inside.items() >= {"endpoint": "minio.storage:9000", "insecure": True}.items()
    assert inside["keyFormat"].startswith("jobs/{{workflow.parameters.job-uid}}/")


REFUSED = {
    "no bucket": (("storage.bucket=",), "the name of the S3 bucket that holds the jobs"),
    "the tag latest": (("images.tag=latest",), "images.tag: `latest` says nothing"),
    "an endpoint without a model": (("llm.baseUrl=http://x/v1",), "llm.model is empty"),
    "a model without an endpoint": (("llm.model=x",), "llm.baseUrl is empty"),
    "a profile called default": (("profiles.default.parallelism=1",), "choose another"),
    "a lock without a figure": (("workflows.semaphores.keys.gpu=gpu",), "gpu.concurrency is empty"),
    "a legacy provider without its address": (
        ("daily.webhook.provider=none",),
        "daily.webhook.legacyUrl is empty",
    ),
    "the engine of yesterday": (("daily.webhook.provider=hatchet",), "hatchet is argo now"),
    "a token that is nowhere": (("gateway.authentication=token",), "tokenSecret.name is empty"),
    "a realm without a bot": (
        ("delivery.zulip.url=https://z.example",),
        "delivery.zulip: a realm needs botEmail and apiKeySecret.name",
    ),
    "a stream without a realm": (("delivery.zulip.stream=x",), "delivery.zulip.url is empty"),
    "progress without a realm": (("delivery.zulip.progress=true",), "delivery.zulip.url is empty"),
    "a receiver without TLS": (
        ("delivery.webhook.url=http://receiver.example/x",),
        "https:// URL without user",
    ),
    "a link with an unknown place": (
        ("delivery.link=https://m.example/{job\\}",),
        "only {name} and {namespace} have values",
    ),
    "all namespaces": (("jobNamespaces={*}",), "the name of one namespace"),
}


@pytest.mark.parametrize(("settings", "want"), REFUSED.values(), ids=REFUSED)
def test_install_is_refused_with_a_sentence(
    settings: tuple[str, ...], want: str, helm: Helm
) -> None:
    arguments = [part for setting in settings for part in ("--set", setting)]
    refused = helm("template", "x", str(CHART), "--values", str(DEFAULT), *arguments)
    assert refused.returncode != 0
    assert want in refused.stderr


def test_notes_name_what_was_installed(values: Path, helm: Helm) -> None:
    printed = helm(
        *("install", "multitrack", str(CHART), "--namespace", "meetings"),
        *("--dry-run=client", "--values", str(values)),
    )
    assert printed.returncode == 0, printed.stderr
    _, _, notes = printed.stdout.partition("NOTES:\n")
    assert "helm test multitrack --namespace meetings" in notes
    job = yaml.safe_load(notes.split("<<'EOF'\n")[1].split("     EOF")[0])
    assert job["kind"] == "RecordingJob"
    assert job["spec"] == {"source": {"s3": {"prefix": "meetings/first/"}}}
