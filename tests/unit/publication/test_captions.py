"""WebVTT and SubRip: what is written can be read back, and reads well on a screen."""

import html
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.publication.captions import Cue, cues_of, to_srt, to_webvtt
from tests.unit.publication.meetings import a_line, a_meeting
from workflow_templates.runtime.wording import one_line

NASTY_NAMES = {
    "angle brackets and ampersand": "Tom <Tommy> & Co --> 1",
    "a line break": "Anna\nMaria",
    "right to left": "דוד כהן",
    "emoji": "Zoë 🦊",
    "a character reference": "A&lt;B",
}


def _seconds(stamp: str) -> float:
    hours, minutes, seconds = re.split("[:]", stamp.replace(",", "."))
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def parse_webvtt(text: str) -> list[Cue]:
    """A small reader by the specification: header, timings, voices, character references."""
    header, *blocks = re.split(r"\n{2,}", text.strip("\n"))
    assert header == "WEBVTT"
    cues = []
    for block in blocks:
        timing, payload = block.split("\n")
        start, end = re.fullmatch(
            r"(\d{2,}:[0-5]\d:[0-5]\d\.\d{3}) --> (\d{2,}:[0-5]\d:[0-5]\d\.\d{3})", timing
        ).groups()  # type: ignore[union-attr]
        name, spoken = re.fullmatch(r"<v ([^>\n]+)>([^<>\n]*)", payload).groups()  # type: ignore[union-attr]
        cues.append(Cue(_seconds(start), _seconds(end), html.unescape(name), html.unescape(spoken)))
    return cues


def parse_srt(text: str) -> list[tuple[float, float, str]]:
    cues = []
    for number, block in enumerate(filter(None, re.split(r"\n{2,}", text.strip("\n"))), start=1):
        counter, timing, payload = block.split("\n")
        assert counter == str(number)
        start, end = timing.split(" --> ")
        cues.append((_seconds(start), _seconds(end), payload))
    return cues


cue_lists = st.lists(
    st.builds(
        lambda start, length, name, text: Cue(start / 1000, (start + length) / 1000, name, text),
        st.integers(0, 400_000_000),
        st.integers(1, 7000),
        st.text(min_size=1).map(one_line).filter(bool),
        st.text(min_size=1).map(one_line).filter(bool),
    ),
    max_size=8,
)


@given(cue_lists)
def test_webvtt_survives_a_round_trip(cues: list[Cue]) -> None:
    read = parse_webvtt(to_webvtt(cues))
    assert [(cue.name, cue.text) for cue in read] == [(cue.name, cue.text) for cue in cues]
    for was, now in zip(cues, read, strict=True):
        assert [now.start, now.end] == pytest.approx([was.start, was.end])


@given(cue_lists)
def test_srt_survives_a_round_trip(cues: list[Cue]) -> None:
    read = parse_srt(to_srt(cues))
    assert [text for _, _, text in read] == [f"{cue.name}: {cue.text}" for cue in cues]
    for was, (start, end, _) in zip(cues, read, strict=True):
        assert [start, end] == pytest.approx([was.start, was.end])


@pytest.mark.parametrize("name", NASTY_NAMES.values(), ids=NASTY_NAMES)
def test_names_come_back_as_they_were(name: str) -> None:
    meeting = a_meeting(a_line("I <3 R&D --> really", 1.0), names=(name,))
    (cue,) = parse_webvtt(to_webvtt(cues_of(meeting)))
    assert (cue.name, cue.text) == (one_line(name), "I <3 R&D --> really")


@given(
    st.lists(st.text("abcdefg,.", min_size=1, max_size=20), min_size=1, max_size=120),
    st.floats(0.5, 60),
)
def test_cues_are_short_and_lose_no_word(texts: list[str], seconds: float) -> None:
    line = a_line([f" {text}" for text in texts], 3.0, seconds=seconds)
    cues = cues_of(a_meeting(line))
    assert " ".join(cue.text for cue in cues) == " ".join(texts)
    starts = {word.start for word in line}
    assert all(cue.start in starts for cue in cues)
    assert all(earlier.start <= later.start for earlier, later in pairwise(cues))
    for cue in cues:
        single = " " not in cue.text
        assert len(cue.text) <= 84 or single
        assert cue.start < cue.end
        assert cue.end - cue.start <= 7.001 or single


def test_a_long_sentence_is_cut_after_a_phrase() -> None:
    text = (
        "The mobile app has been ready for a week by now, but the payment service still fails two "
        "of our load tests"
    )
    cues = cues_of(a_meeting(a_line(text, 0.0, seconds=6.0)))
    assert [cue.text for cue in cues] == [
        "The mobile app has been ready for a week by now,",
        "but the payment service still fails two of our load tests",
    ]


def test_a_short_yes_is_shown_for_a_second() -> None:
    meeting = a_meeting(
        a_line("Yes.", 1.0, seconds=0.2), a_line("Go on then please.", 3.0, speaker=1)
    )
    assert cues_of(meeting)[0].end == pytest.approx(2.0)


def test_a_prolonged_cue_ends_where_the_same_person_goes_on() -> None:
    meeting = a_meeting(a_line("Yes.", 1.0, seconds=0.2), a_line("I do.", 1.4))
    assert cues_of(meeting)[0].end == pytest.approx(1.4)


def test_hours_are_written_with_two_digits_and_may_grow() -> None:
    text = to_webvtt([Cue(3599.9996, 360_000.0, "A", "b")])
    assert "01:00:00.000 --> 100:00:00.000" in text


def test_a_meeting_without_words_has_empty_captions() -> None:
    assert cues_of(a_meeting()) == ()
    assert to_webvtt(()) == "WEBVTT\n"
    assert to_srt(()) == ""
