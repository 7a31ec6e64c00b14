"""What Prometheus reads, from an operator that is killed and comes again."""

from datetime import timedelta

from tests.integration.controller.conftest import Operator, Start, World, eventually

FIRST, LAST = "get-recording", "finalize"


def tries(operator: Operator, step: str) -> float:
    return operator.metric("multitrack_step_tries_total", step=step, outcome="Succeeded")


async def test_each_try_counts_once_whoever_sees_it_end(world: World, start: Start) -> None:
    prices = {"prices": {"currency": "EUR", "millionPromptTokens": 1.0}}
    async with start(monitoring=prices) as operator:
        world.apply()
        name = await world.has_workflow()
        world.argo.start(name)
        said = {"tokens": {"prompt": 500_000}}
        world.argo.run(name, FIRST, "Succeeded", report=said)
        await eventually(lambda: tries(operator, FIRST) == 1)
        cost = operator.metric("multitrack_step_cost_total", step=FIRST, currency="EUR")
        assert cost == 0.5
    world.argo.run(name, LAST, "Succeeded")
    async with start() as operator:
        await eventually(lambda: tries(operator, LAST) == 1)
        world.argo.finish(name)
        await world.comes_to("Succeeded")
        assert (tries(operator, FIRST), tries(operator, LAST)) == (0, 1)


async def test_a_job_that_stands_still_is_seen(world: World, start: Start) -> None:
    async with start(resyncInterval=1, monitoring={"stuckAfter": 3600}) as operator:
        world.apply()
        name = await world.has_workflow()
        world.argo.start(name)
        await world.comes_to("Pending")
        operator.clock.ahead = timedelta(minutes=50)
        await eventually(lambda: operator.metric("multitrack_jobs", phase="Pending") == 1)
        assert operator.metric("multitrack_jobs_stuck") == 0
        operator.clock.ahead = timedelta(hours=3)
        await eventually(lambda: operator.metric("multitrack_jobs_stuck") == 1)
        world.argo.run(name, FIRST, "Running")
        await world.comes_to("Running")
        await eventually(lambda: operator.metric("multitrack_jobs_stuck") == 0)
