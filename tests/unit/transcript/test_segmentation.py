"""Where a speaker's words are cut into segments."""

from dataclasses import dataclass

import pytest

from multitrack_steps.transcript.segmentation import cut_segments
from workflow_templates.contracts.transcript import Word


def word(
    text: str,
    start: float,
    *,
    speaker: int = 0,
    track: int | None = None,
    echo_of: int | None = None,
) -> Word:
    return Word(
        text=text,
        start=start,
        end=start + 0.3,
        speaker=speaker,
        track=speaker if track is None else track,
        probability=0.9,
        echo_of=echo_of,
    )


def words(text: str, *, speaker: int = 0, start: float = 0.0) -> list[Word]:
    """Each part of the text a word, half a second apart; blanks belong to the word after them."""
    return [
        word(f" {part}", start + 0.5 * place, speaker=speaker)
        for place, part in enumerate(text.split())
    ]


@dataclass(frozen=True)
class Case:
    spoken: list[Word]
    want: list[str]


CASES = {
    "no words make no segment": Case([], []),
    "a sentence ends at a full stop, question mark, exclamation mark or ellipsis": Case(
        words("Well… Is it? It is! Good. then"), ["Well…", "Is it?", "It is!", "Good.", "then"]
    ),
    "a closing quote after the full stop belongs to the sentence": Case(
        words('He said "go." Then left'), ['He said "go."', "Then left"]
    ),
    "a number with a point inside is no sentence end": Case(
        words("about 3.5 per cent"), ["about 3.5 per cent"]
    ),
    "Chinese, Japanese, Arabic and Hindi full stops count": Case(
        [
            word("好。", 0),
            word("是？", 0.5),  # noqa: RUF001 - as below
            word("对！", 1),  # noqa: RUF001 - the full-width mark is meant
            word(" نعم؟", 1.5),
            word(" हाँ।", 2),
            word(" x", 2.5),
        ],
        ["好。", "是？", "对！", "نعم؟", "हाँ।", "x"],  # noqa: RUF001 - as above
    ),
    "words without blanks are joined without blanks": Case(
        [word("大", 0), word("家", 0.4), word("好", 0.8)], ["大家好"]
    ),
    "a pause longer than a second and a half cuts": Case(
        [word(" one", 0), word(" two", 1.8), word(" three", 3.61)], ["one two", "three"]
    ),
    "two people who speak at once have a segment each, by start": Case(
        sorted(
            words("I think that", start=0.0) + words("me too.", speaker=1, start=0.2),
            key=lambda spoken: spoken.start,
        ),
        ["I think that", "me too."],
    ),
    "two tracks of one person are not woven into each other": Case(
        [
            word(" a", 0.0, track=0),
            word(" x", 0.1, track=1),
            word(" b", 0.4, track=0),
            word(" y", 0.5, track=1),
        ],
        ["a b", "x y"],
    ),
    "an echo is in no segment": Case(
        [word(" yes", 0.0), word(" yes", 0.1, speaker=1, echo_of=0), word(" sir", 0.4)], ["yes sir"]
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_segments(case: Case) -> None:
    assert [segment.text for segment in cut_segments("r", case.spoken)] == case.want


def test_a_speech_without_full_stops_is_cut_at_a_thousand_characters() -> None:
    segments = cut_segments("r", words("abcdefghi " * 250))
    assert [len(segment.words) for segment in segments] == [100, 100, 50]


def test_ids_depend_on_recording_and_first_word_alone() -> None:
    spoken = words("One. Two.")
    first = [segment.id for segment in cut_segments("r", spoken)]
    retold = [old.model_copy(update={"text": " Other."}) for old in spoken]
    assert [segment.id for segment in cut_segments("r", retold)] == first
    assert len(set(first)) == 2
    assert not {segment.id for segment in cut_segments("s", spoken)} & set(first)
