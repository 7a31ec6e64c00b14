"""Which words are taken for another microphone's picking up of the same speech."""

import time
from dataclasses import dataclass, field

import pytest

from multitrack_steps.transcript.echo import find_echoes
from multitrack_steps.transcript.merging import SpokenWord


def said(
    text: str, *, track: int, start: float, level: float = -20.0, voice: int | None = None
) -> list[SpokenWord]:
    """Words of one track, four a second; of a known voice, if one is given."""
    return [
        SpokenWord(
            text=f" {word}",
            start=start + 0.25 * place,
            end=start + 0.25 * place + 0.2,
            speaker=track if voice is None else voice,
            track=track,
            probability=0.9,
            level=level,
            voice_known=voice is not None,
        )
        for place, word in enumerate(text.split())
    ]


@dataclass(frozen=True)
class Case:
    spoken: list[list[SpokenWord]]
    want: dict[str, str] = field(default_factory=dict)
    """Echo -> original, each as "word@track"."""


ORIGINAL = said("The pool is too small.", track=0, start=10.0)
CASES = {
    "five words a little later and 20 dB weaker are an echo, in other case and punctuation": Case(
        [ORIGINAL, said("the pool, is too small", track=1, start=10.1, level=-40)],
        want={
            "the@1": "the@0",
            "pool@1": "pool@0",
            "is@1": "is@0",
            "too@1": "too@0",
            "small@1": "small@0",
        },
    ),
    "an echo that the model places before the original is one all the same": Case(
        [ORIGINAL, said("pool is too", track=1, start=9.95, level=-30)],
        want={"pool@1": "pool@0", "is@1": "is@0", "too@1": "too@0"},
    ),
    "words half a second apart still match": Case(
        [ORIGINAL, said("The pool is", track=1, start=10.5, level=-26)],
        want={"the@1": "the@0", "pool@1": "pool@0", "is@1": "is@0"},
    ),
    "words more than half a second apart are said twice": Case(
        [ORIGINAL, said("The pool is too small", track=1, start=10.52, level=-40)]
    ),
    "two words are too few": Case([ORIGINAL, said("too small", track=1, start=10.75, level=-40)]),
    "two people who say yes together stay two": Case(
        [said("Yes.", track=0, start=5.0), said("Yes.", track=1, start=5.1, level=-40)]
    ),
    "one voice that says yes in two tracks says it once": Case(
        [
            said("Yes.", track=0, start=5.0, voice=7),
            said("Yes.", track=1, start=5.1, level=-23, voice=7),
        ],
        want={"yes@1": "yes@0"},
    ),
    "what was misheard of a voice that is louder elsewhere is an echo of the nearest word": Case(
        [
            said("pool is", track=0, start=5.0, voice=7),
            said("pull his", track=1, start=5.05, level=-40, voice=7),
        ],
        want={"pull@1": "pool@0", "his@1": "is@0"},
    ),
    "a voice that is heard on one track only is no echo": Case(
        [
            said("pool is", track=0, start=5.0, voice=7),
            said("pull his", track=1, start=9.0, level=-40, voice=7),
        ]
    ),
    "two known voices that say yes together stay two": Case(
        [
            said("Yes.", track=0, start=5.0, voice=7),
            said("Yes.", track=1, start=5.1, level=-40, voice=8),
        ]
    ),
    "one voice at equal levels is not judged": Case(
        [
            said("Yes.", track=0, start=5.0, voice=7),
            said("Yes.", track=1, start=5.1, level=-21, voice=7),
        ]
    ),
    "a voice known on one track only is judged by its words": Case(
        [said("Yes.", track=7, start=5.0), said("Yes.", track=1, start=5.1, level=-40, voice=7)]
    ),
    "equally loud people who say the same stay two": Case(
        [ORIGINAL, said("The pool is too small.", track=1, start=10.1, level=-25.9)]
    ),
    "a repetition on the same track is none": Case(
        [ORIGINAL, said("The pool is", track=0, start=10.3, level=-40)]
    ),
    "a word of one's own in between makes two short runs": Case(
        [ORIGINAL, said("The pool really too small", track=1, start=10.1, level=-40)]
    ),
    "an echo in two tracks leads to the original from both": Case(
        [
            said("one two three", track=0, start=1.0, level=-10),
            said("one two three", track=1, start=1.4, level=-20),
            said("one two three", track=2, start=1.8, level=-30),
        ],
        want={
            "one@1": "one@0",
            "two@1": "two@0",
            "three@1": "three@0",
            "one@2": "one@0",
            "two@2": "two@0",
            "three@2": "three@0",
        },
    ),
    "only the words that are weaker by 6 dB belong to the run": Case(
        [
            ORIGINAL,
            said("The pool is", track=1, start=10.1, level=-26)
            + said("too small", track=1, start=10.85, level=-22),
        ],
        want={"the@1": "the@0", "pool@1": "pool@0", "is@1": "is@0"},
    ),
    "punctuation between the words does not break the run": Case(
        [ORIGINAL, said("The pool - is", track=1, start=10.0, level=-40)],
        want={"the@1": "the@0", "pool@1": "pool@0", "is@1": "is@0"},
    ),
    "punctuation alone is no word": Case(
        [said("- - - -", track=0, start=1), said("- - - -", track=1, start=1, level=-40)]
    ),
}


def label(word: SpokenWord) -> str:
    return f"{word.text.strip(' .,').lower()}@{word.track}"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_echo(case: Case) -> None:
    words = sorted(
        (word for line in case.spoken for word in line), key=lambda word: (word.start, word.track)
    )
    found = {label(words[weak]): label(words[loud]) for weak, loud in find_echoes(words).items()}
    assert found == case.want


def test_three_hours_of_ten_tracks_that_all_hear_each_other_take_seconds() -> None:
    vocabulary = [f"word{number % 300}" for number in range(10_000)]
    words = [
        SpokenWord(
            f" {text}", place * 1.08, place * 1.08 + 0.3, track, track, 0.9, -20.0 - 7 * track
        )
        for place, text in enumerate(vocabulary)
        for track in range(10)
    ]
    started = time.process_time()
    echoes = find_echoes(words)
    assert time.process_time() - started < 5
    assert len(echoes) == 90_000
    assert {words[loud].track for loud in echoes.values()} == {0}
