"""A SIMULATION of how both arrangements order their work; nothing here is measured.

Step times come in from a measurement; order, slots and retries are those that the legacy pipeline's
description gives, and those of our own pipeline as it is defined in `workflow_templates`.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow_templates.catalog import RetryClass
from workflow_templates.pipelines import PROCESS_RECORDING

__all__ = ["Activity", "StepTimes", "delay_of_outage", "legacy_plan", "our_plan", "schedule"]

_LLM_SLOTS, _CPU_HEAVY_SLOTS = 10, 1
_LEGACY_TRIES = 4
"""A first try and three more, without a pause."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One piece of work."""

    name: str
    seconds: float
    needs: tuple[str, ...] = ()
    pool: str | None = None
    """Whose slot it holds while it works."""


@dataclass(frozen=True, slots=True)
class StepTimes:
    """What each step takes for one recording, in seconds; a track's steps for one track."""

    pad: float
    transcribe: float
    mix: float
    waveform: float
    small: float = 1.0
    """Each step that only reads and writes small files; assumed, on both sides."""
    topics: float = 30.0
    title: float = 6.0
    summary: float = 42.0
    """Subjects 12, their details 24, recap 6."""
    actions: float = 12.0
    pod: float = 0.0
    """Added to every step: what starting its pod costs."""


def schedule(activities: Sequence[Activity], slots: Mapping[str, int]) -> dict[str, float]:
    """When each activity ends, if each starts as soon as it can, in the order given.

    Args:
        activities: Every one after those it needs.
        slots: How many of a pool may work at once; a pool that is not named has no limit.
    """
    free = dict(slots)
    ended: dict[str, float] = {}
    waiting = list(activities)
    running: list[tuple[float, int, Activity]] = []
    now = 0.0
    while waiting or running:
        for activity in list(waiting):
            ready = all(need in ended for need in activity.needs)
            if ready and (activity.pool not in free or free[activity.pool] > 0):
                waiting.remove(activity)
                if activity.pool in free:
                    free[activity.pool] -= 1
                heapq.heappush(running, (now + activity.seconds, len(waiting), activity))
        now, _, finished = heapq.heappop(running)
        ended[finished.name] = now
        if finished.pool in free:
            free[finished.pool] += 1
    return ended


def legacy_plan(tracks: int, times: StepTimes) -> dict[str, float]:
    """When each task of the legacy order ends.

    The mix waits for the transcription of all tracks and holds the one cpu-heavy slot; everything
    else shares ten.
    """
    io, small = "llm-io", times.small
    each = [
        Activity(f"track {i}", times.pad + times.transcribe, ("get_participants",), io)
        for i in range(tracks)
    ]
    all_tracks = tuple(activity.name for activity in each)
    order = [
        Activity("get_recording", small, (), io),
        Activity("get_participants", small, ("get_recording",), io),
        *each,
        Activity("mixdown_tracks", times.mix, all_tracks, "cpu-heavy"),
        Activity("detect_topics", times.topics, all_tracks, io),
        Activity("generate_waveform", times.waveform, ("mixdown_tracks",), io),
        Activity("generate_title", times.title, ("detect_topics",), io),
        Activity("summary", times.summary, ("detect_topics",), io),
        Activity("action_items", times.actions, ("detect_topics",), io),
        Activity("finalize", small, ("generate_title", "summary", "action_items"), io),
        Activity("cleanup_consent", small, ("finalize",), io),
    ]
    return schedule(order, {io: _LLM_SLOTS, "cpu-heavy": _CPU_HEAVY_SLOTS})


def our_plan(tracks: int, times: StepTimes) -> dict[str, float]:
    """When each step of `process-recording` ends, by that very definition."""
    seconds = {
        "pad-track": times.pad,
        "transcribe-track": times.transcribe,
        "mixdown-tracks": times.mix,
        "generate-waveform": times.waveform,
        "detect-topics": times.topics,
        "generate-title": times.title,
        "generate-summary": times.summary,
        "extract-action-items": times.actions,
    }
    order: list[Activity] = []
    branches: dict[str, tuple[str, ...]] = {"diarize-track": ()}
    for task in PROCESS_RECORDING.tasks:
        if task.name == "diarize-track":
            continue  # Nobody shares a microphone here.
        needs = tuple(
            branch for name in (*task.needs, *task.after) for branch in branches.get(name, (name,))
        )
        names: tuple[str, ...] = (task.name,)
        if task.fan_out:
            names = tuple(f"{task.name} {i}" for i in range(tracks))
            branches[task.name] = names
        took = seconds.get(task.name, times.small) + times.pod
        order += [Activity(name, took, needs, task.mutex) for name in names]
    return schedule(order, {"mixdown": 1})


def delay_of_outage(outage: float, *, retry: RetryClass | None, attempt: float) -> float | None:
    """How long a step waits for a service that comes back after `outage` seconds.

    Args:
        outage: From the step's first call on.
        retry: How it tries again; None: as the legacy pipeline, three times and at once.
        attempt: Seconds that a try takes until it has failed.

    Returns:
        Seconds until a try succeeds; None: all tries were used up before.
    """
    tries = retry.tries if retry else _LEGACY_TRIES
    pause = retry.first_delay if retry else 0.0
    waited = 0.0
    for _ in range(tries):
        if waited >= outage:
            return waited
        waited += attempt + pause
        if retry:
            pause = min(2 * pause, retry.longest_delay)
    return None
