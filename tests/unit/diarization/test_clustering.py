"""Which turns are taken for one voice."""

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.diarization.clustering import cluster_turns
from multitrack_steps.diarization.heard import HeardTurn, unit
from multitrack_steps.diarization.settings import VoiceBounds
from tests.unit.diarization.made_voices import turn, voice

OPEN = VoiceBounds()
THRESHOLD = 0.68


def same(labels: list[int], voices: list[int]) -> bool:
    """Whether the labels say the same as the voices, under other names."""
    return len(set(zip(labels, voices, strict=True))) == len(set(labels)) == len(set(voices))


@pytest.mark.parametrize("count", [1, 2, 5, 20])
def test_each_voice_gets_its_label(count: int) -> None:
    voices = [1 + place % count for place in range(count * 6)]
    turns = [turn(number, 3.0 * place, 3.0 * place + 2) for place, number in enumerate(voices)]
    assert same(cluster_turns(turns, THRESHOLD, OPEN), voices)


def test_a_known_number_is_found_where_the_threshold_says_otherwise() -> None:
    voices = [1, 2, 3] * 4
    turns = [turn(number, 3.0 * place, 3.0 * place + 2) for place, number in enumerate(voices)]
    assert len(set(cluster_turns(turns, THRESHOLD, VoiceBounds(2, 2)))) == 2
    assert same(cluster_turns(turns, -1.0, VoiceBounds(3, 3)), voices)
    assert len(set(cluster_turns(turns, THRESHOLD, VoiceBounds(1, 2)))) == 2


def test_more_voices_than_turns_cannot_be_found() -> None:
    turns = [turn(1, 0, 2), turn(2, 3, 5)]
    assert len(set(cluster_turns(turns, THRESHOLD, VoiceBounds(6, 6)))) == 2


def test_a_cough_is_no_voice_of_its_own() -> None:
    turns = [turn(1, 0, 4), turn(2, 5, 9), turn(9, 10.0, 10.4), turn(1, 11, 15)]
    labels = cluster_turns(turns, THRESHOLD, OPEN)
    assert len(set(labels)) == 2


def test_a_phrase_that_somebody_repeats_is_no_voice_of_its_own() -> None:
    long = [
        turn(number, 10.0 * place, 10.0 * place + 9) for place, number in enumerate([1, 2] * 10)
    ]
    phrase = unit(0.79 * voice(1) + (1 - 0.79**2) ** 0.5 * voice(3))
    repeated = [
        HeardTurn(300.0 + 10 * place, 301.5 + 10 * place, phrase, 1.5) for place in range(4)
    ]
    labels = cluster_turns([*long, *repeated], 0.85, OPEN)
    assert same(labels, [1, 2] * 10 + [1] * 4)


def test_a_quiet_person_is_a_voice_of_their_own() -> None:
    long = [
        turn(number, 10.0 * place, 10.0 * place + 9) for place, number in enumerate([1, 2] * 10)
    ]
    quiet = [turn(3, 300.0 + 10 * place, 301.5 + 10 * place) for place in range(2)]
    assert same(cluster_turns([*long, *quiet], THRESHOLD, OPEN), [1, 2] * 10 + [3] * 2)


def test_turns_too_short_to_hear_join_the_nearest_in_time() -> None:
    turns = [turn(1, 0, 4), HeardTurn(4.1, 4.2), turn(2, 8, 12), HeardTurn(12.1, 12.2)]
    labels = cluster_turns(turns, THRESHOLD, OPEN)
    assert labels[0] == labels[1] != labels[2] == labels[3]


def test_turns_nobody_could_hear_are_one_voice() -> None:
    assert cluster_turns([HeardTurn(0.0, 0.1), HeardTurn(5.0, 5.1)], THRESHOLD, OPEN) == [0, 0]
    assert cluster_turns([], THRESHOLD, OPEN) == []


def test_a_turn_that_joined_the_wrong_voice_moves() -> None:
    """A short turn has no say in which voices there are, and finds its own."""
    turns = [turn(1, 0, 5), turn(2, 6, 11), turn(2, 12.0, 12.6), turn(1, 13.0, 13.6)]
    assert same(cluster_turns(turns, THRESHOLD, OPEN), [1, 2, 2, 1])


@given(st.lists(st.integers(1, 4), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_labels_do_not_depend_on_the_order_of_turns(voices: list[int], random: object) -> None:
    turns = [turn(number, 3.0 * place, 3.0 * place + 2) for place, number in enumerate(voices)]
    labels = cluster_turns(turns, THRESHOLD, OPEN)
    order = list(range(len(turns)))
    random.shuffle(order)  # type: ignore[attr-defined]  # random.Random
    shuffled = cluster_turns([turns[index] for index in order], THRESHOLD, OPEN)
    assert same(shuffled, [labels[index] for index in order])


def test_three_lively_hours_take_seconds() -> None:
    random = np.random.default_rng(3)
    starts = np.cumsum(random.uniform(0.5, 3.0, 6000))
    voices = random.integers(1, 7, 6000).tolist()
    turns = [
        turn(number, float(start), float(end))
        for number, (start, end) in zip(voices, pairwise([*starts, starts[-1] + 2]), strict=True)
    ]
    started = time.process_time()
    labels = cluster_turns(turns, THRESHOLD, OPEN)
    assert time.process_time() - started < 30
    assert same(labels, voices)
