"""Word error rates against worked examples, properties, and meeteval where it is installed."""

import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack.evaluation.spoken import Spoken, Utterance
from multitrack.evaluation.word_errors import (
    WordErrors,
    concatenated_minimum_permutation,
    count_word_errors,
    normaliser_for,
    text_by_speaker,
    text_in_order,
)


@dataclass(frozen=True, slots=True)
class Case:
    reference: dict[str, str]
    hypothesis: dict[str, str]
    want: WordErrors
    want_pairs: set[tuple[str | None, str | None]]


# Errors and pairs as meeteval 0.4.3 gives them (cp_word_error_rate).
CASES = {
    "names mean nothing": Case(
        {"A": "a b", "B": "c d"},
        {"1": "c d", "2": "a b"},
        WordErrors(4),
        {("A", "2"), ("B", "1")},
    ),
    "a word too many and one too few": Case(
        {"A": "a b c", "B": "d e f"},
        {"1": "d e f x", "2": "a b"},
        WordErrors(6, 0, 1, 1),
        {("A", "2"), ("B", "1")},
    ),
    "a speaker too many is made up": Case(
        {"A": "a b c", "B": "d e f"},
        {"1": "d e", "2": "a b c", "3": "x y"},
        WordErrors(6, 0, 1, 2),
        {("A", "2"), ("B", "1"), (None, "3")},
    ),
    "a speaker too few is missed": Case(
        {"A": "a b c", "B": "d e f"},
        {"1": "a b c d e f"},
        WordErrors(6, 0, 3, 3),
        {("A", "1"), ("B", None)},
    ),
    "a word of the wrong speaker is two errors": Case(
        {"A": "a b c", "B": "d e f"},
        {"1": "a b", "2": "c d e f"},
        WordErrors(6, 0, 1, 1),
        {("A", "1"), ("B", "2")},
    ),
    "nobody is heard": Case({"A": "a b"}, {}, WordErrors(2, 0, 2, 0), {("A", None)}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_cpwer_pairs_speakers_for_the_fewest_errors(case: Case) -> None:
    found = concatenated_minimum_permutation(case.reference, case.hypothesis)
    assert found.total == case.want
    if case.want.deletions < 3:  # else several pairings are equally good
        assert {(pair.reference, pair.hypothesis) for pair in found.pairs} == case.want_pairs


def test_the_best_pairing_is_not_the_greedy_one() -> None:
    reference = {"A": "a b c d", "B": "a b x y"}
    hypothesis = {"1": "a b c d", "2": "c d c d"}
    # A-1 alone would be perfect, but then B-2 costs 4; A-2 costs 2 and B-1 costs 2.
    assert concatenated_minimum_permutation(reference, hypothesis).total.errors == 4


words = st.lists(st.sampled_from("abc"), max_size=6).map(" ".join)
meetings = st.dictionaries(st.sampled_from("ABCD"), words, max_size=4)


@given(meetings, meetings)
def test_no_permutation_is_better(reference: dict[str, str], hypothesis: dict[str, str]) -> None:
    found = concatenated_minimum_permutation(reference, hypothesis)
    named = sum(
        count_word_errors(reference.get(name, ""), hypothesis.get(name, "")).errors
        for name in reference.keys() | hypothesis.keys()
    )
    assert found.total.errors <= named
    assert found.total.words == sum(len(text.split()) for text in reference.values())


@given(meetings)
def test_a_meeting_has_no_errors_against_itself(meeting: dict[str, str]) -> None:
    assert concatenated_minimum_permutation(meeting, meeting).total.errors == 0


@given(words, words)
def test_errors_account_for_the_difference_in_length(reference: str, hypothesis: str) -> None:
    counted = count_word_errors(reference, hypothesis)
    assert counted.words == len(reference.split())
    assert counted.words - counted.deletions + counted.insertions == len(hypothesis.split())


def test_cpwer_equals_meetevals_on_random_meetings() -> None:
    meeteval = pytest.importorskip("meeteval")
    chance = random.Random(7)  # noqa: S311 - test data
    for _ in range(50):
        reference, hypothesis = (
            {
                f"{side}{speaker}": " ".join(chance.choices("abcdef", k=chance.randint(1, 12)))
                for speaker in range(chance.randint(1, 4))
            }
            for side in "rh"
        )
        want = meeteval.wer.cp_word_error_rate(reference, hypothesis)
        found = concatenated_minimum_permutation(reference, hypothesis).total
        assert (found.errors, found.words) == (want.errors, want.length)


def test_a_rate_is_errors_by_reference_words() -> None:
    assert WordErrors(4, 1, 1, 3).rate == 1.25
    assert WordErrors(0, 0, 0, 3).rate is None


SPELLINGS = {
    "case, punctuation and contractions": ("en", "Let's go, Ben!", "let us go ben"),
    "numbers": ("en", "version forty two", "version 42"),
    "British spelling": ("en", "the colour", "the color"),
    "an unknown language counts as English": (None, "Let's go", "let us go"),
    "a region makes no difference": ("en-GB", "Let's go", "let us go"),
    "German keeps its words": ("de", "Grüße, Ben!", "grüße ben"),
    "Chinese counts letters": ("zh", "你好。世界", "你 好 世 界"),
}


@pytest.mark.parametrize(("language", "text", "want"), SPELLINGS.values(), ids=SPELLINGS)
def test_spellings_are_made_equal(language: str | None, text: str, want: str) -> None:
    assert normaliser_for(language)(text).split() == want.split()


def test_texts_are_joined_by_speaker_and_over_all() -> None:
    spoken = Spoken(
        (Utterance("A", "One."), Utterance("B", "Two!"), Utterance("A", "..."), Utterance("A", "3"))
    )
    assert text_in_order(spoken, normaliser_for("de")) == "one two 3"
    assert text_by_speaker(spoken, normaliser_for("de")) == {"A": "one 3", "B": "two"}
