"""Peaks in one pass equal those of the whole."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multitrack_steps.audio.conversion import Samples
from multitrack_steps.audio.peaks import PeakMeter


def measured(samples: Samples, block: int, stretches: int = 255) -> list[int]:
    meter = PeakMeter()
    for begin in range(0, len(samples), block):
        meter.feed(samples[begin : begin + block])
    assert meter.samples == len(samples)
    return meter.finish(stretches)


def noise(length: int, channels: int = 1) -> Samples:
    random = np.random.default_rng(length)
    return random.integers(-32768, 32768, (length, channels)).astype(np.int16)


@given(st.integers(255, 3000), st.integers(1, 2), st.integers(1, 500))
@settings(max_examples=40)
def test_peaks_of_a_short_mix_are_exact(length: int, channels: int, block: int) -> None:
    samples = noise(length, channels)
    edges = [index * length // 255 for index in range(256)]
    levels = np.abs(samples.astype(int)).max(axis=1)
    want = [int(levels[a:b].max()) for a, b in pairwise(edges)]
    assert measured(samples, block) == want


@pytest.mark.parametrize("length", [131_072, 131_073, 700_001, 3_000_000])
def test_a_pulse_in_a_long_mix_shows_in_its_own_stretch(length: int) -> None:
    samples = np.zeros((length, 1), np.int16)
    for stretch in (0, 100, 254):
        samples[int((stretch + 0.5) * length / 255)] = -20_000
    peaks = measured(samples, 48_000)
    assert [index for index, peak in enumerate(peaks) if peak] == [0, 100, 254]
    assert set(peaks) == {0, 20_000}


def test_the_loudest_negative_sample_counts_in_full() -> None:
    assert max(measured(np.full((300, 1), -32768, np.int16), 300)) == 32768


@pytest.mark.parametrize("length", [0, 1, 100])
def test_a_mix_of_fewer_samples_than_peaks_has_all_peaks(length: int) -> None:
    assert len(measured(noise(length), 10)) == 255
