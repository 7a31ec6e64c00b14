"""The four text formats and the stored WebVTT (behaviour: GET transcript formats)."""

import pytest

from tests.contract.parity import want
from tests.contract.parity.meeting import MEETING
from workflow_templates.legacy.formats import (
    to_rows,
    to_stored_webvtt,
    to_text,
    to_text_timestamped,
    to_webvtt_named,
    transcript_segments,
)
from workflow_templates.legacy.topics import topic_webvtt

SEGMENTS = transcript_segments(MEETING)


def test_text() -> None:
    assert to_text(SEGMENTS) == want.TEXT


def test_text_timestamped() -> None:
    assert to_text_timestamped(SEGMENTS) == want.TEXT_TIMESTAMPED


def test_webvtt_named() -> None:
    assert to_webvtt_named(SEGMENTS) == want.WEBVTT_NAMED


def test_json() -> None:
    assert [row.model_dump() for row in to_rows(SEGMENTS)] == want.ROWS


def test_stored_webvtt() -> None:
    assert to_stored_webvtt(SEGMENTS) == want.STORED_WEBVTT


@pytest.mark.parametrize(
    ("place", "expected"), [(0, want.WEBVTT_OF_FIRST_TOPIC), (1, want.WEBVTT_OF_SECOND_TOPIC)]
)
def test_webvtt_of_a_topic(place: int, expected: str) -> None:
    names = {0: "Alice", 1: "Ben"}
    told = topic_webvtt(MEETING.topics[place], MEETING.segments, MEETING.words, names)
    assert told == expected
