"""How long, how often, how much: the arithmetic around a language model."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.context import StepContext
from multitrack_steps.language.llm.dialect import AnswerFormat, Dialect, LimitName
from multitrack_steps.language.llm.endpoint import Endpoint
from multitrack_steps.language.llm.failures import Failure, Objection
from multitrack_steps.language.llm.patience import Patience
from multitrack_steps.language.llm.stretches import divide
from multitrack_steps.language.llm.tokens import estimate_tokens
from multitrack_steps.language.llm.topics import expected_topics
from multitrack_steps.language.llm.usage import Usage
from multitrack_steps.language.llm.writer import clip_evenly
from workflow_templates.catalog import DETECT_TOPICS
from workflow_templates.contracts.results import Tokens
from workflow_templates.runtime.errors import LanguageModelError, SettingsError
from workflow_templates.runtime.rate_limit import RateLimit

TOKENS = {
    "nothing": ("", 0),
    "English": ("a" * 35, 10),
    "Cyrillic": ("ж" * 20, 10),
    "kanji": ("会" * 10, 10),
    "a mixture": ("a" * 7 + "ж" * 4 + "会" * 3, 7),
}


@pytest.mark.parametrize(("text", "want"), TOKENS.values(), ids=TOKENS)
def test_tokens_are_estimated_by_script(text: str, want: int) -> None:
    assert estimate_tokens(text) == want


@given(st.lists(st.integers(0, 400), max_size=60), st.integers(10, 500))
def test_stretches_follow_each_other_without_holes(lengths: list[int], most: int) -> None:
    lines = ["x" * length for length in lengths]
    stretches = divide(lines, most)
    assert [index for stretch in stretches for index in stretch] == list(range(len(lines)))
    assert all(stretches)


@given(st.integers(1, 300), st.integers(100, 3000))
def test_stretches_are_hardly_longer_than_allowed(count: int, most: int) -> None:
    line = "x" * 70
    stretches = divide([line] * count, most)
    weight = estimate_tokens(line) + 1
    assert max(len(stretch) for stretch in stretches) * weight <= most + weight


def test_clipped_texts_keep_their_proportions() -> None:
    clipped = clip_evenly(["a" * 350, "b" * 700], 150)
    assert [len(text) for text in clipped] == [176, 351]
    assert clip_evenly(["a" * 350, "b" * 700], 300) == ["a" * 350, "b" * 700]


@pytest.mark.parametrize(
    ("minutes", "want"), [(1, 2.0), (2.5, 2.0), (30, 9.7), (60, 16.1), (180, 35.6), (900, 50.0)]
)
def test_expected_topics(minutes: float, want: float) -> None:
    assert expected_topics(minutes * 60) == pytest.approx(want, abs=0.1)


def test_requests_start_apart() -> None:
    now = 100.0
    limit = RateLimit(4.0, lambda: now)
    assert [limit.reserve() for _ in range(3)] == [0.0, 0.25, 0.5]
    now = 200.0
    assert limit.reserve() == 0.0


def test_hold_stops_all_and_never_shortens() -> None:
    now = 100.0
    limit = RateLimit(4.0, lambda: now)
    limit.hold(10.0)
    limit.hold(1.0)
    assert [limit.reserve() for _ in range(2)] == [10.0, 10.25]


def a_failure(
    objection: Objection = Objection.TRY_AGAIN,
    *,
    retry_after: float | None = None,
    is_silence: bool = False,
) -> Failure:
    return Failure(objection, LanguageModelError("x"), retry_after, is_silence=is_silence)


PATIENCE: dict[str, tuple[int, Failure, float | None]] = {
    "the first delay": (1, a_failure(), 0.5),
    "doubled": (3, a_failure(), 2.0),
    "no sixth try": (5, a_failure(), None),
    "as the endpoint asks": (1, a_failure(retry_after=7.0), 7.0),
    "never at once, whatever it asks": (2, a_failure(retry_after=0.0), 1.0),
    "not as long as it asks": (1, a_failure(retry_after=61.0), None),
    "one more try after silence": (1, a_failure(is_silence=True), 0.5),
    "not a third": (2, a_failure(is_silence=True), None),
    "refused is refused": (1, a_failure(Objection.FINAL), None),
}


@pytest.mark.parametrize(("tries", "failure", "want"), PATIENCE.values(), ids=PATIENCE)
def test_patience(tries: int, failure: Failure, want: float | None) -> None:
    assert Patience().delay_after(tries, failure) == want


def test_dialect_gives_up_one_thing_at_a_time() -> None:
    formats = [Dialect()]
    while simpler := formats[-1].without(Objection.FORMAT):
        formats.append(simpler)
    assert [dialect.answer_format for dialect in formats] == list(AnswerFormat)
    limits = [Dialect()]
    while simpler := limits[-1].without(Objection.LIMIT):
        limits.append(simpler)
    assert [dialect.limit_name for dialect in limits] == list(LimitName)
    assert Dialect().without(Objection.TEMPERATURE) == Dialect(takes_temperature=False)
    assert Dialect(takes_temperature=False).without(Objection.TEMPERATURE) is None
    assert Dialect().without(Objection.TRY_AGAIN) is None


def test_usage_sums_what_is_reported_and_estimates_the_rest() -> None:
    usage = Usage()
    usage.add("x" * 35, "y" * 7, (12, 3))
    assert usage.warnings == ()
    usage.add("x" * 35, "y" * 7, None)
    assert usage.tokens == Tokens(prompt=22, completion=5)
    assert len(usage.warnings) == 1


def a_context(**parameters: str) -> StepContext:
    defaults = {parameter.name: parameter.default or "" for parameter in DETECT_TOPICS.parameters}
    given = {f"llm-{name.replace('_', '-')}": value for name, value in parameters.items()}
    named = {"llm-base-url": "http://localhost:8000/v1", "llm-model": "some-model"}
    return StepContext(DETECT_TOPICS, Path(), Path(), {**defaults, **named, **given})


WRONG = {
    "no address": {"base_url": "localhost:8000"},
    "another scheme": {"base_url": "ftp://localhost/v1"},
    "a port that is none": {"base_url": "http://localhost:http/v1"},
    "a password in the address": {"base_url": "https://me:secret@llm.example/v1"},
    "no context": {"context": "512"},
    "no requests": {"requests_per_second": "0"},
    "nothing at once": {"concurrency": "0"},
    "no time": {"timeout": "0"},
}


@pytest.mark.parametrize("parameters", WRONG.values(), ids=WRONG)
def test_wrong_settings_are_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        Endpoint.from_context(a_context(**parameters))
    assert "detect-topics: llm-" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_endpoint_takes_parameters_and_hides_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MULTITRACK_LLM_API_KEY", " secret-key\n")
    endpoint = Endpoint.from_context(
        a_context(base_url="https://llm.example/v1?token=other", context="32768", concurrency="3")
    )
    assert endpoint.api_key == "secret-key"
    assert (endpoint.context_tokens, endpoint.concurrency) == (32768, 3)
    assert (endpoint.requests_per_second, endpoint.timeout) == (10.0, 300.0)
    assert endpoint.address == "https://llm.example/v1"
    assert "secret" not in repr(endpoint)
    assert endpoint.redact("wrong: secret-key") == "wrong: [key]"


def test_endpoint_without_a_key_sends_a_placeholder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MULTITRACK_LLM_API_KEY", raising=False)
    endpoint = Endpoint.from_context(a_context())
    assert endpoint.api_key == "none"
    assert endpoint.redact("none of these") == "none of these"
