"""Action items: each once, with a time, and with names that were said."""

import json
import re

from tests.fakes.llm import Answer, ChatRequest, FakeLanguageModel, Turn, answering
from tests.fakes.meetings import a_long_transcript
from tests.integration.llm.conftest import MakeBackend
from workflow_templates.contracts.minutes import Decision, NextStep
from workflow_templates.contracts.transcript import Transcript


def a_next_step(segment: int, task: str, assigned_to: str | None) -> dict[str, object]:
    return {
        "segment": segment,
        "task": task,
        "assigned_to": assigned_to,
        "deadline": "N/A",
        "context": None,
    }


def test_items_carry_what_was_said_and_when(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    settled = {
        "segment": 10,
        "decision": "Version three is released on Thursday.",
        "rationale": "The payment service fails load tests.",
        "decided_by": "Alice",
    }
    language_model.mind = answering(
        {
            "ActionItems": {
                "decisions": [settled],
                "next_steps": [a_next_step(18, "Publish the help article.", "David")],
            }
        }
    )
    draft = make_backend().extract_action_items(meeting)
    assert draft.decisions == (
        Decision(
            decision="Version three is released on Thursday.",
            rationale="The payment service fails load tests.",
            decided_by="Alice",
            start=meeting.segments[10].start,
        ),
    )
    assert draft.next_steps == (
        NextStep(
            task="Publish the help article.",
            assigned_to="David",
            start=meeting.segments[18].start,
        ),
    )


def test_nothing_to_do_is_an_answer(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    draft = make_backend().extract_action_items(meeting)
    assert (draft.decisions, draft.next_steps) == ((), ())
    assert len(language_model.requests) == 1


def test_owner_nobody_named_is_left_out(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    owners = ["Zebulon", "Monday at 10:30 AM", "Ben and Carol", '"Ben".']
    steps = [
        a_next_step(number, f"Do thing {number} of kind {number * 7}", owner)
        for number, owner in enumerate(owners)
    ]
    language_model.mind = answering({"ActionItems": {"decisions": [], "next_steps": steps}})
    found = make_backend().extract_action_items(meeting).next_steps
    assert [step.assigned_to for step in found] == [None, None, "Ben and Carol", "Ben"]


def test_deadline_nobody_named_is_left_out(
    language_model: FakeLanguageModel, make_backend: MakeBackend, meeting: Transcript
) -> None:
    said = {**a_next_step(18, "Publish the help article.", "David"), "deadline": "on Wednesday"}
    unsaid = {**a_next_step(26, "Buy a test server.", "Carol"), "deadline": "in October"}
    answer = {"decisions": [], "next_steps": [said, unsaid]}
    language_model.mind = answering({"ActionItems": answer})
    found = make_backend().extract_action_items(meeting).next_steps
    assert [step.deadline for step in found] == ["on Wednesday", None]


def test_long_meeting_is_read_in_stretches_and_repetitions_are_dropped(
    language_model: FakeLanguageModel, make_backend: MakeBackend
) -> None:
    transcript = a_long_transcript(minutes=90)

    def mind(request: ChatRequest) -> Turn:
        first = int(re.findall(r"^\[(\d+)\] ", request.prompt, re.MULTILINE)[0])
        steps = [
            a_next_step(first, "Send the minutes to all customers.", "Ann"),
            a_next_step(first, "Send the minutes to all customers", "Bob"),
            a_next_step(first + 1, f"Order {first} chairs for room {first + 1}", "Bob"),
        ]
        return Answer(json.dumps({"decisions": [], "next_steps": steps}))

    language_model.mind = mind
    found = make_backend().extract_action_items(transcript).next_steps
    stretches = len(language_model.requests)
    assert stretches > 2
    tasks = [step.task for step in found]
    assert tasks.count("Send the minutes to all customers.") == 1
    assert tasks.count("Send the minutes to all customers") == 1
    assert len(tasks) == 2 + stretches
    assert [step.start for step in found] == sorted(step.start or 0.0 for step in found)
