"""The limiter changes nothing that fits and lets nothing through that does not."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.audio.conversion import Samples
from multitrack_steps.audio.limiter import Limiter, Sums

RATE = 8_000
HOP = 40
"""Samples in 5 ms."""


def limited(sums: Sums, cuts: list[int] | None = None) -> Samples:
    limiter = Limiter(RATE, sums.shape[1])
    parts = [limiter.limit(part) for part in np.split(sums, sorted(cuts or []))]
    return np.concatenate([*parts, limiter.finish()])


def noise(seed: int, length: int, peak: int, channels: int = 1) -> Sums:
    random = np.random.default_rng(seed)
    return random.integers(-peak, peak + 1, (length, channels), np.int32)


@given(st.integers(0, 99), st.integers(0, 2000), st.lists(st.integers(0, 2000), max_size=5))
def test_what_fits_passes_bit_for_bit(seed: int, length: int, cuts: list[int]) -> None:
    sums = noise(seed, length, 32767)
    assert np.array_equal(limited(sums, cuts), sums)


@given(st.integers(0, 99), st.integers(1, 2), st.lists(st.integers(0, 2000), max_size=5))
def test_blocks_do_not_show_in_the_result(seed: int, channels: int, cuts: list[int]) -> None:
    sums = noise(seed, 2000, 90_000, channels)
    sums[500:1200] //= 9
    assert np.array_equal(limited(sums, cuts), limited(sums))


@given(st.integers(0, 99), st.integers(33_000, 500_000))
def test_nothing_is_clipped(seed: int, peak: int) -> None:
    sums = noise(seed, 3000, peak)
    result = limited(sums)
    # Clipping would give the largest samples a smaller gain than their neighbours. (In small
    # samples rounding hides the gain.)
    loud = np.abs(sums) > 3000
    gains = result[loud] / sums[loud]
    assert np.abs(result).max() <= 32767
    assert np.abs(np.diff(gains)).max() < 0.05


def test_far_from_a_peak_nothing_changes() -> None:
    sums = noise(1, RATE, 20_000)
    sums[4000] = 60_000
    result = limited(sums)
    assert np.array_equal(result[: 4000 - 2 * HOP], sums[: 4000 - 2 * HOP])
    assert result[4000, 0] <= 32767
    recovered = 4000 + round(0.25 * RATE)
    assert np.array_equal(result[recovered:], sums[recovered:])


def test_both_channels_are_brought_down_together() -> None:
    sums = np.tile(np.array([[60_000, 10_000]], np.int32), (400, 1))
    result = limited(sums)
    assert np.allclose(result[:, 0] / result[:, 1], 6.0, atol=0.01)
