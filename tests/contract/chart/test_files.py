"""What the chart holds that needs no Helm: values, their schema, copies of what is elsewhere."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.contract.chart.rendered import CHART, GOLDEN, ROOT
from workflow_templates.catalog import Image


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "charts_generate", ROOT / "charts" / "generate.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_yaml(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


def schema() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((CHART / "values.schema.json").read_bytes())
    return content


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """As Helm merges values: maps by key, all else replaced."""
    whole = dict(base)
    for key, value in over.items():
        below = whole.get(key)
        both = isinstance(value, dict) and isinstance(below, dict)
        whole[key] = merged(below, value) if both and below is not None else value
    return whole


def complaints(over: dict[str, Any]) -> list[str]:
    """What the schema says about values, as `place: message`."""
    usable = merged(read_yaml(CHART / "values.yaml"), {"storage": {"bucket": "meetings"}})
    errors = Draft7Validator(schema()).iter_errors(merged(usable, over))
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]


@pytest.mark.parametrize("name", ["README.md", "files/recordingjobs.yaml"])
def test_generated_file_is_as_its_source_says(name: str) -> None:
    assert generator().files()[CHART / name] == (CHART / name).read_text(encoding="utf-8"), (
        "run `make generate`"
    )


def test_value_without_a_comment_is_refused() -> None:
    table = generator().values_table
    assert "| `a.b` | `1` | Two lines of it. |" in list(
        table("a:\n  # -- Two lines\n  # of it.\n  b: 1\n")
    )
    with pytest.raises(ValueError, match=r"a\.c has no comment"):
        list(table("a:\n  # -- Documented.\n  b: 1\n  c: 2\n"))


def test_schema_is_a_schema() -> None:
    Draft7Validator.check_schema(schema())


def test_schema_and_values_know_the_same_names() -> None:
    def compare(values: dict[str, Any], part: dict[str, Any], place: str) -> None:
        if part.get("additionalProperties") is not False or not values:
            return
        optional = {"global"} if not place else set()
        if place.endswith("overrides"):
            return
        assert values.keys() == part["properties"].keys() - optional, place
        for name, value in values.items():
            if isinstance(value, dict):
                compare(value, part["properties"][name], f"{place}.{name}")

    compare(read_yaml(CHART / "values.yaml"), schema(), "")


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.values.yaml")), ids=lambda file: file.name)
def test_values_of_every_variant_pass(file: Path) -> None:
    assert complaints(read_yaml(file)) == []


def test_every_image_can_be_overridden() -> None:
    known = schema()["properties"]["images"]["properties"]["overrides"]["properties"]
    assert known.keys() == {"operator", *(image.value for image in Image)}


REFUSED = {
    "no bucket": ({"storage": {"bucket": ""}}, "storage.bucket: 'the name of the S3 bucket"),
    "a bucket's URL": ({"storage": {"bucket": "s3://b"}}, "storage.bucket: 'the name of"),
    "no secret": ({"storage": {"secret": {"name": ""}}}, "storage.secret.name: 'the name of"),
    "an endpoint without a scheme": (
        {"storage": {"endpoint": "minio:9000"}},
        "storage.endpoint: 'the S3 service's URL with its scheme",
    ),
    "all namespaces": ({"jobNamespaces": ["*"]}, "jobNamespaces.0: 'the name of one namespace"),
    "Daily's API without a scheme": (
        {"daily": {"apiUrl": "api.daily.co/v1"}},
        "daily.apiUrl: 'the URL of Daily's REST API",
    ),
    "Daily's bucket as a URL": (
        {"daily": {"sourceBucket": {"name": "s3://b"}}},
        "daily.sourceBucket.name: 'the name of the bucket into which Daily records",
    ),
    "a role that is none": (
        {"daily": {"sourceBucket": {"assumeRoleArn": "reader"}}},
        "daily.sourceBucket.assumeRoleArn: 'the ARN of a role",
    ),
    "an unknown value": ({"storge": {}}, ": Additional properties are not allowed ('storge'"),
    "a misspelt value": ({"gpu": {"nodeselector": {}}}, "gpu: Additional properties are not"),
    "an unknown scope": ({"rbac": {"scope": "all"}}, "rbac.scope: 'all' is not one of"),
    "a text for a switch": ({"gpu": {"enabled": "yes"}}, "gpu.enabled: 'yes' is not of type"),
    "no GPU per pod": ({"gpu": {"count": 0}}, "gpu.count: 0 is less than the minimum of 1"),
    "an unknown image": ({"images": {"overrides": {"x": "y:1"}}}, "images.overrides: Additional"),
    "a taint's typing error": (
        {"gpu": {"tolerations": [{"efect": "NoSchedule"}]}},
        "gpu.tolerations.0: Additional properties",
    ),
}


@pytest.mark.parametrize(("over", "want"), REFUSED.values(), ids=REFUSED)
def test_schema_refuses(over: dict[str, Any], want: str) -> None:
    said = [line.replace('"', "'") for line in complaints(over)]  # repr decides between them
    assert any(line.startswith(want) for line in said), said
