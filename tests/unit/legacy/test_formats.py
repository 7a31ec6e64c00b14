"""The legacy formats by worked examples, and what must hold for any meeting."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.publication.meetings import a_line, a_meeting
from workflow_templates.contracts.minutes import Topic
from workflow_templates.contracts.transcript import Word
from workflow_templates.legacy.formats import (
    names_of,
    to_rows,
    to_stored_webvtt,
    to_text,
    to_text_timestamped,
    to_webvtt_named,
    transcript_segments,
)
from workflow_templates.legacy.segments import LONGEST_TEXT, segments_of
from workflow_templates.legacy.topics import legacy_topics, topic_webvtt

OVERLAP = a_meeting(
    a_line("Shall we start? I think so.", 1.0, speaker=0, seconds=6.0),
    a_line("Yes!", 2.5, speaker=1, seconds=0.5),
    a_line("Fine, go on", 5025.25, speaker=1, seconds=3.0),
)
"""Ben says yes in the middle of what Alice says; much later he does not finish a sentence."""


def test_text_is_a_line_a_segment() -> None:
    assert to_text(transcript_segments(OVERLAP)) == (
        "Alice: Shall we start?\nBen: Yes!\nAlice: I think so.\nBen: Fine, go on"
    )


def test_text_timestamped_does_not_wrap_minutes() -> None:
    assert to_text_timestamped(transcript_segments(OVERLAP)) == (
        "[00:01] Alice: Shall we start?\n"
        "[00:02] Ben: Yes!\n"
        "[00:04] Alice: I think so.\n"
        "[83:45] Ben: Fine, go on"
    )


def test_webvtt_named_names_voices() -> None:
    assert to_webvtt_named(transcript_segments(OVERLAP)) == (
        "WEBVTT\n\n"
        "00:00:01.000 --> 00:00:04.000\n<v Alice>Shall we start?\n\n"
        "00:00:02.500 --> 00:00:03.000\n<v Ben>Yes!\n\n"
        "00:00:04.000 --> 00:00:07.000\n<v Alice>I think so.\n\n"
        "01:23:45.250 --> 01:23:48.250\n<v Ben>Fine, go on\n"
    )


def test_stored_webvtt_numbers_voices() -> None:
    voices = re.findall(r"<v ([^>]*)>", to_stored_webvtt(transcript_segments(OVERLAP)))
    assert voices == ["Speaker0", "Speaker1", "Speaker0", "Speaker1"]


def test_json_rows_have_times_in_seconds() -> None:
    rows = [row.model_dump() for row in to_rows(transcript_segments(OVERLAP))]
    assert rows[1] == {
        "speaker": 1,
        "speaker_name": "Ben",
        "text": "Yes!",
        "start": 2.5,
        "end": 3.0,
    }


def test_meeting_without_words_is_empty_in_every_format() -> None:
    nothing = transcript_segments(a_meeting())
    texts = [to_text(nothing), to_text_timestamped(nothing), to_webvtt_named(nothing)]
    assert texts == ["", "", "WEBVTT\n"]
    assert to_rows(nothing) == []


def test_speech_without_sentence_ends_is_cut_at_a_thousand_characters() -> None:
    endless = a_meeting(a_line(["nine char"] * 300, 0.0))
    lengths = [len(segment.text) for segment in transcript_segments(endless)]
    assert lengths == [1008, 1008, 684]
    assert LONGEST_TEXT == 1000


def test_echoes_are_left_out() -> None:
    echo = Word(text=" Yes!", start=2.6, end=3.1, speaker=0, track=0, probability=0.5, echo_of=0)
    meeting = a_meeting(a_line("Yes!", 2.5, speaker=1), echoes=[echo])
    assert to_text(transcript_segments(meeting)) == "Ben: Yes!"


def test_names_and_texts_cannot_break_webvtt() -> None:
    meeting = a_meeting(a_line("1 <b> --> 2 & more", 0.0), names=("A <x>\n\nNOTE",))
    assert "<v A &lt;x&gt; NOTE>1 &lt;b&gt; --&gt; 2 &amp; more" in to_webvtt_named(
        transcript_segments(meeting)
    )


TOPICS = (
    Topic(
        id="t1", title="One", summary="", start=1.0, duration=6.0, first_segment=0, last_segment=1
    ),
    Topic(
        id="t2",
        title="Two",
        summary="S.",
        start=5025.25,
        duration=3.0,
        first_segment=2,
        last_segment=2,
    ),
)


def test_topics_carry_their_words() -> None:
    first, second = legacy_topics(TOPICS, OVERLAP.segments, OVERLAP.words)
    assert (first.timestamp, first.duration) == (1.0, 6.0)
    assert first.transcript == "Shall we Yes! start? I think so."
    assert [word.text for word in second.words] == [" Fine,", " go", " on"]


def test_topics_are_written_one_after_the_other() -> None:
    interrupted = a_meeting(
        a_line("And the", 1.0, speaker=0),
        a_line("Next, please.", 2.0, speaker=1),
        a_line("budget is fine.", 4.0, speaker=0),
        topics=(
            TOPICS[0].model_copy(update={"last_segment": 0}),
            TOPICS[1].model_copy(update={"first_segment": 1}),
        ),
    )
    assert to_text(transcript_segments(interrupted)) == (
        "Alice: And the\nBen: Next, please.\nAlice: budget is fine."
    )


def test_topic_webvtt_stays_on_the_recordings_clock() -> None:
    text = topic_webvtt(TOPICS[1], OVERLAP.segments, OVERLAP.words, names_of(OVERLAP))
    assert text == "WEBVTT\n\n01:23:45.250 --> 01:23:48.250\n<v Speaker1>Fine, go on\n"


words = st.builds(
    Word,
    text=st.text(alphabet="ab .?!…", min_size=1, max_size=30).map(lambda text: " " + text),
    start=st.floats(0, 1e5),
    end=st.just(1e5),
    speaker=st.integers(0, 3),
    track=st.just(0),
    probability=st.just(1.0),
)


@given(st.lists(words, max_size=60))
def test_segmentation_loses_no_word_and_is_by_start(some: list[Word]) -> None:
    some.sort(key=lambda word: word.start)
    segments = segments_of(some, dict.fromkeys(range(4), "X"))
    assert [each.start for each in segments] == sorted(each.start for each in segments)
    for speaker in range(4):
        said = "".join(word.text for word in some if word.speaker == speaker).split()
        told = " ".join(each.text for each in segments if each.speaker == speaker).split()
        assert told == said
