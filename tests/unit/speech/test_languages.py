from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from multitrack_steps.speech.languages import (
    WHISPER_LANGUAGES,
    Evidence,
    code_named,
    detect_language,
    refuse_unspoken,
)
from workflow_templates.runtime.errors import LanguageUnsupportedError

Heard = tuple[float, Mapping[str, float]]


@dataclass(frozen=True)
class Case:
    own: Sequence[Heard]
    others: Sequence[Heard] = ()
    want: str = "en"
    pooled: bool = False
    windows: int = 1
    """How much of the own speech is listened to."""


CASES = {
    "enough clear speech decides alone": Case([(25, {"es": 0.97, "en": 0.02})], want="es"),
    "only as much is heard as is needed": Case([(30, {"en": 0.9}), (30, {"de": 0.9})]),
    "an unsure window asks for the next": Case(
        [(30, {"pt": 0.5, "es": 0.45}), (30, {"es": 0.95, "pt": 0.03})], want="es", windows=2
    ),
    "after three unsure windows the others are asked": Case(
        [(30, {"pt": 0.4, "es": 0.3})] * 5,
        [(30, {"es": 0.9, "pt": 0.05})] * 3,
        want="es",
        pooled=True,
        windows=3,
    ),
    "too little speech follows the others": Case(
        [(1.5, {"nn": 0.6, "en": 0.3})], [(30, {"en": 0.99}), (20, {"en": 0.98})], pooled=True
    ),
    "too little speech in a silent meeting decides as it can": Case(
        [(1.5, {"de": 0.7, "en": 0.3})], want="de", pooled=True
    ),
    "evidence counts by its seconds": Case(
        [(2, {"de": 0.9, "en": 0.1})],
        [(4, {"de": 0.8, "en": 0.2}), (30, {"en": 0.9, "de": 0.1})],
        pooled=True,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_language(case: Case) -> None:
    taken = []

    def listen() -> Iterator[Evidence]:
        for heard in case.own:
            taken.append(heard)
            yield Evidence(*heard)

    language = detect_language(listen(), lambda: [Evidence(*heard) for heard in case.others])
    assert (language.code, language.pooled, len(taken)) == (case.want, case.pooled, case.windows)
    assert language.detected


def test_the_others_are_not_heard_where_the_track_decides() -> None:
    def nobody_asks() -> list[Evidence]:
        raise AssertionError

    assert detect_language([Evidence(20, {"fr": 0.99})], nobody_asks).probability == 0.99


def test_the_languages_are_those_of_faster_whisper() -> None:
    assert set(WHISPER_LANGUAGES) == set(_LANGUAGE_CODES)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("english", "en"),
        ("German", "de"),
        ("pt", "pt"),
        ("Haitian Creole", "ht"),
        ("klingon", None),
    ],
)
def test_a_service_may_name_a_language_in_any_way(name: str, code: str | None) -> None:
    assert code_named(name) == code


@pytest.mark.parametrize(
    ("language", "multilingual"), [("auto", False), ("en", False), ("de", True)]
)
def test_a_language_that_the_model_speaks_passes(language: str, *, multilingual: bool) -> None:
    refuse_unspoken(language, model="m", multilingual=multilingual)


def test_an_english_only_model_refuses_german_by_name() -> None:
    with pytest.raises(LanguageUnsupportedError, match=r"tiny\.en speaks English only.*german"):
        refuse_unspoken("de", model="tiny.en", multilingual=False)
