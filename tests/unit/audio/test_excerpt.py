"""The excerpt is real sound, early, and at most half a minute."""

import numpy as np
import pytest

from multitrack_steps.audio.conversion import Samples
from multitrack_steps.audio.excerpt import LONGEST_EXCERPT, Excerpt

RATE = 1_000


def tone(level_dbfs: float, seconds: float) -> Samples:
    """A square wave, whose RMS is its level."""
    peak = round(32768 * 10 ** (level_dbfs / 20))
    return np.resize(np.array([[peak], [-peak]], np.int16), (round(seconds * RATE), 1))


def excerpt_of(*parts: Samples) -> Samples:
    excerpt = Excerpt(RATE)
    for part in parts:
        excerpt.feed(part)
    return excerpt.finish()


SILENCE = np.zeros((5 * RATE, 1), np.int16)


def test_silence_gives_an_empty_excerpt() -> None:
    assert excerpt_of(SILENCE).shape == (0, 1)


def test_silence_between_sounds_is_left_out() -> None:
    got = excerpt_of(SILENCE, tone(-20, 2), SILENCE, tone(-26, 1), SILENCE)
    assert np.array_equal(got, np.concatenate((tone(-20, 2), tone(-26, 1))))


def test_background_gives_way_when_speech_comes() -> None:
    got = excerpt_of(tone(-50, 40), tone(-20, 3))
    assert np.array_equal(got, tone(-20, 3))


def test_the_earliest_half_minute_is_kept() -> None:
    got = excerpt_of(tone(-20, 20), tone(-18, 30))
    assert len(got) == LONGEST_EXCERPT * RATE
    assert np.array_equal(got[: 20 * RATE], tone(-20, 20))


@pytest.mark.parametrize("block", [1, 333, 2_000])
def test_blocks_do_not_show_in_the_result(block: int) -> None:
    whole = np.concatenate((tone(-50, 1.5), tone(-20, 2.2), SILENCE, tone(-22, 0.7)))
    parts = [whole[begin : begin + block] for begin in range(0, len(whole), block)]
    assert np.array_equal(excerpt_of(*parts), excerpt_of(whole))
