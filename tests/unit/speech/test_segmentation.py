from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.speech.segmentation import PADDING, SpeechSegmenter, Stretch
from multitrack_steps.speech.vad import WINDOW

LONGEST = 30 * 16_000


@dataclass(frozen=True)
class Case:
    runs: Sequence[tuple[float, int]]
    """Probability, and for how many windows of 32 ms."""
    want: Sequence[tuple[float, float]]
    """Windows, padding left out."""


CASES = {
    "silence is no speech": Case([(0.1, 100)], []),
    "nothing at all is no speech": Case([], []),
    "speech between silences": Case([(0, 50), (0.9, 20), (0, 50)], [(50, 70)]),
    "a pause below 160 ms does not end speech": Case(
        [(0, 50), (0.9, 20), (0, 4), (0.9, 20), (0, 50)], [(50, 94)]
    ),
    "a pause of 160 ms ends it": Case(
        [(0, 50), (0.9, 20), (0, 6), (0.9, 20), (0, 50)], [(50, 70), (76, 96)]
    ),
    "doubt does not end speech": Case([(0.9, 20), (0.4, 50), (0.9, 20), (0, 50)], [(0, 90)]),
    "doubt does not begin speech": Case([(0.4, 100)], []),
    "speech until the end": Case([(0, 50), (0.9, 20)], [(50, 70)]),
}


def listen(
    probabilities: Sequence[float], blocks: Sequence[int], longest: int = LONGEST
) -> tuple[list[Stretch], list[Stretch]]:
    """What is heard and what is speech, when the probabilities come in such blocks."""
    segmenter = SpeechSegmenter(longest)
    found = []
    start = 0
    for size in (*blocks, len(probabilities)):
        part = np.array(probabilities[start : start + size], np.float32)
        found += list(segmenter.feed(part))
        start += size
    found += list(segmenter.finish(len(probabilities) * WINDOW))
    return [one.heard for one in found], [one.speech for one in found]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_speech_is_found(case: Case) -> None:
    probabilities = [p for p, windows in case.runs for _ in range(windows)]
    _, speech = listen(probabilities, [])
    assert [(s.start / WINDOW, s.end / WINDOW) for s in speech] == list(case.want)


def test_what_is_heard_has_400_ms_of_padding() -> None:
    heard, speech = listen([0.0] * 50 + [0.9] * 20 + [0.0] * 50, [])
    assert heard == [Stretch(speech[0].start - PADDING, speech[0].end + PADDING)]


def test_a_short_pause_is_shared_by_both_sides() -> None:
    heard, speech = listen([0.9] * 20 + [0.0] * 10 + [0.9] * 20, [])
    middle = (speech[0].end + speech[1].start) // 2
    assert heard[0].end == middle
    assert heard[1].start == middle


def test_long_speech_is_cut_at_its_last_short_pause() -> None:
    probabilities = [0.9] * 500 + [0.0] * 4 + [0.9] * 500
    heard, speech = listen(probabilities, [])
    assert [(s.start // WINDOW, s.end // WINDOW) for s in speech] == [(0, 500), (504, 1004)]
    assert all(h.end - h.start <= LONGEST for h in heard)


probabilities_of_speech = st.lists(
    st.tuples(st.sampled_from([0.0, 0.4, 0.9]), st.integers(1, 120)), max_size=12
).map(lambda runs: [p for p, windows in runs for _ in range(windows)])


@given(probabilities_of_speech, st.lists(st.integers(0, 60), max_size=12))
def test_block_borders_change_nothing(probabilities: list[float], blocks: list[int]) -> None:
    assert listen(probabilities, blocks, 60_000) == listen(probabilities, [], 60_000)


@given(probabilities_of_speech)
def test_what_is_heard_is_ordered_bounded_and_holds_the_speech(probabilities: list[float]) -> None:
    heard, speech = listen(probabilities, [], 60_000)
    borders = [border for stretch in heard for border in (stretch.start, stretch.end)]
    assert borders == sorted(borders)
    assert all(0 <= h.start < h.end <= len(probabilities) * WINDOW for h in heard)
    assert all(h.end - h.start <= 60_000 for h in heard)
    assert all(h.start <= s.start and s.end <= h.end for h, s in zip(heard, speech, strict=True))
    loud = [i for i, p in enumerate(probabilities) if p >= 0.5]
    assert all(any(h.start <= i * WINDOW < h.end for h in heard) for i in loud)
