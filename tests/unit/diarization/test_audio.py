"""Long tracks are cut where it is quiet, and nothing is lost."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.diarization.audio import cut_blocks
from multitrack_steps.speech.flac import SAMPLE_RATE


def test_the_cut_lies_where_it_is_quiet() -> None:
    samples = np.ones(200 * SAMPLE_RATE, np.float32)
    samples[100 * SAMPLE_RATE : 101 * SAMPLE_RATE] = 0.0
    first, second = cut_blocks([samples], longest=120.0)
    assert 100 <= first.end <= 101
    assert second.start == first.end
    assert second.end == 200.0


@given(st.lists(st.integers(1, 40 * SAMPLE_RATE), max_size=12))
def test_blocks_hold_every_sample_once_in_order_and_are_bounded(lengths: list[int]) -> None:
    total = sum(lengths)
    track = (np.arange(total) % 991).astype(np.float32)
    pieces = np.split(track, np.cumsum(lengths)[:-1]) if lengths else []
    blocks = list(cut_blocks(pieces, longest=120.0))
    joined = np.concatenate([block.samples for block in blocks]) if blocks else track[:0]
    assert np.array_equal(joined, track)
    assert all(0 < len(block.samples) <= 120 * SAMPLE_RATE for block in blocks)
    position = 0.0
    for block in blocks:
        assert abs(block.start - position) < 1e-6
        position = block.end
