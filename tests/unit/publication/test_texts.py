"""Plain text and Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from multitrack_steps.publication.markdown import escape, to_markdown
from multitrack_steps.publication.plain import to_text
from multitrack_steps.publication.turns import chapters
from tests.unit.publication.meetings import a_line, a_meeting
from workflow_templates.contracts.minutes import Decision, NextStep, Subject, Topic
from workflow_templates.runtime.wording import one_line, spoken_date


def a_topic(title: str, first: int, last: int, start: float = 0.0) -> Topic:
    return Topic(
        id=title,
        title=title,
        summary="What it was about.",
        start=start,
        duration=1.0,
        first_segment=first,
        last_segment=last,
    )


def test_text_has_a_line_a_segment_and_minutes_are_not_wrapped() -> None:
    meeting = a_meeting(a_line("Good morning.", 8.9), a_line("Hi!", 5000.0, speaker=1))
    assert to_text(meeting) == "[00:08] Alice: Good morning.\n[83:20] Ben: Hi!\n"


def test_a_line_break_in_a_name_does_not_break_the_line() -> None:
    meeting = a_meeting(a_line("Hi.", 0.0), names=("An\r\nna\u2028B",))
    assert to_text(meeting) == "[00:00] An na B: Hi.\n"


def test_markdown_tells_the_whole_meeting() -> None:
    meeting = a_meeting(
        a_line("Let us start.", 1.0),
        a_line("It is late.", 3.5),
        a_line("Fine.", 62.0, speaker=1),
        started_at="2024-03-04T10:00:00+01:00",
        topics=[a_topic("Start", 0, 1, 1.0), a_topic("End", 2, 2, 62.0)],
        short="We started.",
        subjects=[Subject(heading="Start", text="# Big\n\nIt was *late*.")],
        decisions=[Decision(decision="Start earlier", decided_by="Ben", start=62.0)],
        next_steps=[NextStep(task="Move it", assigned_to="Alice", deadline="by Friday", start=3.5)],
    )
    text = to_markdown(meeting, ("Ben.webm is damaged.",))
    for expected in (
        "# Weekly\n",
        "- **Date:** Monday, 4 March 2024, 10:00 (UTC+01:00)",
        "- **Duration:** 01:04",
        "- **Participants:** Alice, Ben",
        "> **Note:** Ben.webm is damaged.",
        "## Summary\n\nWe started.\n\n### Start\n\n#### Big\n\nIt was *late*.",
        "- \\[01:02\\] **End**: What it was about.",
        "## Decisions\n\n- Start earlier (**Ben**) \\[01:02\\]",
        "- [ ] **Alice:** Move it, by Friday \\[00:03\\]",
        "### Start\n\n**Alice** \\[00:01\\]  \nLet us start. It is late.",
        "### End\n\n**Ben** \\[01:02\\]  \nFine.",
    ):
        assert expected in text


def test_markdown_of_a_meeting_without_words_says_so() -> None:
    assert "Nobody said anything." in to_markdown(a_meeting())


@given(st.text(min_size=1))
def test_escaped_text_reads_as_it_was(text: str) -> None:
    rendered = MarkdownIt("commonmark").render(f"x\n\n{escape(text)}")
    plain = re.sub("<[^>]+>", "", rendered.split("</p>", 1)[1])
    shown = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    assert shown.replace("&amp;", "&").strip() == one_line(text).strip()


def test_a_long_pause_and_a_long_speech_begin_new_turns() -> None:
    monologue = [a_line("word " * 30 + "end.", 100 + 2.0 * i) for i in range(12)]
    meeting = a_meeting(
        a_line("One.", 0.0), a_line("Two.", 3.0), a_line("Three.", 20.0), *monologue
    )
    (chapter,) = chapters(meeting)
    lengths = [len(turn.segments) for turn in chapter.turns]
    assert lengths[:2] == [2, 1]
    assert len(lengths) > 3
    assert sum(lengths) == 15


@pytest.mark.parametrize(
    ("started_at", "want"),
    [
        (None, None),
        ("", None),
        ("2024-03-14T09:05:00Z", "Thursday, 14 March 2024, 09:05 (UTC)"),
        ("2024-03-14T09:05:00", "Thursday, 14 March 2024, 09:05"),
        ("last week", "last week"),
    ],
)
def test_date(started_at: str | None, want: str | None) -> None:
    assert spoken_date(started_at) == want
