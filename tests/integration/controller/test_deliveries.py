"""Deliveries against an API server that refuses, forgets and is killed beside: each starts once."""

from typing import Any

import pytest

from tests.integration.controller.conftest import NAMESPACE, Start, World

HOOK = {"webhook": {"url": "https://receiver.example/hook"}}
NOBODY: dict[str, Any] = {"webhook": {"enabled": False}}


def deliveries(world: World) -> list[str]:
    """Names of the Workflows that deliver."""
    return [name for name in world.workflows() if "-deliver-results-" in name]


async def published(world: World, **spec: Any) -> str:
    """A job that is done; the name of its first delivery's Workflow."""
    world.apply(**{"delivery": HOOK, **spec})
    world.argo.succeed(await world.has_workflow())
    await world.server.until(lambda: deliveries(world))
    return deliveries(world)[0]


async def test_results_are_delivered_once_and_the_status_says_so(
    world: World, start: Start
) -> None:
    async with start(delivery={"link": "https://m.example/#/{namespace}/{name}"}) as operator:
        delivery = await published(world)
        await world.explains("Delivered", "Delivering")
        world.argo.run(delivery, "send-webhook", "Succeeded")
        world.argo.finish(delivery)
        condition = await world.explains("Delivered", "Delivered")
        await world.server.until(lambda: ("Normal", "Delivered") in world.events())
    assert operator.metric("multitrack_deliveries_finished_total", reason="Delivered") == 1
    job = world.server.find("recordingjobs", "standup", NAMESPACE)
    assert job is not None
    uid = job["metadata"]["uid"]
    assert deliveries(world) == [delivery] == [f"standup-{uid[:8]}-deliver-results-1"]
    workflow = world.workflow(delivery)
    assert workflow["metadata"]["ownerReferences"][0]["uid"] == uid
    told = {each["name"]: each["value"] for each in workflow["spec"]["arguments"]["parameters"]}
    assert (told["webhook"], told["zulip"]) == ("true", "false")
    assert told["delivery-id"] == f"{uid}/1"
    assert told["link"] == "https://m.example/#/meetings/standup"
    assert told["webhook-signed"] == "false"
    assert condition["message"] == "webhook: delivered"
    (target,) = world.status()["delivery"]["targets"]
    assert (target["name"], target["phase"], target["tries"]) == ("webhook", "Delivered", 1)
    assert target["deliveredAt"]


async def test_a_receiver_that_refuses_changes_nothing_but_the_condition(
    world: World, start: Start
) -> None:
    async with start():
        delivery = await published(world)
        world.argo.run(
            delivery,
            "send-webhook",
            "Failed",
            exit_code=3,
            message="Error (exit code 3): https://receiver.example: refused the webhook with 410",
            report={"failure_reason": "Refused"},
        )
        world.argo.finish(delivery, "Failed")
        condition = await world.explains("Delivered", "Refused")
        await world.server.until(lambda: ("Warning", "Refused") in world.events())
    assert "refused the webhook with 410" in condition["message"]
    assert world.status()["phase"] == "Succeeded"
    assert world.reason("TranscriptReady") == "Published"


async def test_an_operator_killed_before_it_wrote_down_the_delivery_makes_no_second_one(
    world: World, start: Start
) -> None:
    async with start():
        world.apply(delivery=HOOK)
        first = await world.has_workflow()
        world.argo.start(first)
        await world.comes_to("Pending")
        world.server.refuse(verb="patch", resource="recordingjobs")
        world.argo.succeed(first)
        await world.server.until(lambda: deliveries(world))
    world.server.heal()
    assert "delivery" not in world.status()
    async with start():
        await world.server.until(lambda: world.status().get("delivery"))
    assert len(deliveries(world)) == 1
    assert world.status()["delivery"]["number"] == 1


async def test_a_lost_answer_makes_no_second_delivery(world: World, start: Start) -> None:
    async with start():
        world.apply(delivery=HOOK)
        first = await world.has_workflow()
        world.server.lose_answers(1, verb="create", resource="workflows")
        world.argo.succeed(first)
        await world.server.until(lambda: world.status().get("delivery"))
    assert len(deliveries(world)) == 1


async def test_a_deleted_delivery_is_not_made_again_until_somebody_asks(
    world: World, start: Start
) -> None:
    async with start():
        delivery = await published(world)
        await world.server.until(lambda: world.status().get("delivery"))
        world.server.remove("workflows", delivery, NAMESPACE)
        await world.explains("Delivered", "DeliveryDeleted")
    async with start():
        world.change(deliveryAttempt=2)
        await world.server.until(lambda: deliveries(world))
        await world.explains("Delivered", "Delivering")
    assert [name.rpartition("-")[2] for name in deliveries(world)] == ["2"]


async def test_a_refused_workflow_keeps_the_jobs_end_from_nobody(
    world: World, start: Start
) -> None:
    async with start(resyncInterval=1):
        world.apply(delivery=HOOK)
        first = await world.has_workflow()
        await world.comes_to("Pending")
        world.server.refuse(status=403, verb="create", resource="workflows")
        world.argo.succeed(first)
        await world.comes_to("Succeeded")
        condition = await world.explains("Delivered", "DeliveryCannotStart")
        assert condition["status"] == "Unknown"
        world.server.heal()
        await world.explains("Delivered", "Delivering")
    assert len(deliveries(world)) == 1


async def test_a_job_whose_time_is_up_goes_after_its_delivery(world: World, start: Start) -> None:
    async with start(resyncInterval=1):
        delivery = await published(world, ttlSecondsAfterFinished=0)
        await world.comes_to("Succeeded")
        world.argo.run(delivery, "send-webhook", "Succeeded")
        world.argo.finish(delivery)
        await world.server.until(
            lambda: world.server.find("recordingjobs", "standup", NAMESPACE) is None
        )


async def test_a_newer_delivery_waits_until_the_one_before_is_stopped(
    world: World, start: Start
) -> None:
    async with start():
        first = await published(world)
        world.argo.start(first)
        world.change(deliveryAttempt=2)
        await world.server.until(lambda: world.workflow(first)["spec"].get("shutdown") == "Stop")
        assert deliveries(world) == [first]
        world.argo.finish(first, "Failed", "Stopped with strategy 'Stop'")
        await world.server.until(lambda: len(deliveries(world)) == 2)
        await world.server.until(lambda: world.status()["delivery"]["number"] == 2)


async def test_a_job_that_tells_nobody_is_quiet(world: World, start: Start) -> None:
    async with start(delivery={"webhook": {"url": "https://receiver.example/all"}}):
        world.apply(delivery=NOBODY)
        world.argo.succeed(await world.has_workflow())
        await world.explains("Delivered", "NothingToDeliver")
    assert deliveries(world) == []
    assert not [each for each in world.events() if each[1] == "NothingToDeliver"]


KILLS = {
    "before the template": (("apply", "workflowtemplates"), False),
    "before the Workflow is made": (("create", "workflows"), False),
    "once it is made": (("create", "workflows"), True),
    "once the status is written": (("patch", "recordingjobs"), True),
}


@pytest.mark.parametrize(("request_", "is_done"), KILLS.values(), ids=KILLS)
async def test_an_operator_killed_at_any_request_delivers_once(
    world: World, start: Start, request_: tuple[str, str], *, is_done: bool
) -> None:
    verb, resource = request_
    async with start():
        world.apply(delivery=HOOK)
        first = await world.has_workflow()
        await world.comes_to("Pending")
    world.argo.succeed(first)
    asked = world.server.count(verb, resource)
    if is_done:
        world.server.lose_answers(verb=verb, resource=resource)
    else:
        world.server.refuse(verb=verb, resource=resource)
    async with start(is_ready=False):
        await world.server.until(lambda: world.server.count(verb, resource) > asked)
    world.server.heal()
    async with start():
        await world.server.until(lambda: deliveries(world))
        world.argo.run(deliveries(world)[0], "send-webhook", "Succeeded")
        world.argo.finish(deliveries(world)[0])
        await world.explains("Delivered", "Delivered")
    assert len(deliveries(world)) == 1
    assert world.status()["delivery"]["number"] == 1
