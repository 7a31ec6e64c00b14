"""Many followers of one job: the gateway's memory, and how long the last one waits for a change.

The followers run in this process and share the cores with the gateway and the fakes.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import websockets
from websockets.asyncio.client import ClientConnection

from multitrack.api.recording_job import RecordingJob
from tests.bench.measure import Cost
from tests.fakes.kubernetes import running_kubernetes
from tests.fakes.s3 import running_s3
from tests.gateway_process import running_gateway_process
from tests.integration.gateway.running import BUCKET
from tests.integration.gateway.world import ALL_DONE, OWNER, World
from tests.unit.gateway.jobs import RUNS, a_step, a_version
from tests.unit.publication.meetings import BACKEND
from workflow_templates.contracts.minutes import Topic, Topics
from workflow_templates.contracts.transcript import Segment, Transcript, Word

__all__ = ["Figures", "measure_websocket"]

_WORDS = 9000
"""Of an hour's meeting."""
_TOPICS = 12
_CONNECTING_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured."""

    followers: int
    alone_mb: float
    """The gateway's memory before anyone follows."""
    replayed_bytes: int
    """What each follower is told when it connects."""
    change_seconds: list[float]
    """From a change in the cluster until the last follower has heard of it."""
    cost: Cost
    """Connecting all, replaying an hour's meeting to each; memory is the gateway's largest."""


def measure_websocket(folder: Path, *, followers: int, changes: int) -> Figures:
    """Run a gateway, and have many follow one finished job of an hour."""
    with running_s3() as s3, running_kubernetes(folder) as kubernetes:
        s3.put(BUCKET, {})
        world = World(kubernetes, s3)
        world.people()
        _store_hour(world)
        environment = {**s3.environment, **kubernetes.environment}
        with running_gateway_process(folder, environment) as gateway:
            process = psutil.Process(gateway.popen.pid)
            return asyncio.run(_measure(world, gateway.url, process, followers, changes))


async def _measure(
    world: World, url: str, process: psutil.Process, followers: int, changes: int
) -> Figures:
    alone = process.memory_info().rss / 1e6
    cpu, started = sum(process.cpu_times()[:2]), time.monotonic()
    gate = asyncio.Semaphore(_CONNECTING_AT_ONCE)
    joined = await asyncio.gather(*(_join(url, gate) for _ in range(followers)))
    seconds = time.monotonic() - started
    sockets = [socket for socket, _ in joined]
    waits = [await _one_change(world, sockets, number) for number in range(changes)]
    peak = _largest_mb(process)
    spent = sum(process.cpu_times()[:2]) - cpu
    await asyncio.gather(*(socket.close() for socket in sockets))
    replayed = max(size for _, size in joined)
    return Figures(followers, alone, replayed, waits, Cost(seconds, spent, peak))


async def _join(url: str, gate: asyncio.Semaphore) -> tuple[ClientConnection, int]:
    """Connect and hear what is replayed; says how much that was."""
    address = f"{url.replace('http', 'ws', 1)}/v1/jobs/standup/events"
    async with gate:
        socket = await websockets.connect(
            address,
            additional_headers={"Authorization": f"Bearer {OWNER}"},
            compression=None,
            open_timeout=60,
            ping_interval=None,
        )
        heard, missing = 0, {"DAG_STATUS", "WAVEFORM"}
        while missing:
            text = await socket.recv()
            heard += len(text)
            missing.discard(json.loads(text)["event"])
        return socket, heard


async def _one_change(world: World, sockets: Sequence[ClientConnection], number: int) -> float:
    """Seconds until the last follower has heard of it."""
    step = a_step("mixdown-tracks", RUNS, retries=number + 1)
    version = a_version(1, {**ALL_DONE, "mixdown-tracks": step}, is_ready=True, duration=3600.0)
    started = time.monotonic()
    await asyncio.to_thread(world.report, version)
    await asyncio.gather(*(_hear(socket, number + 1) for socket in sockets))
    return time.monotonic() - started


async def _hear(socket: ClientConnection, retries: int) -> None:
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["event"] == "DAG_STATUS" and any(
            task["retries"] == retries for task in message["data"]["tasks"]
        ):
            return


def _store_hour(world: World) -> RecordingJob:
    """A finished meeting as long as an hour, with everything that is replayed."""
    job = world.finish()
    words = tuple(
        Word(
            text=f" word{number}",
            start=number * 0.4,
            end=number * 0.4 + 0.3,
            speaker=number // 20 % 2,
            track=number // 20 % 2,
            probability=0.9,
        )
        for number in range(_WORDS)
    )
    segments = tuple(
        Segment(
            id=f"s{first}",
            speaker=words[first].speaker,
            start=words[first].start,
            end=words[first + 19].end,
            text="".join(word.text for word in words[first : first + 20]).strip(),
            words=tuple(range(first, first + 20)),
        )
        for first in range(0, _WORDS, 20)
    )
    each = len(segments) // _TOPICS
    topics = tuple(
        Topic(
            id=f"t{number}",
            title=f"Topic {number}",
            summary="What was said.",
            start=number * 300.0,
            duration=300.0,
            first_segment=number * each,
            last_segment=len(segments) - 1 if number == _TOPICS - 1 else (number + 1) * each - 1,
        )
        for number in range(_TOPICS)
    )
    transcript = Transcript(
        recording_id="r",
        duration=3600.0,
        language="en",
        speakers=(),
        words=words,
        segments=segments,
        tracks=(),
    )
    world.store(job, "transcript.json", transcript)
    world.store(job, "topics.json", Topics(recording_id="r", backend=BACKEND, topics=topics))
    return job


def _largest_mb(process: psutil.Process) -> float:
    """The most that the process ever held, by the kernel's own count."""
    for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return float(process.memory_info().rss / 1e6)
