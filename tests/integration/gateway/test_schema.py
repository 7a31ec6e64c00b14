"""Every endpoint answers as the served OpenAPI says, whatever it is asked."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from multitrack.gateway.app import openapi
from tests.fakes.kubernetes import running_kubernetes
from tests.fakes.s3 import running_s3
from tests.integration.gateway.running import BUCKET, running_gateway
from tests.integration.gateway.world import OWNER, World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
AUTHORISED = {"Authorization": f"Bearer {OWNER}"}


@pytest.fixture(scope="module")
def meetings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Jobs and files; one of the operations deletes jobs, so each test finishes its own."""
    with (
        pytest.MonkeyPatch.context() as environment,
        running_s3() as s3,
        running_kubernetes(tmp_path_factory.mktemp("kubernetes")) as kubernetes,
    ):
        for name, value in {**s3.environment, **kubernetes.environment}.items():
            environment.setenv(name, value)
        s3.put(BUCKET, {})
        world = World(kubernetes, s3)
        world.people()
        yield world


@pytest.fixture(scope="module")
def api(meetings: World) -> Iterator[schemathesis.BaseSchema]:
    """A gateway; what it says of itself."""
    assert meetings.kubernetes.url
    with running_gateway() as url:
        yield schemathesis.openapi.from_url(f"{url}/openapi.json")


OPERATIONS = [(path, method) for path, methods in openapi()["paths"].items() for method in methods]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_endpoint_keeps_its_promise(
    api: schemathesis.BaseSchema, meetings: World, path: str, method: str
) -> None:
    meetings.finish()
    operation = api[path][method]

    @settings(max_examples=15, database=None)
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        # A name that was made up is of no job: half of the time ask for one that is there.
        name = case.path_parameters.get("name")
        if isinstance(name, str) and len(name) % 2:
            case.path_parameters["name"] = "standup"
        case.call_and_validate(headers=AUTHORISED, checks=CHECKS)

    ask()


def test_the_served_description_is_the_documented_one(api: schemathesis.BaseSchema) -> None:
    assert api.raw_schema == openapi()
