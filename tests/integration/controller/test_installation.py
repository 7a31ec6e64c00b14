"""What the installation lacks is said wherever somebody looks, and needs no restart."""

from collections.abc import Iterator

import pytest

from tests.fakes.s3 import FakeS3, running_s3
from tests.integration.controller.conftest import NAMESPACE, Operator, Start, World, eventually
from workflow_templates.argo.settings import InstallSettings

STORAGE = {"name": "storage", "key": "access-key-id"}
WITH_SECRET = {
    "default": InstallSettings.model_validate({"secrets": {"AWS_ACCESS_KEY_ID": STORAGE}}),
    "other": InstallSettings(),
}


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeS3]:
    """S3 with the bucket of all jobs."""
    with running_s3() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        server.put("recordings", {})
        yield server


def lacks(operator: Operator, kind: str) -> float:
    return operator.metric("multitrack_installation_problems", kind=kind)


@pytest.mark.usefixtures("s3")
async def test_missing_secret_is_said_by_the_jobs_that_need_it(world: World, start: Start) -> None:
    async with start(profiles=WITH_SECRET, checks_installation=True) as operator:
        await eventually(lambda: lacks(operator, "secret") == 1)
        world.apply("needs-it")
        world.apply("does-not", profile="other")
        condition = await world.explains("Succeeded", "InstallationIncomplete", "needs-it")
        assert condition["message"] == (
            f"Secret storage with the key access-key-id is missing in {NAMESPACE}; create it"
        )
        await world.explains("Succeeded", "Queued", "does-not")
        world.server.put(
            {
                "kind": "Secret",
                "metadata": {"name": "storage", "namespace": NAMESPACE},
                "data": {"access-key-id": "eA=="},
            }
        )
        await world.explains("Succeeded", "Queued", "needs-it")
        await eventually(lambda: lacks(operator, "secret") == 0)


async def test_missing_bucket_is_said_until_it_is_there(
    world: World, start: Start, s3: FakeS3
) -> None:
    storage = {"bucket": "not-yet"}
    async with start(checks_installation=True, storage=storage) as operator:
        await eventually(lambda: lacks(operator, "bucket") == 1)
        world.apply()
        condition = await world.explains("Succeeded", "InstallationIncomplete")
        assert "not-yet" in condition["message"]
        s3.put("not-yet", {})
        await world.explains("Succeeded", "Queued")
        await eventually(lambda: lacks(operator, "bucket") == 0)


@pytest.mark.usefixtures("s3")
async def test_job_begins_by_itself_when_argo_is_installed_later(
    world: World, start: Start
) -> None:
    definition = world.server.find("customresourcedefinitions", "workflowtemplates.argoproj.io")
    assert definition is not None
    world.server.remove("customresourcedefinitions", "workflowtemplates.argoproj.io")
    async with start(checks_installation=True) as operator:
        await eventually(lambda: lacks(operator, "definition") == 1)
        world.apply()
        condition = await world.explains("Succeeded", "InstallationIncomplete")
        assert condition["message"] == (
            "the cluster does not know workflowtemplates.argoproj.io; install Argo Workflows"
        )
        await world.explains("WorkflowCreated", "WorkflowRefused")
        world.server.put(definition)
        await world.explains("WorkflowCreated", "Created")
    assert len(world.workflows()) == 1


@pytest.mark.usefixtures("s3")
async def test_what_may_not_be_looked_at_is_no_fault_of_a_jobs(world: World, start: Start) -> None:
    world.server.refuse(status=403, verb="get", resource="secrets")
    async with start(profiles=WITH_SECRET, checks_installation=True) as operator:
        await eventually(lambda: lacks(operator, "unchecked") == 1)
        world.apply()
        await world.explains("Succeeded", "Queued")
    assert lacks(operator, "secret") == 0
