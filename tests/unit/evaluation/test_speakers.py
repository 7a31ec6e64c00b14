"""Speaker accuracy and diarization errors."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack.evaluation.speakers import (
    DiarizationErrors,
    SpeakerAccuracy,
    measure_diarization,
    measure_speaker_accuracy,
)
from multitrack.evaluation.spoken import Turn

TWO = [Turn("A", 0, 10), Turn("B", 10, 20)]


@dataclass(frozen=True, slots=True)
class Case:
    hypothesis: list[Turn]
    want_accuracy: SpeakerAccuracy
    want_diarization: DiarizationErrors
    reference: list[Turn]


CASES = {
    "other names, same turns": Case(
        [Turn("1", 0, 10), Turn("2", 10, 20)],
        SpeakerAccuracy(20, 20),
        DiarizationErrors(20, 0, 0, 0),
        TWO,
    ),
    "a change heard late": Case(
        [Turn("1", 0, 12), Turn("2", 12, 20)],
        SpeakerAccuracy(18, 20),
        DiarizationErrors(20, 0, 0, 2),
        TWO,
    ),
    "one speaker for two": Case(
        [Turn("1", 0, 20)], SpeakerAccuracy(10, 20), DiarizationErrors(20, 0, 0, 10), TWO
    ),
    "speech where nobody speaks is no matter of speakers": Case(
        [Turn("1", 0, 10), Turn("2", 10, 25)],
        SpeakerAccuracy(20, 20),
        DiarizationErrors(20, 0, 5, 0),
        TWO,
    ),
    "speech that is missed": Case(
        [Turn("1", 2, 10)], SpeakerAccuracy(8, 8), DiarizationErrors(20, 12, 0, 0), TWO
    ),
    "two talk at once and one is heard": Case(
        [Turn("1", 0, 10), Turn("2", 10, 12)],
        SpeakerAccuracy(12, 12),
        DiarizationErrors(17, 5, 0, 0),
        [Turn("A", 0, 10), Turn("B", 5, 12)],
    ),
    "turns of one speaker that overlap count once": Case(
        [Turn("1", 0, 6), Turn("1", 4, 10), Turn("2", 10, 20)],
        SpeakerAccuracy(20, 20),
        DiarizationErrors(20, 0, 0, 0),
        TWO,
    ),
    "a turn without length is nothing": Case(
        [Turn("1", 0, 10), Turn("2", 3, 3), Turn("2", 10, 20)],
        SpeakerAccuracy(20, 20),
        DiarizationErrors(20, 0, 0, 0),
        TWO,
    ),
    "silence": Case([], SpeakerAccuracy(0, 0), DiarizationErrors(20, 20, 0, 0), TWO),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_time_is_weighed_by_who_speaks(case: Case) -> None:
    assert measure_speaker_accuracy(case.reference, case.hypothesis) == case.want_accuracy
    assert measure_diarization(case.reference, case.hypothesis) == case.want_diarization


def test_nothing_to_compare_has_no_share_and_no_rate() -> None:
    assert measure_speaker_accuracy(TWO, []).share is None
    assert measure_diarization([], TWO).rate is None


turns = st.lists(
    st.builds(
        lambda speaker, start, length: Turn(speaker, start, start + length),
        st.sampled_from("ABC"),
        st.integers(0, 50),
        st.integers(0, 20),
    ),
    max_size=8,
)


@given(turns, turns)
def test_times_add_up(reference: list[Turn], hypothesis: list[Turn]) -> None:
    errors = measure_diarization(reference, hypothesis)
    accuracy = measure_speaker_accuracy(reference, hypothesis)
    assert min(errors.missed, errors.false_alarm, errors.confusion) >= 0
    assert errors.missed + errors.confusion <= errors.speech
    assert 0 <= accuracy.right <= accuracy.compared


@given(turns)
def test_turns_have_no_errors_against_themselves(reference: list[Turn]) -> None:
    errors = measure_diarization(reference, reference)
    assert errors.missed + errors.false_alarm + errors.confusion == 0
