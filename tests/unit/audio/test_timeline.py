"""Laying out runs on the recording's clock."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.audio.blocks import equal_blocks
from multitrack_steps.audio.conversion import Samples
from multitrack_steps.audio.decoding import Chunk
from multitrack_steps.audio.timeline import Stretch, Timeline

RATE = 100

Run = tuple[float, list[int]]
"""Start on the container's clock, and the lengths of its chunks."""

RUNS = st.lists(
    st.tuples(st.floats(0, 60), st.lists(st.integers(0, 300), min_size=1, max_size=4)),
    min_size=1,
    max_size=6,
)


def chunks_of(runs: list[Run]) -> list[Chunk]:
    """Every sample of run k has the value k + 1, so that its origin shows in the output."""
    return [
        Chunk(
            np.full((length, 1), number, np.int16),
            start if index == 0 else None,
        )
        for number, (start, lengths) in enumerate(runs, start=1)
        for index, length in enumerate(lengths)
    ]


def laid_out(runs: list[Run], *, shift: float = 0.0, end: float | None = None) -> Samples:
    timeline = Timeline(rate=RATE, channels=1, shift=shift, end=end)
    stretches = [*timeline.place(chunks_of(runs)), *timeline.fill_until_end()]
    samples = [stretch.samples for stretch in stretches]
    joined = np.concatenate([np.zeros((0, 1), np.int16), *samples])
    assert len(joined) == timeline.length
    return joined


@given(RUNS, st.floats(-5, 20))
def test_every_sample_lies_where_its_time_says_or_gave_way_to_an_earlier_one(
    runs: list[Run], shift: float
) -> None:
    want = np.zeros(20_000, np.int16)
    written = 0
    for number, (start, lengths) in enumerate(runs, start=1):
        begin = round((start + shift) * RATE)
        end = begin + sum(lengths)
        # A run fills up to its start even if it is empty itself, but never before the first sample.
        if any(lengths) or begin > 0:
            want[max(begin, written) : max(end, written)] = number
            written = max(written, begin, end)
    assert np.array_equal(laid_out(runs, shift=shift).ravel(), want[:written])


@given(RUNS, st.floats(0.1, 80))
def test_a_known_length_is_kept_exactly(runs: list[Run], end: float) -> None:
    whole = laid_out(runs).ravel()
    cut = laid_out(runs, end=end).ravel()
    assert len(cut) == round(end * RATE)
    common = min(len(whole), len(cut))
    assert np.array_equal(cut[:common], whole[:common])
    assert not cut[common:].any()


@given(RUNS, st.floats(0.1, 80))
def test_a_track_is_called_cut_exactly_when_sound_is_missing(runs: list[Run], end: float) -> None:
    timeline = Timeline(rate=RATE, channels=1, shift=0.0, end=end)
    kept = np.concatenate(
        [s.samples for s in timeline.place(chunks_of(runs))] or [np.zeros((0, 1), np.int16)]
    )
    whole = laid_out(runs)
    assert timeline.is_cut == bool(whole[len(kept) :].any())


def test_one_wild_time_stamp_does_not_fill_the_disk_with_silence() -> None:
    timeline = Timeline(rate=1, channels=1, shift=0.0, end=None)
    chunks = [Chunk(np.ones((5, 1), np.int16), 0.0), Chunk(np.ones((5, 1), np.int16), 1e12)]
    assert sum(len(stretch.samples) for stretch in timeline.place(chunks)) == 24 * 3600
    assert timeline.is_cut


def test_overlapping_sound_is_counted() -> None:
    timeline = Timeline(rate=RATE, channels=1, shift=0.0, end=None)
    list(timeline.place(chunks_of([(0.0, [200]), (1.5, [100])])))
    assert timeline.overlapped == 50
    assert timeline.length == 250


@given(st.lists(st.integers(0, 50), max_size=20), st.integers(1, 40))
def test_equal_blocks_lose_no_sample(lengths: list[int], size: int) -> None:
    samples = np.arange(sum(lengths), dtype=np.int16).reshape(-1, 1)
    pieces = np.split(samples, np.cumsum(lengths)[:-1]) if lengths else []
    blocks = list(equal_blocks([Stretch(piece, is_fill=False) for piece in pieces], size))
    assert all(len(block) == size for block in blocks[:-1])
    assert np.array_equal(np.concatenate([samples[:0], *blocks]), samples)


@pytest.mark.parametrize("size", [1, 7])
def test_no_stretch_makes_no_block(size: int) -> None:
    assert list(equal_blocks([], size)) == []
