"""The message about a meeting, as Zulip would keep it."""

import pytest

from multitrack_steps.delivery.zulip_message import LONGEST_MESSAGE, compose
from workflow_templates.contracts.minutes import Backend, Topic
from workflow_templates.contracts.published import (
    PublishedActionItems,
    PublishedRecording,
    PublishedSummary,
    PublishedTitle,
    PublishedTranscript,
)
from workflow_templates.contracts.recording import SourceKind
from workflow_templates.delivery.zulip_text import mark_of

BACKEND = Backend(name="extractive")
LINK = "https://meetings.example/jobs/1"


def a_meeting(
    *, title: str = "Plans", summary: str = "", topics: int = 0, duration: float = 60.0
) -> PublishedTranscript:
    return PublishedTranscript(
        recording=PublishedRecording(
            id="r", kind=SourceKind.S3, name="room", started_at=None, duration=duration
        ),
        title=PublishedTitle(text=title, given=True, backend=BACKEND),
        language="en",
        participants=(),
        tracks=(),
        topics=tuple(
            Topic(
                id=str(index),
                title=f"Topic {index}",
                summary="",
                start=index * 60.0,
                duration=60.0,
                first_segment=0,
                last_segment=0,
            )
            for index in range(topics)
        ),
        topics_backend=BACKEND,
        summary=PublishedSummary(backend=BACKEND, short="", long=summary, subjects=()),
        action_items=PublishedActionItems(backend=BACKEND, decisions=(), next_steps=()),
        segments=(),
        words=(),
    )


def test_a_silent_meeting_says_what_there_is() -> None:
    assert compose(a_meeting(title=" "), link=LINK) == (
        "# Multitrack – Unnamed recording\n\n"  # noqa: RUF001
        f"**Link**: [meetings.example]({LINK})\n"
        "**Duration**: 01:00\n\n"
        "```spoiler Summary\nNo summary available\n```\n\n-----"
    )


@pytest.mark.parametrize("topics", [0, 3, 800])
@pytest.mark.parametrize("letters", [10, 9_700, 9_999, 30_000])
def test_no_message_is_longer_than_zulip_keeps_and_a_cut_is_said(topics: int, letters: int) -> None:
    summary = ("A sentence about releases. " * (letters // 27 + 1))[:letters]
    message = compose(a_meeting(summary=summary, topics=topics), link=LINK)
    assert len(message) <= LONGEST_MESSAGE
    assert (summary.strip() in message) != ("*Shortened here; the whole summary" in message)
    assert message.count("```") == (4 if topics else 2)
    assert ("… and" in message) == (topics == 800)
    assert message.endswith("\n-----")


def test_hours_are_shown_where_there_are_any() -> None:
    assert "**Duration**: 1:02:05\n" in compose(a_meeting(duration=3725.0))


def test_what_was_said_notifies_nobody_and_ends_no_spoiler() -> None:
    message = compose(a_meeting(title="Hi @**all**", summary="a\n```\n@_*team*\n~~~~\x00b"))
    assert "@**" not in message
    assert "@_*" not in message
    assert "\x00" not in message
    assert message.count("```") == 2
    assert "~~~" not in message


def test_without_a_link_the_recording_names_the_message() -> None:
    assert mark_of("", "r") in compose(a_meeting()).splitlines()
