"""Two sides compared: what differs is found, counted and placed; what is alike is not."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.comparison.sides import TEXT, a_side, spoken
from workflow_templates.comparison.comparing import compare_sides
from workflow_templates.comparison.settings import ComparisonSettings
from workflow_templates.comparison.side import Side, SideTopic, SideWord, nothing
from workflow_templates.comparison.structure import similarity
from workflow_templates.contracts.comparison import (
    Comparison,
    DifferenceKind,
    Verdict,
    WordMeasure,
)

MEETING = a_side(spoken(TEXT, 1.0), spoken("fine with me see you then", 10.0, speaker=1))


def words_of(comparison: Comparison) -> WordMeasure:
    assert comparison.words
    return comparison.words


def past_limit(comparison: Comparison) -> list[str]:
    return [check.measure for check in comparison.checks if check.within is False]


def moved(side: Side, seconds: float, *, since: float = 0.0, speaker: int = 0) -> Side:
    """One speaker's words from a time on, moved."""
    return replace(
        side,
        words=tuple(
            SideWord(word.text, word.start + seconds, word.end + seconds, word.speaker)
            if word.speaker == speaker and word.start >= since
            else word
            for word in side.words
        ),
    )


def test_a_result_is_like_itself() -> None:
    comparison = compare_sides(MEETING, MEETING)
    assert comparison.verdict is Verdict.ALIKE
    assert not comparison.missing
    words = words_of(comparison)
    assert (words.rate_against_a, words.rate_against_b, words.differences) == (0, 0, ())
    assert comparison.speakers
    assert comparison.speakers.agreement == 1


def test_case_punctuation_and_numbers_spelt_out_are_no_differences() -> None:
    a = a_side(spoken("It's twenty five percent, isn't it? Colour is fine.", 0.0))
    b = a_side(spoken("it is 25% is not it color is fine", 0.0))
    assert words_of(compare_sides(a, b)).equal >= 8
    assert words_of(compare_sides(a, b)).rate_against_a == 0


EDITS = {
    "a word changed": (
        TEXT.replace("thursday", "tuesday"),
        (DifferenceKind.SUBSTITUTION, "thursday", "tuesday", (1, 0, 0)),
    ),
    "a word that only A has": (
        TEXT.replace("export ", ""),
        (DifferenceKind.DELETION, "export", "", (0, 1, 0)),
    ),
    "words that only B has": (
        TEXT.replace("ben", "our friend ben"),
        (DifferenceKind.INSERTION, "", "our friend", (0, 0, 2)),
    ),
}


@pytest.mark.parametrize(("text", "want"), EDITS.values(), ids=EDITS)
def test_a_difference_is_shown_with_its_words_and_counted(
    text: str, want: tuple[DifferenceKind, str, str, tuple[int, int, int]]
) -> None:
    words = words_of(compare_sides(a_side(spoken(TEXT, 1.0)), a_side(spoken(text, 1.0))))
    [found] = words.differences
    assert (found.kind, found.a, found.b) == want[:3]
    assert (words.substitutions, words.deletions, words.insertions) == want[3]
    assert words.rate_against_a == sum(want[3]) / words.a


def test_a_difference_says_when_and_between_which_words() -> None:
    other = a_side(spoken(TEXT.replace("thursday", "tuesday"), 1.0))
    [found] = words_of(compare_sides(a_side(spoken(TEXT, 1.0)), other)).differences
    assert (found.before, found.after) == ("the export button on", "and ben writes the")
    assert found.start == 1.0 + 6 * 0.5
    assert (found.speaker_a, found.speaker_b) == ("Alice", "Alice")


def test_people_who_talk_at_once_make_no_differences_by_their_order() -> None:
    a = a_side(spoken("one two three four", 0.0), spoken("five six seven", 0.1, speaker=1))
    b = a_side(spoken("one two three four", 0.2), spoken("five six seven", 0.0, speaker=1))
    assert words_of(compare_sides(a, b)).rate_against_a == 0


def test_words_of_the_wrong_speaker_are_a_matter_of_speakers_and_not_of_words() -> None:
    comparison = compare_sides(MEETING, replace(MEETING, names={0: "Ben", 1: "Alice"}))
    assert words_of(comparison).rate_against_a == 0
    assert comparison.speakers
    assert comparison.speakers.agreement == 0
    assert past_limit(comparison) == ["speakers"]
    kinds = {difference.kind for difference in words_of(comparison).differences}
    assert kinds == {DifferenceKind.SPEAKER}


def test_speakers_without_names_are_found_by_what_they_say() -> None:
    other = a_side(
        spoken(TEXT, 1.0, speaker=1),
        spoken("fine with me see you then", 10.0, speaker=0),
        names=("Speaker 0", "Speaker 1"),
    )
    comparison = compare_sides(MEETING, other)
    assert comparison.speakers
    assert {(match.a, match.b, match.by) for match in comparison.speakers.matches} == {
        ("Alice", "Speaker 1", "words"),
        ("Ben", "Speaker 0", "words"),
    }
    assert comparison.speakers.agreement == 1


LONG = a_side(
    *(spoken(TEXT, start) for start in (0.0, 30.0, 60.0)), gaps={0: ((10.0, 28.0), (40.0, 58.0))}
)
"""Three times the same, with pauses of 22 s; the microphone was muted for 18 s in each."""


def test_a_gap_that_is_not_filled_is_drift_and_not_imprecision() -> None:
    drifting = moved(moved(LONG, -18.0, since=30.0), -18.0, since=42.0)
    comparison = compare_sides(LONG, drifting)
    assert comparison.times
    assert comparison.drift
    assert past_limit(comparison) == ["drift after pauses"]
    assert comparison.drift.largest == pytest.approx(36.0)
    assert comparison.drift.words_affected == 2 * len(TEXT.split())
    [drift] = comparison.drift.speakers
    assert [pause.shift for pause in drift.pauses] == pytest.approx([-18.0, -18.0])
    assert [pause.recorded_gap for pause in drift.pauses] == pytest.approx([18.0, 18.0])
    assert comparison.drift.explained == 2
    assert comparison.times.settled_percentile_95 == pytest.approx(0.0)
    assert words_of(comparison).rate_against_a == 0


def test_a_track_with_another_offset_is_no_drift() -> None:
    comparison = compare_sides(LONG, moved(LONG, 2.0))
    assert past_limit(comparison) == ["offset of a speaker"]
    assert comparison.drift
    assert comparison.drift.largest == 0


def test_imprecise_words_are_neither_drift_nor_offset() -> None:
    jittery = replace(
        LONG,
        words=tuple(
            replace(word, start=word.start + (0.1 if place % 2 else -0.1))
            for place, word in enumerate(LONG.words)
        ),
    )
    comparison = compare_sides(LONG, jittery)
    assert comparison.verdict is Verdict.ALIKE
    assert comparison.times
    assert comparison.times.median == pytest.approx(0.1)


LACKS = {
    "topics": (replace(MEETING, topics=None), "B has no topics."),
    "duration": (replace(MEETING, duration=None), "B has no duration."),
    "a summary": (replace(MEETING, long_summary=None), "B has no long summary."),
    "times of words": (
        replace(MEETING, words_timed=False),
        "B has no times of words: word times and drift were not compared.",
    ),
    "everything": (
        nothing("https://legacy.example", "The legacy API is down."),
        "The legacy API is down.",
    ),
}


@pytest.mark.parametrize(("other", "want"), LACKS.values(), ids=LACKS)
def test_what_one_side_lacks_makes_the_comparison_incomplete(other: Side, want: str) -> None:
    comparison = compare_sides(MEETING, other)
    assert comparison.verdict is Verdict.INCOMPLETE
    assert comparison.missing == (want,)
    assert want in comparison.sentence


def test_a_difference_counts_though_something_is_missing() -> None:
    other = replace(MEETING, topics=None, duration=99.0)
    comparison = compare_sides(MEETING, other)
    assert comparison.verdict is Verdict.DIFFERENT
    assert "duration 84" in comparison.sentence or "duration 8" in comparison.sentence


def test_a_meeting_without_words_is_like_another_without_words() -> None:
    silent = a_side()
    assert compare_sides(silent, silent).verdict is Verdict.ALIKE
    assert past_limit(compare_sides(silent, MEETING))[0] == "words"


def test_topics_are_laid_over_each_other() -> None:
    a = replace(MEETING, topics=(SideTopic("Budget", 0, 30), SideTopic("Hiring", 30, 60)))
    b = replace(MEETING, topics=(SideTopic("The budget", 0, 35), SideTopic("New people", 35, 60)))
    topics = compare_sides(a, b).topics
    assert topics
    assert topics.agreement == 1
    assert [(match.title_a, match.title_b) for match in topics.matches] == [
        ("Budget", "The budget"),
        ("Hiring", "New people"),
    ]
    assert topics.matches[0].title_similarity > 0.8
    assert topics.matches[1].overlap == pytest.approx(25 / 30, abs=0.001)


def test_limits_are_settings() -> None:
    other = a_side(spoken(TEXT.replace("thursday", "tuesday"), 1.0))
    strict = ComparisonSettings.parse('{"most_word_difference": 0.01}')
    assert compare_sides(a_side(spoken(TEXT, 1.0)), other).verdict is Verdict.ALIKE
    comparison = compare_sides(a_side(spoken(TEXT, 1.0)), other, strict)
    assert past_limit(comparison) == ["words"]


def test_only_the_longest_passages_are_listed() -> None:
    a, b = a_side(spoken("x a b x c x", 0.0)), a_side(spoken("x x x", 0.0))
    words = words_of(compare_sides(a, b, ComparisonSettings(shown_differences=1)))
    assert (words.differences[0].a, words.differences_total) == ("a b", 2)


texts = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon"]), max_size=12)


@given(texts, texts)
def test_exchanging_the_sides_exchanges_the_figures(left: list[str], right: list[str]) -> None:
    a = a_side(spoken(" ".join(left), 0.0)) if left else a_side()
    b = a_side(spoken(" ".join(right), 0.0)) if right else a_side()
    there, back = words_of(compare_sides(a, b)), words_of(compare_sides(b, a))
    assert there.equal + there.substitutions + there.deletions == there.a == len(left)
    assert there.equal + there.substitutions + there.insertions == there.b == len(right)
    errors = [each.substitutions + each.deletions + each.insertions for each in (there, back)]
    assert errors[0] == errors[1]


def test_texts_about_one_thing_are_more_alike_than_texts_about_two() -> None:
    one = "The team agreed to ship the export button on Thursday, Ben writes the help article."
    same = "Ben will write a help article; the export button is shipped Thursday, the team agrees."
    other = "Carol reported that the database connections ran out and asked for a larger pool."
    alike = [similarity(one, one), similarity(one, same), similarity(one, other)]
    assert all(more > less for more, less in pairwise(alike))
    assert alike[1] > 0.5
    assert alike[2] < 0.2
