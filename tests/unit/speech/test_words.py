from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.speech.chunks import Chunk
from multitrack_steps.speech.segmentation import Stretch
from multitrack_steps.speech.words import (
    SpokenWord,
    collapse_loops,
    join_continuations,
    level_dbfs,
    order_words,
    place_words,
)
from workflow_templates.contracts.words import TrackWord


def a_word(start: float, end: float, text: str = " word") -> TrackWord:
    return TrackWord(text=text, start=start, end=end, probability=0.9, level=-20.0)


def test_tokens_that_no_blank_separates_are_one_word() -> None:
    tokens = [
        SpokenWord(" back", 1.0, 1.2, 0.9),
        SpokenWord("-end", 1.2, 1.5, 0.7),
        SpokenWord(" costs", 1.6, 1.9, 0.9),
    ]
    assert join_continuations(tokens) == [SpokenWord(" back-end", 1.0, 1.5, 0.7), tokens[2]]


def spoken(text: str) -> list[SpokenWord]:
    return [SpokenWord(f" {word}", i, i + 1.0, 0.9) for i, word in enumerate(text.split())]


LOOPS = {
    "no loop stays": ("so we meet on Monday", "so we meet on Monday"),
    "said twice stays": ("no no that is fine", "no no that is fine"),
    "one word over and over is said once": ("yes you you you you you can", "yes you can"),
    "a phrase over and over is said once": (
        "well thank you. Thank you, thank you. thank you bye",
        "well thank you. bye",
    ),
    "a loop until the end": ("i see i see i see i see", "i see"),
    "two loops": ("a a a b c b c b c", "a b c"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("text", "want"), LOOPS.values(), ids=LOOPS)
def test_loops_are_said_once(text: str, want: str) -> None:
    assert "".join(word.text for word in collapse_loops(spoken(text))).strip() == want


LEVELS = {
    "full-scale square wave": (np.ones(160), 0.0),
    "half of it": (np.full(160, 0.5), -6.0),
    "digital silence": (np.zeros(160), -120.0),
    "no sample at all": (np.zeros(0), -120.0),
    "fainter than the floor": (np.full(160, 1e-7), -120.0),
}


@pytest.mark.parametrize(("samples", "want"), LEVELS.values(), ids=LEVELS)
def test_level(samples: np.ndarray, want: float) -> None:
    assert level_dbfs(samples.astype(np.float32)) == pytest.approx(want, abs=0.05)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 5)), max_size=30))
def test_words_are_ordered_and_do_not_overlap_and_none_is_lost(
    spans: list[tuple[float, float]],
) -> None:
    ordered = order_words([a_word(start, start + length) for start, length in spans])
    assert sorted(word.start for word in ordered) == [word.start for word in ordered]
    assert len(ordered) == len(spans)
    assert all(word.start <= word.end for word in ordered)
    assert all(before.end <= after.start for before, after in pairwise(ordered))


def test_only_a_word_that_nothing_stands_for_is_left_out() -> None:
    samples = np.concatenate((np.full(16_000, 0.1), np.zeros(16_000))).astype(np.float32)
    whole = Stretch(0, 32_000)
    words = place_words(
        Chunk((whole,), (whole,), samples),
        [
            SpokenWord(" heard", 0.1, 0.5, 0.2),
            SpokenWord(" ", 0.5, 0.6, 0.9),
            SpokenWord(" ...", 0.6, 0.7, 0.9),
            SpokenWord(" sure", 1.1, 1.2, 0.8),
            SpokenWord(" invented", 1.3, 1.9, 0.3),
        ],
    )
    assert [word.text for word in words] == [" heard", " sure"]
    assert words[0].level == pytest.approx(-20.0)
    assert words[1].level == -120.0
