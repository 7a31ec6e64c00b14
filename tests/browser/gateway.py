"""A gateway for browsers: jobs in every state, and the sample meeting, finished."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from multitrack.api.reasons import Phase, StepPhase
from multitrack.api.status import Failure, StepStatus, TrackStatus
from tests.fakes.kubernetes import running_kubernetes
from tests.fakes.s3 import running_s3
from tests.integration.gateway.running import BUCKET, running_gateway
from tests.integration.gateway.world import ALL_DONE, World
from tests.unit.gateway.jobs import DONE, FAILED, RUNS, SKIPPED, a_step, a_version

ARGO = "https://argo.example/workflows/meetings/run-1"
UNREADABLE = (
    "Ben.webm: no decodable audio (Invalid data found); record or export the track again, "
    "or go on without it (on-track-failure: gap)"
)


@dataclass(frozen=True, slots=True)
class Office:
    """A running gateway and what it serves."""

    url: str
    world: World


@contextmanager
def running_office(folder: Path, meeting: Path) -> Iterator[Office]:
    """Serve jobs in every state.

    Args:
        folder: Takes the kubeconfig.
        meeting: The finished sample, as the steps have left it in the bucket.
    """
    with (
        pytest.MonkeyPatch.context() as environment,
        running_s3() as s3,
        running_kubernetes(folder) as kubernetes,
    ):
        for name, value in {**s3.environment, **kubernetes.environment}.items():
            environment.setenv(name, value)
        s3.put(BUCKET, {})
        world = World(kubernetes, s3)
        world.people()
        _finished(world, meeting)
        _running(world)
        _failed(world)
        world.apply("interview-anna", title="Interview with Anna")
        world.apply(
            "daily-0c9b2c1f",
            source={"daily": {"recordingId": "0c9b2c1f", "roomName": "design-review"}},
        )
        with running_gateway() as url:
            yield Office(url, world)


def transcribing(percent: int, *, ben: int = 20) -> dict[str, StepPhase | StepStatus]:
    """Steps in the middle of a transcription."""
    tracks = (
        TrackStatus(index=0, name="Alice", phase=DONE),
        TrackStatus(index=1, name="Ben", phase=RUNS, progress=ben, retries=1),
        TrackStatus(index=2, name="Carol", phase=RUNS, progress=percent),
        TrackStatus(index=3, name="David Featherstonehaugh-Cholmondeley", phase=RUNS, progress=5),
    )
    padded = tuple(each.model_copy(update={"phase": DONE}) for each in tracks)
    return {
        "get-recording": DONE,
        "get-participants": DONE,
        "pad-track": a_step("pad-track", DONE, total=4, done=4, tracks=padded),
        "transcribe-track": a_step(
            "transcribe-track", RUNS, total=4, done=1, progress=percent, retries=1, tracks=tracks
        ),
        "mixdown-tracks": a_step("mixdown-tracks", RUNS, progress=62),
    }


def _finished(world: World, meeting: Path) -> None:
    job = world.apply("monday-standup", title="Monday standup")
    for file in meeting.rglob("*"):
        if file.is_file():
            world.store(job, file.relative_to(meeting).as_posix(), file.read_bytes())
    done = a_version(1, ALL_DONE, phase=Phase.SUCCEEDED, is_ready=True, duration=148.939)
    world.report(done, "monday-standup")


def _running(world: World) -> None:
    world.apply("weekly", title="Weekly planning")
    report_running(world, 40)


def report_running(world: World, percent: int) -> None:
    """How far the running job is."""
    version = a_version(1, transcribing(percent), duration=3725.0)
    status = version.status.model_copy(
        update={
            "step": "transcribe-track",
            "progress": "7/19",
            "attempt": 1,
            "workflow_ref": version.status.workflow_ref.model_copy(update={"url": ARGO})
            if version.status.workflow_ref
            else None,
        }
    )
    patch = {"status": status.to_patch()}
    world.kubernetes.merge("recordingjobs", "weekly", patch, "meetings")


def _failed(world: World) -> None:
    world.apply("board-meeting", title="Board meeting")
    later = dict.fromkeys(list(ALL_DONE)[4:], SKIPPED)
    steps: dict[str, StepPhase | StepStatus] = {
        "get-recording": DONE,
        "get-participants": DONE,
        "pad-track": a_step("pad-track", FAILED, total=2, done=1, message=f"Ben: {UNREADABLE}"),
        "transcribe-track": SKIPPED,
        **later,
    }
    version = a_version(1, steps, phase=Phase.FAILED)
    failure = Failure(
        step="pad-track", track="Ben", message=UNREADABLE, exit_code=2, logs_url=f"{ARGO}?nodeId=1"
    )
    status = version.status.model_copy(
        update={"failure": failure, "step": "pad-track", "attempt": 1, "progress": "3/5"}
    )
    patch = {"status": status.to_patch()}
    world.kubernetes.merge("recordingjobs", "board-meeting", patch, "meetings")
