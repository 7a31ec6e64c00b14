"""What the extractive backend makes of whole meetings: floors, below the figures it reaches."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from multitrack_steps.language.extractive.backend import ExtractiveBackend
from multitrack_steps.language.summary_document import summary_document
from multitrack_steps.language.topic_documents import topics_document
from tests.fakes.meetings import a_transcript
from tests.fakes.spoken_meetings import heard_sample, reference_sample, second_meeting
from workflow_templates.contracts.minutes import NextStep, Topics
from workflow_templates.contracts.transcript import Transcript

NEAR = 15.0
"""Seconds within which a topic's start counts as found."""

SAMPLES = {"reference": reference_sample, "heard by tiny.en": heard_sample}
sample_meeting = pytest.mark.parametrize("meeting", SAMPLES.values(), ids=SAMPLES)


def topics_of(transcript: Transcript) -> Topics:
    backend = ExtractiveBackend()
    return topics_document(transcript, backend.detect_topics(transcript), backend.description)


def owner_of(steps: Sequence[NextStep], *words: str) -> str | None:
    matching = [step for step in steps if all(word in step.task.lower() for word in words)]
    assert len(matching) == 1, [step.task for step in steps]
    return matching[0].assigned_to


@sample_meeting
def test_sample_has_its_four_topics_where_they_begin(meeting: Callable[[], Transcript]) -> None:
    starts = [topic.start for topic in topics_of(meeting()).topics]

    assert len(starts) == 4
    assert all(
        abs(start - expected) <= NEAR
        for start, expected in zip(starts, (8, 52, 85, 119), strict=True)
    )


@sample_meeting
def test_topics_are_named_in_the_words_that_announced_them(
    meeting: Callable[[], Transcript],
) -> None:
    titles = [topic.title for topic in topics_of(meeting()).topics]

    assert titles == ["Release Date for Version Three", "Customer Feedback", "Hiring", "Budget"]


@sample_meeting
def test_title_names_subjects_in_at_most_ten_words(meeting: Callable[[], Transcript]) -> None:
    title = ExtractiveBackend().generate_title(topics_of(meeting()))

    assert title == "Release Date for Version Three, Customer Feedback, Hiring and Budget"


@sample_meeting
def test_summary_quotes_the_transcript_on_every_topic(meeting: Callable[[], Transcript]) -> None:
    transcript = meeting()
    topics = topics_of(transcript)
    backend = ExtractiveBackend()
    draft = backend.generate_summary(transcript, topics)
    summary = summary_document(transcript, draft, backend.description)

    said = " ".join(segment.text for segment in transcript.segments)
    quotes = summary.short.split("“")[1:]
    assert len(quotes) >= 4
    assert all(quote.split("”")[0][1:] in said for quote in quotes)
    for topic in topics.topics:
        assert f"{topic.title}: “" in summary.short
        assert f"**{topic.title}**" in summary.long
    assert summary.long.startswith("# Quick recap\n")
    assert "\n# Summary\n" in summary.long
    assert summary.long.endswith("# Participants\n\n- Alice\n- Ben\n- Carol\n- David\n")


def test_what_is_talked_about_again_is_recapped_once() -> None:
    once = reference_sample()
    names = once.names()
    twice = a_transcript(
        [
            (names[each.speaker], each.text, each.start + later, each.end + later)
            for later in (0.0, once.duration)
            for each in once.segments
        ]
    )
    topics = topics_of(twice)
    assert len(topics.topics) > len({topic.title for topic in topics.topics}) == 4

    draft = ExtractiveBackend().generate_summary(twice, topics)

    assert [subject.heading for subject in draft.subjects] == [t.title for t in topics.topics]
    for topic in topics.topics:
        assert draft.short.count(f"{topic.title}: “") == 1
    quotes = draft.short.split("“")[1:]
    assert len(quotes) == len({*quotes}) == 8


@sample_meeting
def test_tasks_have_their_owners_and_deadlines(meeting: Callable[[], Transcript]) -> None:
    steps = ExtractiveBackend().extract_action_items(meeting()).next_steps

    assert owner_of(steps, "connection pool") == "Carol"
    assert owner_of(steps, "export button") == "Ben"
    assert owner_of(steps, "help article") == "David"
    deadlines = {step.task: step.deadline for step in steps}
    assert deadlines["Move the export button"] == "before the release"
    assert deadlines["Write the help article"] == "on Wednesday"


@sample_meeting
def test_the_new_date_is_a_decision(meeting: Callable[[], Transcript]) -> None:
    decisions = ExtractiveBackend().extract_action_items(meeting()).decisions

    dates = [decision for decision in decisions if "Thursday the" in decision.decision]
    assert [decision.decided_by for decision in dates] == ["Alice"]
    assert dates[0].start == pytest.approx(43, abs=1)


def test_second_meeting_is_divided_mostly_where_its_subjects_change() -> None:
    transcript, expected = second_meeting()
    found = [topic.start for topic in topics_of(transcript).topics]
    wanted = [topic["start"] for topic in expected["topics"]]

    right = [start for start in found if any(abs(start - other) <= NEAR for other in wanted)]
    recalled = [start for start in wanted if any(abs(start - other) <= NEAR for other in found)]
    assert len(right) >= 0.75 * len(found)
    assert len(recalled) >= 0.6 * len(wanted)


def test_second_meeting_yields_most_tasks_and_hardly_a_false_one() -> None:
    transcript, expected = second_meeting()
    steps = ExtractiveBackend().extract_action_items(transcript).next_steps

    def fits(step: NextStep, want: dict[str, Any]) -> bool:
        text = f"{step.task} {step.context}".lower()
        return step.assigned_to == want["owner"] and all(word in text for word in want["words"])

    wanted = expected["next_steps"]
    found = [want for want in wanted if any(fits(step, want) for step in steps)]
    false = [step for step in steps if not any(fits(step, want) for want in wanted)]
    assert len(found) >= 0.7 * len(wanted), [want for want in wanted if want not in found]
    assert len(false) <= 1, false


def test_second_meeting_yields_most_decisions_and_hardly_a_false_one() -> None:
    transcript, expected = second_meeting()
    texts = [
        decision.decision.lower()
        for decision in ExtractiveBackend().extract_action_items(transcript).decisions
    ]

    wanted = expected["decisions"]
    found = [words for words in wanted if any(all(w in text for w in words) for text in texts)]
    false = [text for text in texts if not any(all(w in text for w in words) for words in wanted)]
    assert len(found) >= 0.6 * len(wanted)
    assert len(false) <= 1, false


def test_three_hours_take_seconds() -> None:
    lines = []
    offset = 0.0
    number = 0
    transcript, _ = second_meeting()
    names = transcript.names()
    while offset < 3 * 3600:
        for segment in transcript.segments:
            # Another vocabulary in each round: nothing is cached away.
            text = " ".join(
                f"{word}{number}" if len(word) > 6 else word for word in segment.text.split()
            )
            lines.append(
                (names[segment.speaker], text, segment.start + offset, segment.end + offset)
            )
        offset += transcript.duration
        number += 1
    meeting = a_transcript(lines, language="de")  # without cues every boundary is weighed

    started = time.process_time()
    topics = topics_of(meeting)
    ExtractiveBackend().generate_summary(meeting, topics)
    ExtractiveBackend().extract_action_items(meeting.model_copy(update={"language": "en"}))
    assert time.process_time() - started < 10
    assert 2 <= len(topics.topics) <= 50
