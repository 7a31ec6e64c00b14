"""Summaries: nothing goes unread, nothing fails in silence."""

import json
import re

import pytest

from tests.fakes.llm import Answer, ChatRequest, FakeLanguageModel, Turn, answering
from tests.fakes.meetings import a_long_transcript, topics_of
from tests.integration.llm.conftest import MakeBackend
from workflow_templates.contracts.minutes import Subject
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.runtime.errors import LanguageModelError

OUTLINE = {
    "subjects": [
        {"heading": "The help article", "topics": [3]},
        {"heading": "The release", "topics": [1]},
    ]
}


def shown_segments(request: ChatRequest) -> list[int]:
    return [int(number) for number in re.findall(r"^\[(\d+)\] ", request.prompt, re.MULTILINE)]


def heading_in(request: ChatRequest) -> str:
    found = re.search(r'subject: "(.+?)"', request.prompt)
    return found[1] if found else ""


def test_subjects_come_in_the_order_of_the_meeting_and_leave_no_topic_out(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    def mind(request: ChatRequest) -> Turn | None:
        if request.question == "TextAnswer":
            heading = heading_in(request)
            return Answer(json.dumps({"text": f"## {heading}\n\nThey **agreed** on {heading}."}))
        known = {"Subjects": OUTLINE, "RecapAnswer": {"recap": "They agreed on both things."}}
        return answering(known)(request)

    language_model.mind = mind
    draft = make_backend().generate_summary(meeting, topics_of(meeting, [0, 10, 20]))
    assert draft.short == "They agreed on both things."
    assert draft.subjects == (
        Subject(heading="The release", text="**The release**\n\nThey **agreed** on The release."),
        Subject(
            heading="The help article",
            text="**The help article**\n\nThey **agreed** on The help article.",
        ),
    )
    details = [request for request in language_model.requests if request.question == "TextAnswer"]
    read = {index for request in details for index in shown_segments(request)}
    assert read == set(range(len(meeting.segments)))
    recap = language_model.requests[-1]
    assert recap.question == "RecapAnswer"
    assert "agreed** on The release" in recap.prompt


def test_short_meeting_has_few_subjects_and_a_long_one_six(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    def most_subjects() -> int:
        asked = next(r for r in language_model.requests if r.question == "Subjects")
        language_model.requests.clear()
        return int(asked.schema["properties"]["subjects"]["maxItems"])

    make_backend().generate_summary(meeting, topics_of(meeting, [0, 10, 20, 26]))
    assert most_subjects() == 4
    long = a_long_transcript(minutes=60)
    make_backend().generate_summary(long, topics_of(long, [0, 100]))
    assert most_subjects() == 6


def test_subject_that_fails_is_repeated_once(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    failures = 4

    def mind(request: ChatRequest) -> Turn | None:
        nonlocal failures
        if request.question == "TextAnswer" and failures:
            failures -= 1
            return Answer("no")
        return None

    language_model.mind = mind
    draft = make_backend(concurrency=1).generate_summary(meeting, topics_of(meeting, [0]))
    assert len(draft.subjects) == 1
    assert language_model.questions().count("TextAnswer") == 5


def test_subject_that_fails_for_good_fails_the_summary(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    def mind(request: ChatRequest) -> Turn | None:
        is_bad = request.question == "TextAnswer" and heading_in(request) == "The release"
        return Answer("no") if is_bad else answering({"Subjects": OUTLINE})(request)

    language_model.mind = mind
    with pytest.raises(LanguageModelError, match="no usable answer"):
        make_backend().generate_summary(meeting, topics_of(meeting, [0, 10, 20]))
    bad = [request for request in language_model.requests if heading_in(request) == "The release"]
    assert len(bad) == 8


def test_subject_too_long_to_be_read_at_once_is_read_in_parts(
    language_model: FakeLanguageModel, make_backend: MakeBackend
) -> None:
    transcript = a_long_transcript(minutes=60)
    language_model.context_tokens = 4096
    make_backend(context_tokens=4096).generate_summary(transcript, topics_of(transcript, [0]))
    details = [request for request in language_model.requests if request.question == "TextAnswer"]
    notes = [request for request in details if shown_segments(request)]
    assert len(notes) > 5
    assert sorted(index for request in notes for index in shown_segments(request)) == list(
        range(len(transcript.segments))
    )
    merged = details[-1].last_turn.partition("<notes>")[2].partition("</notes>")[0]
    assert merged.strip().split("\n\n") == ["words of the meeting"] * len(notes)


def test_text_that_goes_round_in_circles_is_no_summary(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    circles = {"recap": "It is a very important topic for the team to discuss. " * 5}
    language_model.mind = answering({"RecapAnswer": circles})
    with pytest.raises(LanguageModelError, match="repeats the same words"):
        make_backend().generate_summary(meeting, topics_of(meeting, [0]))
