"""Daily's events at a fixed rate: how long each waits for its answer.

Gateway, API server and S3 are processes of their own; events are sent from this one. All of them
share the machine's cores.
"""

import asyncio
import random
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

from multitrack.gateway.daily.intake import SECRET_VARIABLE
from tests.bench.measure import Cost
from tests.fakes.daily import events
from tests.fakes.daily.hooks import message, new_secret, signed_headers
from tests.fakes.daily.recordings import a_recording, a_track
from tests.fakes.kubernetes.apart import running_kubernetes_apart
from tests.fakes.s3 import running_s3
from tests.gateway_process import running_gateway_process
from tests.integration.gateway.running import BUCKET

__all__ = ["CREATION_SECONDS", "Figures", "measure_webhook"]

CREATION_SECONDS = 0.01
"""What the API server takes for a creation, beside the fake's own work: a real one with etcd on the
same two busy cores took 12 ms from request to answer, in the median."""
_WARMING = 50
"""Events sent before anything is counted."""
_TRACKS = 4
_SEED = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured."""

    seconds: list[float]
    """Of each event, from the moment at which it was due to its answer: if the sender or the
    gateway falls behind, the events behind it have waited too."""
    jobs: int
    """That there are in the end, warming included."""
    refused: int
    """Answers other than 200."""
    cost: Cost
    """The gateway's, from the first event to the last answer; memory is its largest."""


@dataclass(frozen=True, slots=True)
class _Event:
    body: bytes
    headers: dict[str, str]


def measure_webhook(folder: Path, *, rate: float, seconds: float) -> Figures:
    """Send the events of so many new recordings a second, and see what becomes of them.

    Args:
        folder: Empty; for settings and logs.
        rate: Events a second on average; they come at random moments, as from many rooms.
        seconds: How long.
    """
    secret = new_secret()
    wanted = [_an_event(secret) for _ in range(_WARMING + round(rate * seconds))]
    with (
        running_s3() as s3,
        running_kubernetes_apart(folder, creation_seconds=CREATION_SECONDS) as kubernetes,
    ):
        s3.put(BUCKET, {})
        environment = {**s3.environment, **kubernetes.environment, SECRET_VARIABLE: secret}
        with running_gateway_process(folder, environment) as gateway:
            url = f"{gateway.url}/v1/daily/webhook"
            process = psutil.Process(gateway.popen.pid)
            waits, cost = asyncio.run(_measure(url, wanted, rate, process))
            jobs = kubernetes.count("recordingjobs")
    return Figures([each for each, _ in waits], jobs, sum(not ok for _, ok in waits), cost)


def _an_event(secret: str) -> _Event:
    recording = a_recording(tracks=[a_track(str(uuid.uuid4())) for _ in range(_TRACKS)])
    body = message(events.recording_ready(recording))
    return _Event(body, signed_headers(body, secret))


async def _measure(
    url: str, wanted: list[_Event], rate: float, process: psutil.Process
) -> tuple[list[tuple[float, bool]], Cost]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        for event in wanted[:_WARMING]:
            await _send(session, url, event, time.monotonic())
        cpu, started = sum(process.cpu_times()[:2]), time.monotonic()
        due, dice = started, random.Random(_SEED)  # noqa: S311 - moments, not secrets
        async with asyncio.TaskGroup() as sending:
            tasks = []
            for event in wanted[_WARMING:]:
                due += dice.expovariate(rate)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                tasks.append(sending.create_task(_send(session, url, event, due)))
        took = time.monotonic() - started
        spent = sum(process.cpu_times()[:2]) - cpu
    peak = process.memory_info().rss / 1e6
    return [task.result() for task in tasks], Cost(took, spent, peak)


async def _send(
    session: aiohttp.ClientSession, url: str, event: _Event, due: float
) -> tuple[float, bool]:
    """Seconds since it was due, and whether it was taken."""
    async with session.post(url, data=event.body, headers=event.headers) as answer:
        await answer.read()
        return time.monotonic() - due, answer.status == 200
