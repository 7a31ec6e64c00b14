"""WebSockets against the running gateway."""

import asyncio
import base64
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.typing import Origin

from multitrack.api.reasons import Phase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import TrackStatus
from multitrack.cluster.client import connect
from multitrack.gateway.events.job_watch import watch_namespace
from tests.integration.gateway.running import running_gateway
from tests.integration.gateway.world import ALL_DONE, OWNER, STRANGER, World
from tests.unit.gateway.jobs import DONE, RUNS, a_step, a_version


@asynccontextmanager
async def following(
    url: str, job: str = "standup", *, token: str = OWNER, legacy: bool = False, since: str = ""
) -> AsyncIterator[ClientConnection]:
    kind = "transcripts" if legacy else "jobs"
    address = f"{url.replace('http', 'ws', 1)}/v1/{kind}/{job}/events"
    if since:
        address += f"?since={since}"
    async with websockets.connect(
        address, additional_headers={"Authorization": f"Bearer {token}"}
    ) as socket:
        yield socket


async def until(socket: ClientConnection, *wanted: str) -> list[dict[str, Any]]:
    """All events up to the one after which each of the wanted has been seen."""
    missing, seen = list(wanted), []
    async with asyncio.timeout(10):
        while missing:
            message = json.loads(await socket.recv())
            seen.append(message)
            if message["event"] in missing:
                missing.remove(message["event"])
    return seen


async def closing(socket: ClientConnection) -> int:
    """The code with which the gateway ends it."""
    async with asyncio.timeout(10):
        await socket.wait_closed()
    assert socket.close_code is not None
    return socket.close_code


async def test_a_job_is_followed_from_its_beginning_to_its_result(
    gateway: str, world: World
) -> None:
    job = world.apply()
    world.store_results(job)
    async with following(gateway) as socket:
        await until(socket, "DAG_STATUS")
        world.report(a_version(1, {"get-recording": RUNS}))
        begun = await until(socket, "DAG_STATUS")
        assert [each["event"] for each in begun] == ["STATUS", "PIPELINE_PROGRESS", "DAG_STATUS"]
        world.report(a_version(2, ALL_DONE, phase=Phase.SUCCEEDED, is_ready=True, duration=148.5))
        nine = ("TRANSCRIPT", "TOPIC", "STATUS", "FINAL_TITLE", "FINAL_LONG_SUMMARY")
        more = ("FINAL_SHORT_SUMMARY", "ACTION_ITEMS", "DURATION", "WAVEFORM")
        told = {each["event"]: each["data"] for each in await until(socket, *nine, *more)}
    assert told["STATUS"] == {"value": "ended"}
    assert told["DURATION"] == {"duration": 148500.0}
    assert told["FINAL_TITLE"] == {"title": "Weekly"}
    assert told["FINAL_SHORT_SUMMARY"] == {"short_summary": "We start."}
    assert told["FINAL_LONG_SUMMARY"] == {"long_summary": "# Summary"}
    assert told["TOPIC"]["words"][0] == {"text": " Shall", "start": 1.0, "end": 2.0, "speaker": 0}
    assert told["ACTION_ITEMS"]["action_items"]["next_steps"][0]["task"] == "Start"
    assert len(told["WAVEFORM"]["waveform"]) == 255
    assert told["TRANSCRIPT"] == {"text": "", "translation": None}


async def test_who_comes_late_is_told_everything_but_transcript_and_status(
    gateway: str, world: World
) -> None:
    world.finish()
    async with following(gateway) as first:
        await until(first, "DAG_STATUS", "DURATION", "WAVEFORM", "TOPIC", "FINAL_TITLE")
        async with following(gateway, legacy=True) as second:
            replayed = await until(second, "DAG_STATUS")
    assert [each["event"] for each in replayed] == [
        "DURATION",
        "TOPIC",
        "FINAL_TITLE",
        "FINAL_LONG_SUMMARY",
        "FINAL_SHORT_SUMMARY",
        "ACTION_ITEMS",
        "WAVEFORM",
        "DAG_STATUS",
    ]


async def test_who_comes_back_goes_on_where_it_was(gateway: str, world: World) -> None:
    world.apply()
    async with following(gateway) as socket:
        seen = await until(socket, "DAG_STATUS")
    world.report(a_version(1, {"get-recording": RUNS}))
    async with following(gateway) as other:
        await until(other, "DAG_STATUS")
        async with following(gateway, since=seen[-1]["id"]) as socket:
            missed = await until(socket, "DAG_STATUS")
    assert [each["event"] for each in missed] == ["STATUS", "PIPELINE_PROGRESS", "DAG_STATUS"]


async def test_events_are_the_same_on_every_replica(gateway: str, world: World) -> None:
    world.finish()
    wanted = ("DAG_STATUS", "DURATION", "WAVEFORM", "TOPIC", "FINAL_TITLE")
    with running_gateway() as other:
        async with following(gateway) as here, following(other) as there:
            ids = [
                {each["id"] for each in await until(socket, *wanted)} for socket in (here, there)
            ]
    assert len(ids[0] & ids[1]) >= len(wanted)


async def test_a_watch_that_breaks_or_grows_old_loses_nothing(gateway: str, world: World) -> None:
    world.apply()
    async with following(gateway) as socket:
        await until(socket, "DAG_STATUS")
        for number, forgets in enumerate((False, True), start=1):
            world.kubernetes.drop_watches(forget_history=forgets)
            step = ("get-recording", "get-participants")[number - 1]
            world.report(a_version(number, {step: DONE}, duration=float(number)))
            told = await until(socket, "DURATION")
            assert told[-1]["data"] == {"duration": number * 1000.0}


async def test_a_cluster_that_is_away_for_a_while_is_outlived(gateway: str, world: World) -> None:
    world.apply()
    async with following(gateway) as socket:
        await until(socket, "DAG_STATUS")
        world.kubernetes.refuse(2, resource="recordingjobs")
        world.kubernetes.drop_watches()
        world.report(a_version(1, {"get-recording": RUNS}))
        await until(socket, "PIPELINE_PROGRESS")


async def test_a_deleted_job_ends_the_stream(gateway: str, world: World) -> None:
    world.apply()
    async with following(gateway) as socket:
        await until(socket, "DAG_STATUS")
        world.kubernetes.remove("recordingjobs", "standup", "meetings")
        assert await closing(socket) == 4404


@pytest.mark.parametrize(
    ("job", "token", "want"),
    [("standup", "made-up", 4401), ("standup", STRANGER, 4403), ("nothing", OWNER, 4404)],
)
async def test_who_may_not_is_told_by_a_code(
    gateway: str, world: World, job: str, token: str, want: int
) -> None:
    world.apply()
    async with following(gateway, job, token=token) as socket:
        assert await closing(socket) == want


async def test_where_nobody_signs_in_other_sites_cannot_listen(world: World) -> None:
    world.apply()
    with running_gateway(authentication="none") as url:
        address = f"{url.replace('http', 'ws', 1)}/v1/jobs/standup/events"
        async with websockets.connect(address, origin=Origin("https://evil.example")) as socket:
            assert await closing(socket) == 4403
        async with websockets.connect(address, origin=Origin(url)) as socket:
            await until(socket, "DAG_STATUS")


async def test_one_job_that_cannot_be_told_does_not_end_the_watch_of_others(
    world: World,
) -> None:
    handed: asyncio.Queue[str] = asyncio.Queue()
    failures = ["first"]

    def on_job(job: RecordingJob) -> None:
        if failures:
            raise ValueError(failures.pop())
        handed.put_nowait(job.name)

    world.apply("first")
    async with asyncio.timeout(10), connect() as cluster:
        watching = asyncio.create_task(
            watch_namespace(cluster, "meetings", on_job, handed.put_nowait)
        )
        try:
            assert await handed.get() == "first"
            world.apply("second")
            assert await handed.get() == "second"
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


@pytest.mark.parametrize("legacy", [False, True])
async def test_a_browser_sends_its_token_as_a_protocol(
    gateway: str, world: World, *, legacy: bool
) -> None:
    world.apply()
    encoded = base64.urlsafe_b64encode(OWNER.encode()).decode().rstrip("=")
    kubernetes = ["multitrack.events", f"base64url.bearer.authorization.k8s.io.{encoded}"]
    offered = ["bearer", OWNER] if legacy else kubernetes
    address = f"{gateway.replace('http', 'ws', 1)}/v1/jobs/standup/events"
    async with websockets.connect(
        address, subprotocols=[websockets.Subprotocol(each) for each in offered]
    ) as socket:
        assert socket.subprotocol == offered[0]
        await until(socket, "DAG_STATUS")


async def test_a_gateway_that_stops_says_so(world: World) -> None:
    world.apply()
    with running_gateway() as url:
        connection = following(url)
        socket = await connection.__aenter__()
        await until(socket, "DAG_STATUS")
    assert await closing(socket) in (1001, 1012)
    await connection.__aexit__(None, None, None)


async def test_one_watch_serves_all_followers(gateway: str, world: World) -> None:
    world.apply()
    async with following(gateway) as one, following(gateway) as two, following(gateway) as three:
        for socket in (one, two, three):
            await until(socket, "DAG_STATUS")
        world.report(a_version(1, {"get-recording": RUNS}))
        for socket in (one, two, three):
            await until(socket, "PIPELINE_PROGRESS")
    assert world.kubernetes.count("watch", "recordingjobs") == 1


async def test_who_does_not_read_gets_the_newest_state_not_all_of_them(
    gateway: str, world: World
) -> None:
    """More is told than sockets hold: what nobody has read yet is replaced."""
    changes = 500
    world.apply()
    tracks = tuple(
        TrackStatus(index=index, name=f"{index} {'x' * 400}", phase=RUNS) for index in range(64)
    )
    address = f"{gateway.replace('http', 'ws', 1)}/v1/jobs/standup/events"
    headers = {"Authorization": f"Bearer {OWNER}"}
    async with (
        following(gateway) as reader,
        websockets.connect(
            address, additional_headers=headers, max_queue=1, max_size=None
        ) as sleeper,
    ):
        for number in range(1, changes + 1):
            step = a_step("pad-track", RUNS, total=64, retries=number, tracks=tracks)
            await asyncio.to_thread(world.report, a_version(number, {"pad-track": step}))
            await until_retries(reader, number)
        heard = await until_retries(sleeper, changes)
    assert heard < changes


async def until_retries(socket: ClientConnection, wanted: int) -> int:
    """Await the state in which a step was tried so often; says how many states came."""
    async with asyncio.timeout(20):
        for heard in itertools.count(1):
            message = json.loads(await socket.recv())
            while message["event"] != "DAG_STATUS":
                message = json.loads(await socket.recv())
            tasks = {task["name"]: task for task in message["data"]["tasks"]}
            if tasks["pad_track"]["retries"] == wanted:
                return heard
    raise AssertionError("unreachable")
