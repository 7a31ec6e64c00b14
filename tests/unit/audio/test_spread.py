"""A bounded sample of a track's sound, from its beginning to its end."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from multitrack_steps.audio.conversion import Samples
from multitrack_steps.audio.spread import MOST_STRETCHES, STRETCH, Spread

RATE = 1000
WHOLE = round(STRETCH * RATE)


def tone(seconds: float, level: int) -> Samples:
    """Every sample of that value: its level is plain to see afterwards."""
    return np.full((round(seconds * RATE), 1), level, np.int16)


def spread_of(parts: Sequence[Samples], block: int = 333) -> list[Samples]:
    spread = Spread(RATE)
    for samples in parts:
        for begin in range(0, len(samples), block):
            spread.feed(samples[begin : begin + block])
    return list(spread.finish())


def values(stretches: Sequence[Samples]) -> list[int]:
    return [int(stretch[0, 0]) for stretch in stretches]


def test_all_of_a_short_track_is_there() -> None:
    stretches = spread_of([tone(8, 1000), tone(4, 2000)])
    assert values(stretches) == [1000, 1000, 2000]


@pytest.mark.parametrize("minutes", [5, 47, 180])
def test_a_long_track_is_heard_from_beginning_to_end(minutes: int) -> None:
    def meeting() -> Iterator[Samples]:
        for minute in range(minutes):
            yield tone(60, 5000 + minute)

    stretches = spread_of(list(meeting()), block=5000)
    assert MOST_STRETCHES // 2 <= len(stretches) <= MOST_STRETCHES
    heard = [value - 5000 for value in values(stretches)]
    assert (heard[0], heard[-1] >= minutes - minutes // 20 - 1) == (0, True)
    assert max(np.diff(heard)) <= minutes / 20 + 1


def test_pauses_are_left_out() -> None:
    stretches = spread_of([tone(5, 0), tone(4, 3000), tone(60, 0), tone(4, 4000)])
    assert values(stretches) == [3000, 4000]


def test_what_turns_out_to_be_background_is_given_up() -> None:
    stretches = spread_of([tone(20, 50), tone(4, 8000), tone(20, 50)])
    assert values(stretches) == [8000]


def test_a_voice_at_the_far_end_of_the_table_stays() -> None:
    stretches = spread_of([tone(4, 8000), tone(4, 1000)])
    assert values(stretches) == [8000, 1000]


def test_every_stretch_is_equally_long_and_ends_with_zeros_if_need_be() -> None:
    stretches = spread_of([tone(2.5, 3000)])
    assert [stretch.shape for stretch in stretches] == [(WHOLE, 1)]
    assert int(np.count_nonzero(stretches[0])) == 2500


@pytest.mark.parametrize("parts", [[], [tone(30, 0)], [tone(1, 3000), tone(30, 0)]])
def test_without_two_seconds_of_sound_there_is_nothing(parts: list[Samples]) -> None:
    assert spread_of(parts) == []
