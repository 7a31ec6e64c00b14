"""Which silences are gaps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.audio.gaps import GapFinder
from multitrack_steps.audio.timeline import Stretch
from workflow_templates.contracts.track import Gap

RATE = 100

Part = tuple[str, float]
"""`sound`, `zeros` or `fill`, and its length in seconds."""


def stretch(part: Part) -> Stretch:
    kind, seconds = part
    samples = np.full((round(seconds * RATE), 1), kind == "sound", np.int16)
    return Stretch(samples, is_fill=kind == "fill")


def gaps_of(parts: list[Part]) -> list[tuple[float, float]]:
    finder = GapFinder(RATE)
    for part in parts:
        finder.feed(stretch(part))
    return [(gap.start, gap.end) for gap in finder.finish()]


CASES: dict[str, tuple[list[Part], list[tuple[float, float]]]] = {
    "the time before joining is a gap": ([("fill", 3.2), ("sound", 1)], [(0, 3.2)]),
    "a mute gap": ([("sound", 1), ("fill", 0.5), ("sound", 1)], [(1, 1.5)]),
    "missing frames of 0.2 s": ([("sound", 1), ("fill", 0.2), ("sound", 1)], [(1, 1.2)]),
    "a lost packet is none": ([("sound", 1), ("fill", 0.02), ("sound", 1)], []),
    "a fill in pieces": ([("sound", 1), ("fill", 0.1), ("fill", 0.1), ("sound", 1)], [(1, 1.2)]),
    "one second of zeros": ([("sound", 1), ("zeros", 1), ("sound", 1)], [(1, 2)]),
    "a pause of zeros is none": ([("sound", 1), ("zeros", 0.9), ("sound", 1)], []),
    "zeros beside a fill belong to it": (
        [("sound", 1), ("zeros", 0.1), ("fill", 0.3), ("zeros", 0.1), ("sound", 1)],
        [(1, 1.5)],
    ),
    "two gaps": (
        [("fill", 1), ("sound", 1), ("fill", 2), ("sound", 1), ("fill", 3)],
        [(0, 1), (2, 4), (5, 8)],
    ),
    "a silent track is one gap": ([("zeros", 5), ("fill", 5)], [(0, 10)]),
    "nothing at all": ([], []),
}


@pytest.mark.parametrize(("parts", "want"), CASES.values(), ids=CASES)
def test_gaps(parts: list[Part], want: list[tuple[float, float]]) -> None:
    assert gaps_of(parts) == want


def test_zeros_inside_one_block_are_found() -> None:
    samples = np.ones((500, 1), np.int16)
    samples[100:250] = 0
    finder = GapFinder(RATE)
    finder.feed(Stretch(samples, is_fill=False))
    assert finder.finish() == (Gap(start=1.0, end=2.5),)


PARTS = st.lists(
    st.tuples(st.sampled_from(["sound", "zeros", "fill"]), st.integers(0, 300)), max_size=12
).map(lambda parts: [(kind, count / RATE) for kind, count in parts])


@given(PARTS)
def test_gaps_are_ordered_apart_and_silent(parts: list[Part]) -> None:
    whole = np.concatenate([np.zeros((0, 1)), *(stretch(part).samples for part in parts)])
    edges = [edge for gap in gaps_of(parts) for edge in gap]
    assert edges == sorted(set(edges))
    for start, end in gaps_of(parts):
        assert not whole[round(start * RATE) : round(end * RATE)].any()


@given(PARTS)
def test_every_long_fill_lies_in_a_gap(parts: list[Part]) -> None:
    gaps = gaps_of(parts)
    position = 0.0
    for kind, seconds in parts:
        if kind == "fill" and seconds >= 0.2:
            assert any(
                start <= position + 1e-9 and position + seconds <= end + 1e-9 for start, end in gaps
            )
        position += seconds
