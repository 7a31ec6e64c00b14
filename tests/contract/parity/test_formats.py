"""The four text formats and the stored WebVTT (behaviour: GET transcript formats)."""

import pytest

from tests.contract.parity import want
from tests.contract.parity.meeting import MEETING
from tests.unit.publication.meetings import a_line, a_meeting
from workflow_templates.contracts.transcript import TrackSummary
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


ON_ONE_TRACK = """\
Alice: Shall we start?
Ben: Yes!
Alice: start, I mean. And so on, for this is a long turn, and its text\
 goes past one hundred and twenty characters, which is where it ends.
Alice: Here it is cut.
Ben: Good. No cut here."""
"""Cut where the speaker changes, and at the first sentence end past 120 characters."""


def test_one_track_on_which_several_speak_is_cut_where_the_speaker_changes() -> None:
    long = ON_ONE_TRACK.splitlines()[2].removeprefix("Alice: ")
    room = a_meeting(
        a_line("Shall we start?", 1.0, speaker=0),
        a_line("Yes!", 4.0, speaker=1),
        a_line(f"{long} Here it is cut.", 5.0, speaker=0, seconds=20.0),
        a_line("Good. No cut here.", 30.0, speaker=1),
    )
    track = TrackSummary(index=0, file="room.webm", speaker=0, language="en", offset=0.0)
    room = room.model_copy(update={"tracks": (track,)})
    assert to_text(transcript_segments(room)) == ON_ONE_TRACK
