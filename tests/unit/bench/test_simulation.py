"""The simulation of both orders, by meetings small enough to follow by hand."""

import pytest

from tests.bench.legacy.simulation import (
    Activity,
    StepTimes,
    delay_of_outage,
    legacy_plan,
    our_plan,
    schedule,
)
from tests.bench.sizes import Size
from tests.bench.table_legacy import ALL_SIZES, simulated
from workflow_templates.catalog import RetryClass

TIMES = StepTimes(
    pad=10, transcribe=20, mix=100, waveform=5, small=1, topics=30, title=6, summary=40, actions=12
)


def test_slots_limit_how_much_goes_on_at_once() -> None:
    work = [Activity(name, 10.0, pool="one") for name in "ab"]
    work += [Activity(name, 10.0) for name in "cd"]
    assert schedule(work, {"one": 1}) == {"a": 10, "c": 10, "d": 10, "b": 20}


def test_activity_waits_for_all_it_needs() -> None:
    work = [Activity("a", 3.0), Activity("b", 5.0), Activity("c", 1.0, ("a", "b"))]
    assert schedule(work, {})["c"] == 6


def test_legacy_mix_waits_for_words_and_the_transcript_does_not_wait_for_the_mix() -> None:
    ends = legacy_plan(4, TIMES)
    assert ends["finalize"] == 2 + 30 + 30 + 40 + 1
    assert ends["generate_waveform"] == 2 + 30 + 100 + 5


def test_eleventh_track_waits_for_a_legacy_slot() -> None:
    assert legacy_plan(11, TIMES)["finalize"] == legacy_plan(10, TIMES)["finalize"] + 30


def test_our_mix_runs_beside_transcription() -> None:
    ends = our_plan(4, TIMES)
    assert ends["mixdown-tracks"] == 2 + 10 + 100
    assert ends["finalize"] == 2 + 30 + 1 + 30 + 40 + 1


def test_every_step_of_ours_pays_for_its_pod() -> None:
    with_pods = StepTimes(pad=10, transcribe=20, mix=100, waveform=5, summary=40, pod=2)
    assert our_plan(1, with_pods)["finalize"] == our_plan(1, TIMES)["finalize"] + 8 * 2


@pytest.mark.parametrize(
    ("retry", "outage", "want"),
    [
        (None, 3.0, 3.0),
        (None, 10.0, None),
        (RetryClass.REMOTE, 10.0, 5 + 1 + 10 + 1),
        (RetryClass.REMOTE, 1000.0, None),
    ],
)
def test_outage_is_waited_for_as_long_as_there_are_tries(
    retry: RetryClass | None, outage: float, want: float | None
) -> None:
    assert delay_of_outage(outage, retry=retry, attempt=1.0) == want


def test_simulated_sizes_say_that_they_are_simulated() -> None:
    head, *lines = list(simulated(Size(4, 10.0), TIMES, TIMES))[1:]
    assert head.startswith("| SIMULATION ")
    sizes = [str(size) for size in ALL_SIZES]
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines[1:-1]] == sizes
    assert "the run fails" in lines[-1]
    assert "goes on after" in lines[-1]


def test_longer_meetings_take_longer_by_what_their_steps_read() -> None:
    rows = [line.split(" | ") for line in simulated(Size(4, 10.0), TIMES, TIMES)]
    legacy = {row[0]: row[1] for row in rows if len(row) > 1}
    assert legacy[f"| {Size(4, 10.0)}"] == "105 s, 137 s"
    assert legacy[f"| {Size(4, 60.0)}"] == "255 s, 812 s"
