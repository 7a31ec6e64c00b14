"""Which voice said each word."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.transcript.attribution import attribute_words
from workflow_templates.contracts.turns import Turn
from workflow_templates.contracts.words import TrackWord


def word(text: str, start: float, end: float) -> TrackWord:
    return TrackWord(text=f" {text}", start=start, end=end, probability=0.9, level=-20.0)


def said(label: str, start: float, end: float) -> Turn:
    return Turn(start=start, end=end, label=label)


@dataclass(frozen=True)
class Case:
    words: list[TrackWord]
    turns: list[Turn]
    want: str
    """One label a word."""


CASES = {
    "a word is its turn's": Case(
        [word("Hello.", 0.1, 0.5), word("Hi.", 1.1, 1.4)],
        [said("1", 0, 1), said("2", 1, 2)],
        "12",
    ),
    "a word across a change is whose the longer part is": Case(
        [word("well", 0.7, 1.1), word("so", 0.9, 1.5)],
        [said("1", 0, 1), said("2", 1, 2)],
        "12",
    ),
    "a word that lies in no turn is the nearest one's": Case(
        [word("Um", 1.2, 1.3), word("yes", 2.7, 2.9), word("bye", 9.0, 9.5)],
        [said("1", 0, 1), said("2", 3, 4)],
        "122",
    ),
    "a word before the first turn is the first turn's": Case(
        [word("Oh", 0.0, 0.3)], [said("2", 5, 6), said("1", 7, 8)], "2"
    ),
    "who was speaking goes on where two speak at once": Case(
        [
            word("the", 2.0, 2.3),
            word("last", 2.3, 2.6),
            word("word.", 2.6, 2.9),
            word("No.", 3.1, 3.4),
        ],
        [said("1", 0, 3), said("2", 2.2, 4)],
        "1112",
    ),
    "whoever began last takes over when the other's sentence is complete": Case(
        [word("Done.", 2.0, 2.4), word("Wait", 2.5, 2.8), word("please", 2.8, 3.2)],
        [said("1", 0, 3.2), said("2", 2.2, 5)],
        "122",
    ),
    "a long turn that began early is found": Case(
        [word("still", 50.0, 50.4)],
        [said("1", 0, 60), *(said("2", place, place + 0.5) for place in range(10, 49, 2))],
        "1",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_attribution(case: Case) -> None:
    assert "".join(attribute_words(case.words, case.turns)) == case.want


times = st.integers(0, 200).map(lambda tenth: tenth / 10)


@given(
    st.lists(st.tuples(times, st.integers(0, 15)), max_size=30),
    st.lists(st.tuples(times, st.integers(1, 80), st.sampled_from("123")), min_size=1, max_size=12),
)
def test_every_word_gets_a_label_that_exists_and_covers_it_best(
    spans: list[tuple[float, int]], heard: list[tuple[float, int, str]]
) -> None:
    words = [word("so", start, start + length / 10) for start, length in sorted(spans)]
    turns = sorted(
        (said(label, start, start + length / 10) for start, length, label in heard),
        key=lambda turn: (turn.start, turn.end),
    )
    labels = attribute_words(words, turns)
    assert len(labels) == len(words)
    for spoken, label in zip(words, labels, strict=True):
        covered = {
            turn.label: min(turn.end, spoken.end) - max(turn.start, spoken.start) for turn in turns
        }
        assert label in covered
        alone = {
            turn.label for turn in turns if turn.start < spoken.end and turn.end > spoken.start
        }
        if spoken.end > spoken.start and len(alone) == 1:
            assert label in alone
