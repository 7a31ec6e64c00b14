"""What an endpoint may do to us, and what becomes of the title that was asked for."""

import json
import re
import socket
import threading
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from multitrack_steps.language.llm.backend import OpenAIBackend
from multitrack_steps.language.llm.endpoint import Endpoint
from multitrack_steps.language.llm.patience import Patience
from tests.fakes.llm import Answer, ChatRequest, FakeLanguageModel, Refusal, Reset, Turn
from tests.fakes.meetings import a_long_transcript, topics_of
from tests.integration.llm.conftest import MakeBackend
from workflow_templates.catalog import GENERATE_TITLE
from workflow_templates.contracts.results import Tokens
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.runtime.errors import (
    LanguageModelError,
    MultitrackError,
    RefusedError,
)

KEY = "sk-very-secret-key-0123456789"
GOOD = Answer(json.dumps({"title": "Choice of the new supplier"}))
BUSY = Refusal(429, "rate limit reached", {"retry-after": "0.05"})


@dataclass(frozen=True, slots=True)
class Case:
    script: tuple[Turn, ...]
    want_requests: int


SURVIVED = {
    "a usual answer is taken": Case((GOOD,), 1),
    "429 with Retry-After is waited for": Case((BUSY, BUSY, GOOD), 3),
    "500 is tried again": Case((Refusal(500), Refusal(503), GOOD), 3),
    "a broken connection is tried again": Case((Reset(), Reset(), GOOD), 3),
    "JSON in a Markdown fence is found": Case((Answer(GOOD.content, wrap="```json\n{}\n```"),), 1),
    "JSON between sentences is found": Case((Answer(GOOD.content, wrap="Sure! {} Enjoy."),), 1),
    "thoughts before the answer are dropped": Case(
        (Answer(GOOD.content, wrap='<think>{"title": "no"}? Hm.</think>\n{}'),), 1
    ),
    "thoughts without an opening tag are dropped": Case(
        (Answer(GOOD.content, wrap='So {"title": "no"}.</think>{}'),), 1
    ),
    "thoughts in a field of their own do no harm": Case(
        (Answer(GOOD.content, fields={"reasoning_content": 'Maybe {"title": "no"}'}),), 1
    ),
    "an answer among the thoughts is found": Case(
        (Answer("", fields={"reasoning_content": GOOD.content}),), 1
    ),
    "an answer in parts is put together": Case(
        (
            Answer(
                fields={
                    "content": [
                        {"type": "thinking", "thinking": []},
                        {"type": "text", "text": GOOD.content},
                    ]
                }
            ),
        ),
        1,
    ),
    "thoughts that never end are asked about again": Case((Answer("<think>Well, "), GOOD), 2),
    "an empty answer is asked about again": Case(
        (Answer(""), Answer(fields={"content": None}), GOOD), 3
    ),
    "invalid JSON is asked about again": Case((Answer('{"title": "Choi'), GOOD), 2),
    "JSON of another shape is asked about again": Case((Answer('{"name": "Choice"}'), GOOD), 2),
    "a title without a word is asked about again": Case((Answer('{"title": "..."}'), GOOD), 2),
    "three bad answers in a row are survived": Case((*[Answer("no")] * 3, GOOD), 4),
    "a truncated answer is asked for again": Case(
        (Answer(GOOD.content, finish_reason="length"), GOOD), 2
    ),
}


@pytest.mark.parametrize("case", SURVIVED.values(), ids=SURVIVED)
def test_title_survives(
    case: Case, language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    language_model.script = list(case.script)
    backend = make_backend(context_tokens=65536)
    assert backend.generate_title(topics_of(meeting, [0, 10])) == "Choice of the new supplier"
    assert len(language_model.requests) == case.want_requests
    answered = [turn for turn in case.script if isinstance(turn, Answer)]
    assert backend.tokens is not None
    assert backend.tokens.completion == 10 * len(answered)


@dataclass(frozen=True, slots=True)
class Failing:
    turn: Turn
    want_error: type[MultitrackError]
    want_requests: int
    want_words: tuple[str, ...]


FAILED = {
    "a wrong key is final": Failing(
        Refusal(401, f"Incorrect API key provided: {KEY}"),
        RefusedError,
        1,
        ("MULTITRACK_LLM_API_KEY",),
    ),
    "an empty account is final": Failing(Refusal(402), RefusedError, 1, ("credit",)),
    "a quota that 429 calls exhausted is final": Failing(
        Refusal(429, "insufficient_quota: check your plan"), RefusedError, 1, ("credit",)
    ),
    "a forbidden model is final": Failing(Refusal(403), RefusedError, 1, ("may not use",)),
    "an unknown model is final": Failing(
        Refusal(404), RefusedError, 1, ("llm-model", "some-model")
    ),
    "too large a request is final": Failing(Refusal(413), RefusedError, 1, ("too large",)),
    "an endpoint that stays busy is temporary": Failing(
        BUSY, LanguageModelError, 5, ("429", "again later")
    ),
    "a pause longer than we wait ends the step at once": Failing(
        Refusal(429, "busy", {"retry-after": "3600"}), LanguageModelError, 1, ("429",)
    ),
    "an endpoint that stays broken is temporary": Failing(
        Refusal(500), LanguageModelError, 5, ("500", "again later")
    ),
    "an endpoint that always hangs up is temporary": Failing(
        Reset(), LanguageModelError, 5, ("cannot be reached",)
    ),
    "a page that is no completion is temporary": Failing(
        Refusal(200, "<html>login</html>"), LanguageModelError, 1, ("llm-base-url",)
    ),
    "a model that never answers in form is temporary": Failing(
        Answer("I would rather not."), LanguageModelError, 4, ("no usable answer", "no JSON object")
    ),
    "a model that never stops is temporary": Failing(
        Answer("words", finish_reason="length"), LanguageModelError, 2, ("cut off",)
    ),
}


@pytest.mark.parametrize("case", FAILED.values(), ids=FAILED)
def test_title_fails_with_a_sentence(
    case: Failing, language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    language_model.script = [case.turn] * 20
    backend = make_backend(api_key=KEY)
    with pytest.raises(case.want_error) as caught:
        backend.generate_title(topics_of(meeting, [0]))
    sentence = str(caught.value)
    assert language_model.base_url in sentence
    assert all(words in sentence for words in case.want_words)
    assert KEY not in sentence
    assert "\n" not in sentence
    assert len(language_model.requests) == case.want_requests
    assert language_model.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_silence_costs_two_timeouts(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    never = threading.Event()
    language_model.script = [Answer(after=never)] * 5
    with pytest.raises(LanguageModelError, match=r"no answer within 0\.2 s"):
        make_backend(timeout=0.2).generate_title(topics_of(meeting, [0]))
    never.set()
    assert len(language_model.requests) == 2


def test_step_ends_with_a_sentence_before_its_deadline(
    language_model: FakeLanguageModel, meeting: Transcript
) -> None:
    never = threading.Event()
    language_model.script = [Answer(after=never)]
    endpoint = Endpoint(language_model.base_url, "some-model")
    backend = OpenAIBackend(endpoint, replace(GENERATE_TITLE.resources, deadline=0.5))
    with pytest.raises(LanguageModelError, match="not done within this step"):
        backend.generate_title(topics_of(meeting, [0]))
    never.set()


def test_endpoint_that_is_down_is_temporary(meeting: Transcript) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        endpoint = Endpoint(address, "some-model")
        backend = OpenAIBackend(
            endpoint, GENERATE_TITLE.resources, patience=Patience(tries=2, first_delay=0.01)
        )
        with pytest.raises(LanguageModelError, match=re.escape(f"{address}: cannot be reached")):
            backend.generate_title(topics_of(meeting, [0]))


def test_repair_shows_the_model_its_answer_and_what_was_wrong(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    bad = json.dumps({"title": "x" * 5000})
    language_model.script = [Answer(bad), GOOD]
    make_backend().generate_title(topics_of(meeting, [0]))
    *asked, shown, told = language_model.requests[1].body["messages"]
    assert asked == language_model.requests[0].body["messages"]
    assert shown == {"role": "assistant", "content": bad[:2000]}
    assert "title: String should have at most 120 characters" in told["content"]


def test_repairs_are_counted(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    language_model.script = [Answer("no"), GOOD]
    backend = make_backend()
    backend.generate_title(topics_of(meeting, [0]))
    asked = sum(len(request.prompt) // 4 for request in language_model.requests)
    assert backend.tokens == Tokens(prompt=asked, completion=20)
    assert backend.warnings == ()


def test_tokens_are_estimated_where_the_endpoint_does_not_count(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    language_model.reports_usage = False
    language_model.script = [GOOD]
    backend = make_backend()
    backend.generate_title(topics_of(meeting, [0]))
    assert backend.tokens is not None
    assert backend.tokens.prompt > 100
    assert backend.tokens.completion > 5
    assert backend.warnings == ("The endpoint reports no token counts; they were estimated.",)


def test_endpoint_that_reads_only_a_part_is_told_of(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    language_model.prompt_tokens = 40
    backend = make_backend()
    backend.generate_title(topics_of(meeting, [0]))
    assert [warning for warning in backend.warnings if "may be missing" in warning]


ALL = {"max_tokens", "temperature"}
DIALECTS: dict[str, tuple[set[str], set[str], list[str]]] = {
    "all is understood": ({"json_schema", "json_object"}, ALL, ["json_schema"]),
    "no schemas": ({"json_object"}, ALL, ["json_schema", "json_schema", "json_object"]),
    "no formats": (set(), ALL, ["json_schema", "json_schema", "json_object", "none"]),
    "another name for the limit": (
        {"json_schema"},
        {"max_completion_tokens", "temperature"},
        ["json_schema"] * 2,
    ),
    "no limit, no temperature": ({"json_schema"}, set(), ["json_schema"] * 4),
}


@pytest.mark.parametrize(("formats", "parameters", "want_formats"), DIALECTS.values(), ids=DIALECTS)
def test_endpoint_is_asked_in_what_it_understands(
    formats: set[str],
    parameters: set[str],
    want_formats: list[str],
    language_model: FakeLanguageModel,
    make_backend: MakeBackend,
    meeting: Transcript,
) -> None:
    language_model.formats, language_model.parameters = formats, parameters
    topics = make_backend().detect_topics(meeting)
    assert topics[-1].last_segment == len(meeting.segments) - 1
    assert [request.format for request in language_model.requests] == want_formats


def test_what_an_endpoint_refused_is_not_sent_again(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    language_model.formats = set()
    make_backend(concurrency=1).generate_summary(meeting, topics_of(meeting, [0, 9, 20]))
    formats = [request.format for request in language_model.requests]
    assert formats[:4] == ["json_schema", "json_schema", "json_object", "none"]
    assert set(formats[4:]) == {"none"}


def test_refused_string_bounds_are_left_out(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    def strict(request: ChatRequest) -> Turn | None:
        bounded = "maxLength" in json.dumps(request.schema)
        return Refusal(400, "Invalid schema: 'maxLength' is not permitted") if bounded else GOOD

    language_model.mind = strict
    assert make_backend().generate_title(topics_of(meeting, [0])) == "Choice of the new supplier"
    assert [request.format for request in language_model.requests] == ["json_schema"] * 2


def test_truncated_answer_gets_twice_the_room(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    language_model.script = [Answer(finish_reason="length"), Answer(finish_reason="length"), GOOD]
    make_backend(context_tokens=131072).generate_title(topics_of(meeting, [0]))
    limits = [request.body["max_tokens"] for request in language_model.requests]
    assert limits == [8192, 16384, 32768]


def test_no_more_requests_are_under_way_than_allowed(
    language_model: FakeLanguageModel, make_backend: MakeBackend
) -> None:
    make_backend(concurrency=2).detect_topics(a_long_transcript(minutes=60))
    assert len(language_model.requests) > 4
    assert language_model.most_at_once <= 2


def test_requests_keep_their_distance(
    language_model: FakeLanguageModel, make_backend: MakeBackend
) -> None:
    make_backend(requests_per_second=20).detect_topics(a_long_transcript(minutes=60))
    times = sorted(request.at for request in language_model.requests)
    assert len(times) > 4
    assert times[-1] - times[0] >= 0.9 * (len(times) - 1) / 20


def test_retry_after_holds_back_all_requests(
    language_model: FakeLanguageModel, make_backend: MakeBackend
) -> None:
    language_model.script = [Refusal(429, "busy", {"retry-after": "0.4"})]
    make_backend(concurrency=1).detect_topics(a_long_transcript(minutes=60))
    times = [request.at for request in language_model.requests]
    assert next(later - earlier for earlier, later in pairwise(times)) >= 0.35
