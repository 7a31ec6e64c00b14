"""The API server is away, slow or interrupted, and the operator is killed: nothing doubles."""

from datetime import timedelta

import pytest

from tests.integration.controller.conftest import NAMESPACE, Start, World, eventually

REQUESTS = 13
"""Requests from start to end of a good job: listing, watching, holding, making, telling."""


async def test_workflow_is_made_once_the_server_is_back(world: World, start: Start) -> None:
    world.server.refuse(2, verb="create", resource="workflows")
    async with start() as operator:
        world.apply()
        await world.has_workflow()
        await world.comes_to("Pending")
    assert world.server.count("create", "workflows") == 3
    assert len(world.workflows()) == 1
    assert operator.metric("multitrack_reconcile_errors_total") == 2


async def test_operator_waits_for_a_server_that_is_away(world: World, start: Start) -> None:
    world.server.refuse(4)
    world.apply()
    async with start(is_ready=False):
        await world.comes_to("Pending")
    assert len(world.workflows()) == 1


async def test_lost_answer_makes_no_second_workflow(world: World, start: Start) -> None:
    world.server.lose_answers(1, verb="create", resource="workflows")
    async with start():
        world.apply()
        await world.explains("WorkflowCreated", "Created")
    assert len(world.workflows()) == 1


async def test_workflow_of_the_name_that_is_not_ours_is_left_alone(
    world: World, start: Start
) -> None:
    world.server.refuse(1, verb="create", resource="workflows")
    async with start():
        world.apply()
        await world.server.until(lambda: world.server.count("create", "workflows"))
        (asked,) = [
            each
            for each in world.server.requests
            if (each.verb, each.resource) == ("create", "workflows")
        ]
        name = asked.body["metadata"]["name"]
        foreign = {"name": name, "namespace": NAMESPACE, "labels": {"multitrack.dev/job-uid": "x"}}
        world.server.put({"kind": "Workflow", "metadata": foreign, "spec": {}})
        condition = await world.explains("WorkflowCreated", "NameTaken")
    assert condition["message"] == f"Workflow {name} is not this job's; delete it"
    assert world.server.count("delete", "workflows") == 0


async def test_refused_workflow_becomes_a_condition_with_the_servers_sentence(
    world: World, start: Start
) -> None:
    world.server.refuse(status=403, verb="create", resource="workflows")
    async with start():
        world.apply()
        condition = await world.explains("WorkflowCreated", "WorkflowRefused")
    assert "unable to handle this" in condition["message"]
    assert world.status()["phase"] == "Pending"


async def test_template_that_argo_does_not_know_yet_is_no_end(world: World, start: Start) -> None:
    async with start() as operator:
        world.apply()
        first = await world.has_workflow()
        template = world.workflow(first)["spec"]["workflowTemplateRef"]["name"]
        world.server.remove("workflowtemplates", template, NAMESPACE)
        missing = f'workflowtemplates.argoproj.io "{template}" not found'
        world.argo.finish(first, "Error", missing)
        operator.clock.ahead += timedelta(seconds=3)
        await world.server.until(lambda: len(world.workflows()) == 2)
        assert world.server.find("workflowtemplates", template, NAMESPACE)
        (second,) = set(world.workflows()) - {first}
        world.argo.succeed(second)
        await world.comes_to("Succeeded")
    assert world.status()["workflowRef"]["name"] == second == f"{first}-2"
    assert world.status()["attempt"] == 1


async def test_end_that_nobody_watched_is_seen(world: World, start: Start) -> None:
    async with start():
        world.apply()
        workflow = await world.has_workflow()
        await world.comes_to("Pending")
        world.server.refuse(2, verb="watch")
        world.server.drop_watches(forget_history=True)
        world.argo.succeed(workflow)
        await world.comes_to("Succeeded")


async def test_deletion_that_nobody_watched_ends_the_job(world: World, start: Start) -> None:
    world.apply()
    async with start():
        workflow = await world.has_workflow()
        await world.comes_to("Pending")
    world.server.remove("workflows", workflow, NAMESPACE)
    async with start():
        await world.comes_to("Failed")
    assert world.reason("Succeeded") == "WorkflowDeleted"


async def test_status_that_somebody_else_changed_meanwhile_is_decided_anew(
    world: World, start: Start
) -> None:
    async with start():
        world.server.refuse(1, 409, verb="patch", resource="recordingjobs")
        world.apply(consent={"policy": "Keep"})
        await world.comes_to("Pending")
    assert world.server.count("patch", "recordingjobs") == 2


async def test_event_that_cannot_be_posted_holds_nothing_up(world: World, start: Start) -> None:
    world.server.refuse(resource="events")
    async with start() as operator:
        world.apply()
        workflow = await world.has_workflow()
        world.argo.succeed(workflow)
        await world.comes_to("Succeeded")
        failed = "multitrack_api_errors_total"
        await eventually(lambda: operator.metric(failed, verb="event") > 1)
    assert operator.metric("multitrack_reconcile_errors_total") == 0


@pytest.mark.parametrize("is_done", [False, True], ids=["before it is done", "before the answer"])
@pytest.mark.parametrize("request_number", range(REQUESTS))
async def test_operator_killed_at_any_request_leaves_nothing_doubled(
    world: World, start: Start, request_number: int, *, is_done: bool
) -> None:
    world.apply()
    is_held = world.server.hold(after=request_number, is_done=is_done)
    async with start(is_ready=False):
        queued = ("Normal", "Queued")
        await world.server.until(lambda: queued in world.events() or is_held())
        if world.workflows():
            world.argo.succeed(world.workflows()[0])
        await world.server.until(is_held)
    async with start():
        world.argo.succeed(await world.has_workflow())
        await world.comes_to("Succeeded")
    assert len(world.workflows()) == 1
    assert len(world.server.all("workflowtemplates")) == 1
    assert len(world.events()) == len(set(world.events()))
