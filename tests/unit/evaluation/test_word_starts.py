"""Distances between the starts of equal words."""

import pytest

from multitrack.evaluation.spoken import Spoken, TimedWord, Utterance
from multitrack.evaluation.word_errors import SpeakerPair, WordErrors
from multitrack.evaluation.word_starts import measure_word_starts


def a_meeting(speaker: str, *words: tuple[str, float]) -> Spoken:
    timed = tuple(TimedWord(text, start, start + 0.1) for text, start in words)
    text = " ".join(text for text, _ in words)
    return Spoken((Utterance(speaker, text, words[0][1], words[-1][1] + 0.1, timed),))


PAIR = SpeakerPair("A", "1", WordErrors())


def test_only_equal_words_are_compared() -> None:
    reference = a_meeting("A", ("Good", 1.0), ("morning", 1.5), ("all", 2.0))
    result = a_meeting("1", ("good", 1.1), ("evening", 9.0), ("all.", 1.8), ("so", 3.0))
    starts = measure_word_starts(reference, result, [PAIR], lambda text: text.lower().strip("."))
    assert starts is not None
    assert starts.words == 2
    assert starts.median == pytest.approx(0.15)
    assert starts.percentile_95 == pytest.approx(0.2)
    assert starts.bias == pytest.approx(-0.05)


def test_sentences_without_word_times_are_not_compared() -> None:
    reference = Spoken(
        (
            Utterance("A", "Good morning all", 1.0, 2.0),
            Utterance("A", "Yes", 3.0, 3.2, (TimedWord("Yes", 3.0, 3.2),)),
        )
    )
    assert measure_word_starts(reference, a_meeting("1", ("yes", 3.0)), [PAIR], str.lower) is None


def test_speakers_without_a_partner_are_not_compared() -> None:
    meeting = a_meeting("A", ("yes", 1.0))
    pairs = [SpeakerPair("A", None, WordErrors()), SpeakerPair(None, "A", WordErrors())]
    assert measure_word_starts(meeting, meeting, pairs, str.lower) is None


def test_a_speaker_whose_words_vanish_is_not_compared() -> None:
    reference, result = a_meeting("A", ("um", 1.0)), a_meeting("1", ("um", 1.0))
    assert measure_word_starts(reference, result, [PAIR], lambda _: "") is None
