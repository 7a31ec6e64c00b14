"""A gateway for browsers: jobs in every state, and the sample meeting, finished."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from multitrack.api.reasons import (
    ComparedReason,
    ConditionStatus,
    ConditionType,
    ConsentReason,
    DeliveredReason,
    DeliveryPhase,
    Phase,
    StepPhase,
)
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import (
    ComparisonStatus,
    Condition,
    DeliveryStatus,
    DeliveryTarget,
    Failure,
    StepStatus,
    TrackStatus,
    WorkflowRef,
)
from tests.fakes.kubernetes import running_kubernetes
from tests.fakes.s3 import running_s3
from tests.integration.gateway.running import BUCKET, running_gateway
from tests.integration.gateway.world import ALL_DONE, World
from tests.unit.gateway.jobs import DONE, ENDED, FAILED, RUNS, SKIPPED, a_step, a_version

ARGO = "https://argo.example/workflows/meetings/run-1"
DELIVERS = "https://argo.example/workflows/meetings/deliver-1"
REFUSED = "https://receiver.example answered 410; it does not want this meeting"
GONE = "all audio is gone, in all versions"
DIFFERENT = "words differ by 7.2 % (limit 5 %): 31 substituted, 12 missing, 4 more"
COMPARISON = b"""<!doctype html><html lang="en"><title>Comparison</title><h1>Different</h1>
<script>document.title = "it runs"</script></html>"""
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
        _delivered(world, meeting)
        _compared(world, meeting)
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


def _store(world: World, job: RecordingJob, meeting: Path) -> None:
    for file in meeting.rglob("*"):
        if file.is_file():
            world.store(job, file.relative_to(meeting).as_posix(), file.read_bytes())


def _finished(world: World, meeting: Path) -> None:
    job = world.apply("monday-standup", title="Monday standup")
    _store(world, job, meeting)
    done = a_version(1, ALL_DONE, phase=Phase.SUCCEEDED, is_ready=True, duration=148.939)
    world.report(done, "monday-standup")


def a_condition(
    kind: ConditionType, status: ConditionStatus, reason: str, message: str
) -> Condition:
    return Condition(
        type=kind, status=status, reason=reason, message=message, last_transition_time=ENDED
    )


def report_afterwards(world: World, name: str, *conditions: Condition, **more: object) -> None:
    """What became of a finished job's results and audio."""
    done = a_version(1, ALL_DONE, phase=Phase.SUCCEEDED, is_ready=True, duration=148.939)
    status = done.status.model_copy(
        update={"conditions": (*done.status.conditions, *conditions), **more}
    )
    world.kubernetes.merge("recordingjobs", name, {"status": status.to_patch()}, "meetings")


def a_delivery(
    webhook: DeliveryPhase, message: str | None = None, *, tries: int = 1
) -> DeliveryStatus:
    """Zulip has it, and the webhook is where the case says."""
    has_it = webhook is DeliveryPhase.DELIVERED
    return DeliveryStatus(
        number=1,
        start_time=ENDED,
        workflow_ref=WorkflowRef(name="deliver-1", uid="d1", url=DELIVERS),
        targets=(
            DeliveryTarget(
                name="zulip", phase=DeliveryPhase.DELIVERED, tries=1, delivered_at=ENDED
            ),
            DeliveryTarget(
                name="webhook",
                phase=webhook,
                message=message,
                tries=tries,
                delivered_at=ENDED if has_it else None,
            ),
        ),
    )


def _delivered(world: World, meeting: Path) -> None:
    job = world.apply("retro", title="Retrospective")
    _store(world, job, meeting)
    report_afterwards(
        world,
        "retro",
        a_condition(
            ConditionType.CONSENT_ENFORCED, ConditionStatus.TRUE, ConsentReason.ENFORCED, GONE
        ),
        a_condition(
            ConditionType.DELIVERED, ConditionStatus.FALSE, DeliveredReason.REFUSED, REFUSED
        ),
        audio_deleted=True,
        delivery=a_delivery(DeliveryPhase.FAILED, REFUSED, tries=3),
    )


def _compared(world: World, meeting: Path) -> None:
    job = world.apply("shadow-sync", title="Sales sync", shadow=True)
    _store(world, job, meeting)
    world.store(job, "comparison/comparison.html", COMPARISON)
    world.store(job, "comparison/comparison.json", b"{}")
    report_afterwards(
        world,
        "shadow-sync",
        a_condition(
            ConditionType.CONSENT_ENFORCED,
            ConditionStatus.TRUE,
            ConsentReason.NOBODY_DENIES,
            "nobody has denied consent",
        ),
        a_condition(
            ConditionType.DELIVERED,
            ConditionStatus.FALSE,
            DeliveredReason.DISABLED,
            "spec.shadow: another system's results count, nothing is delivered from here",
        ),
        a_condition(
            ConditionType.COMPARED,
            ConditionStatus.TRUE,
            ComparedReason.COMPARED,
            f"different: {DIFFERENT}",
        ),
        comparison=ComparisonStatus(
            number=1,
            workflow_ref=WorkflowRef(name="compare-1", uid="c1", url=ARGO),
            verdict="different",
            message=DIFFERENT,
            page=f"s3://{BUCKET}/jobs/{job.uid}/comparison/comparison.html",
        ),
    )


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
