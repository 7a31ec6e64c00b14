"""Jitter is ignored, jumps are followed, drift never adds up."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.audio.continuity import TOLERANCE, Continuity

RATE = 48_000
FRAME = 960


def placed(stamps: list[float]) -> list[float]:
    """Where each frame of 20 ms ends up, by the rule of decoding."""
    continuity = Continuity()
    starts = []
    for index, stamp in enumerate(stamps):
        if index == 0 or not continuity.follows(stamp):
            continuity.begin(stamp, RATE)
        starts.append(continuity.expected)
        continuity.advance(FRAME)
    return starts


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50))
def test_no_frame_lies_further_from_its_stamp_than_the_tolerance(stamps: list[float]) -> None:
    for stamp, start in zip(stamps, placed(stamps), strict=True):
        assert abs(stamp - start) <= TOLERANCE + 1e-9


@given(st.lists(st.floats(-0.012, 0.012), min_size=2, max_size=100))
def test_jitter_below_half_the_tolerance_moves_no_frame(jitter: list[float]) -> None:
    starts = placed([5 + index * 0.02 + late for index, late in enumerate(jitter)])
    steps = [after - before for before, after in pairwise(starts)]
    assert all(abs(step - 0.02) < 1e-9 for step in steps)


def test_a_clock_that_drifts_for_an_hour_is_never_off_by_more_than_the_tolerance() -> None:
    stamps = [index * 0.02 * 1.0005 for index in range(180_000)]
    worst = max(abs(a - b) for a, b in zip(stamps, placed(stamps), strict=True))
    assert 0.02 < worst <= TOLERANCE + 1e-9


def test_a_frame_without_a_stamp_follows_on() -> None:
    continuity = Continuity()
    continuity.begin(2.0, RATE)
    continuity.advance(FRAME)
    assert continuity.follows(None)
    assert continuity.begin(None, RATE) == 2.02
