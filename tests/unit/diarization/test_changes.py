"""Where a voice changes within a turn."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.diarization.changes import (
    HOP,
    WINDOW,
    likely_path,
    stretches,
    window_starts,
)

A, B = (0.8, 0.4), (0.4, 0.8)
PATHS = {
    "one voice throughout": ([A] * 6, [0] * 6),
    "a change that lasts": ([A] * 4 + [B] * 4, [0] * 4 + [1] * 4),
    "a doubtful window changes nothing": ([A] * 3 + [(0.55, 0.6)] + [A] * 3, [0] * 7),
    "a change and back": ([A] * 4 + [B] * 4 + [A] * 4, [0] * 4 + [1] * 4 + [0] * 4),
    "one window": ([B], [1]),
}


@pytest.mark.parametrize(("alike", "want"), PATHS.values(), ids=PATHS)
def test_likely_path(alike: list[tuple[float, float]], want: list[int]) -> None:
    assert likely_path(np.array(alike)) == want


@given(st.floats(0, 100), st.floats(0, 30), st.data())
def test_stretches_cover_the_turn_once(start: float, length: float, data: st.DataObject) -> None:
    starts = window_starts(start, start + length)
    path = [data.draw(st.integers(0, 2)) for _ in starts]
    found = list(stretches(start, start + length, starts, path))
    assert found[0][0] == start
    assert found[-1][1] == start + length
    assert all(one[1] == other[0] for one, other in pairwise(found))
    assert len(found) == 1 + sum(a != b for a, b in pairwise(path))


def test_windows_stay_within_the_turn() -> None:
    starts = window_starts(10.0, 14.0)
    assert starts[0] == 10.0
    assert starts[1] - starts[0] == HOP
    assert 14.0 - HOP < starts[-1] + WINDOW <= 14.0
    assert window_starts(10.0, 11.0) == []
