"""The table that sets the re-created legacy arrangement, ours and pydub side by side."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest

from tests.bench.bench import Bench
from tests.bench.bench_legacy import Heard, Media, Side, Stage, media, packaged_model, speech
from tests.bench.legacy.simulation import StepTimes, delay_of_outage, legacy_plan, our_plan
from tests.bench.sizes import Size, parse_sizes
from workflow_templates.catalog import DETECT_TOPICS
from workflow_templates.local.engine import usable_cores

__all__ = ["ALL_SIZES", "media_lines", "simulated", "step_times", "table_legacy"]

ALL_SIZES = parse_sizes("1x10,4x10,10x10,1x60,4x60,10x60,4x180")
POD_SECONDS = 6.7
"""What Argo added to each of 11 steps in a row, recorded: docs/benchmarks.md, a small cluster."""
_OUTAGE, _FAILED_CALL = 60.0, 1.0
_HEAD = (
    "| media steps and transcription | | legacy arrangement, re-created | Multitrack | "
    "Multitrack / legacy | pydub |"
)
_SIMULATION_HEAD = (
    "| SIMULATION of the order of steps | legacy order: transcript, everything | "
    "ours: transcript, everything | ours, with nothing for a pod |"
)


def table_legacy(bench: Bench) -> Iterator[str]:
    """Lines of Markdown.

    Measures each of `bench.sizes`, says what that makes of sizes that are not among them, and on 4
    tracks of `bench.minutes`, if they are, transcription; from its step times all sizes are
    simulated.
    """
    yield from ("", _HEAD, f"|{' --- |' * 6}")
    measured: dict[Size, Media] = {}
    times: tuple[StepTimes, StepTimes] | None = None
    for size in bench.sizes:
        folder = bench.fresh("legacy")
        found = measured[size] = media(folder, size)
        yield from media_lines(found)
        if size == _spoken(bench):
            legacy, ours = speech(folder, size, packaged_model(), "cpu")
            yield from _speech_lines(size, legacy, ours)
            times = step_times(found, legacy.stage, ours.stage)
        shutil.rmtree(folder)
    yield from _extrapolated(measured)
    if times is not None:
        yield from simulated(_spoken(bench), *times)


def step_times(found: Media, legacy: Stage, ours: Stage) -> tuple[StepTimes, StepTimes]:
    """Seconds of each step for the measured meeting, legacy and ours; a track's, for one track."""
    return _times(found.size, found.legacy, legacy, 0.0), _times(
        found.size, found.ours, ours, POD_SECONDS
    )


def simulated(measured: Size, legacy: StepTimes, ours: StepTimes) -> Iterator[str]:
    """Lines of Markdown: what order and retries make of these step times, for all sizes."""
    yield from (
        "",
        _SIMULATION_HEAD,
        f"|{' --- |' * 4}",
    )
    for size in ALL_SIZES:
        before = legacy_plan(size.tracks, _scaled(legacy, measured, size))
        after = our_plan(size.tracks, _scaled(ours, measured, size))
        bare = our_plan(size.tracks, _scaled(ours, measured, size, pod=0.0))
        yield f"| {size} | {' | '.join(map(_ends, (before, after, bare)))} |"
    delay = delay_of_outage(_OUTAGE, retry=DETECT_TOPICS.retry, attempt=_FAILED_CALL + POD_SECONDS)
    given_up = delay_of_outage(_OUTAGE, retry=None, attempt=_FAILED_CALL)
    yield (
        f"| the language model is away for {_OUTAGE:g} s when topics are wanted | "
        f"{_outcome(given_up)} | {_outcome(delay)} | |"
    )


def media_lines(found: Media) -> Iterator[str]:
    """Lines of Markdown: CPU seconds of each step, all four figures of the three together."""
    sides = [found.legacy.stages, found.ours.stages, found.pydub.stages if found.pydub else ()]
    for legacy, ours, pydub in zip_longest(*sides):
        yield from _lines(f"{legacy.name}, {found.size}", legacy, ours, pydub, short=True)
    whole = [side.whole() if side else None for side in (found.legacy, found.ours, found.pydub)]
    assert whole[0]
    assert whole[1]
    yield from _lines(f"all three, {found.size}", whole[0], whole[1], whole[2])


def _spoken(bench: Bench) -> Size:
    return Size(4, bench.minutes)


def _speech_lines(size: Size, legacy: Heard, ours: Heard) -> Iterator[str]:
    what = f"transcription, {size}, tiny.en, cpu"
    yield from _lines(what, legacy.stage, ours.stage, None)
    yield f"| {what} | words found | {legacy.words} | {ours.words} | | |"


def _extrapolated(measured: Mapping[Size, Media]) -> Iterator[str]:
    """CPU seconds of sizes that were not measured, from the longest of as many tracks."""
    for size in ALL_SIZES:
        alike = [known for known in measured if known.tracks == size.tracks]
        if not alike or size in measured:
            continue
        known = max(alike, key=lambda each: each.minutes)
        longer = size.minutes / known.minutes
        before, after = (
            side.whole().cost.cpu_seconds * longer
            for side in (measured[known].legacy, measured[known].ours)
        )
        yield (
            f"| all three, {size}: NOT MEASURED, in proportion to {known} | CPU s | {before:.0f} | "
            f"{after:.0f} | | |"
        )


def _lines(
    what: str, legacy: Stage, ours: Stage, pydub: Stage | None, *, short: bool = False
) -> Iterator[str]:
    """One line for each figure; `short`: CPU seconds only."""
    for name, figure in _FIGURES.items():
        if short and name != "CPU s":
            continue
        before, after = figure(legacy), figure(ours)
        third = f"{figure(pydub):.1f}" if pydub else ""
        ratio = f"{after / before:.2f}" if before else ""
        yield f"| {what} | {name} | {before:.1f} | {after:.1f} | {ratio} | {third} |"


_FIGURES: dict[str, Callable[[Stage], float]] = {
    "seconds": lambda stage: stage.cost.seconds,
    "CPU s": lambda stage: stage.cost.cpu_seconds,
    "peak MB": lambda stage: stage.cost.peak_mb,
    "MB moved": lambda stage: stage.moved_mb,
}


def _times(size: Size, side: Side, transcription: Stage, pod: float) -> StepTimes:
    pad, mix, waveform = (stage.cost.seconds for stage in side.stages)
    share = min(usable_cores(), size.tracks) / size.tracks
    return StepTimes(
        pad=pad * share,
        transcribe=transcription.cost.seconds * share,
        mix=mix,
        waveform=waveform,
        pod=pod,
    )


def _scaled(times: StepTimes, measured: Size, size: Size, pod: float | None = None) -> StepTimes:
    """In proportion to what a step reads: its track, all tracks, or the mix."""
    longer = size.minutes / measured.minutes
    return StepTimes(
        pad=times.pad * longer,
        transcribe=times.transcribe * longer,
        mix=times.mix * longer * size.tracks / measured.tracks,
        waveform=times.waveform * longer,
        pod=times.pod if pod is None else pod,
    )


def _ends(plan: dict[str, float]) -> str:
    return f"{plan['finalize']:.0f} s, {max(plan.values()):.0f} s"


def _outcome(delay: float | None) -> str:
    if delay is None:
        return "all tries used up within seconds: the run fails and is to be started again"
    return f"goes on after {delay:.0f} s"
