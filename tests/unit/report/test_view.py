"""Times, texts and drawings of the page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.publication.turns import chapters
from multitrack_steps.report.echoes import EchoLine
from multitrack_steps.report.prose import render_markdown
from multitrack_steps.report.timing import timed_text
from multitrack_steps.report.view import SpokenTurn, build_view
from multitrack_steps.report.waveform import draw_bars
from multitrack_steps.report.wording import length, position
from tests.unit.publication.meetings import a_line, a_meeting
from workflow_templates.contracts.minutes import Decision, Topic
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.results import Manifest, Waveform


def a_manifest(transcript: PublishedTranscript) -> Manifest:
    return Manifest(
        recording_id="r",
        title=transcript.title.text,
        duration=transcript.recording.duration,
        language="en",
        speakers=2,
        words=len(transcript.words),
        topics=len(transcript.topics),
        started_at=None,
        files=(),
    )


@pytest.mark.parametrize(
    ("seconds", "want_position", "want_length"),
    [
        (0.0, "0:00", "0 s"),
        (59.9, "0:59", "1 min"),
        (148.9, "2:28", "2 min 29 s"),
        (3600.0, "1:00:00", "1 h"),
        (4987.4, "1:23:07", "1 h 23 min"),
    ],
)
def test_times_read_as_people_say_them(
    seconds: float, want_position: str, want_length: str
) -> None:
    assert (position(seconds), length(seconds)) == (want_position, want_length)


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=30))
def test_the_lengths_of_a_turns_words_make_up_its_text(texts: list[str]) -> None:
    meeting = a_meeting(a_line(texts, 1.0))
    ((turn,),) = (chapter.turns for chapter in chapters(meeting))
    timed = timed_text(turn, meeting.words)
    start, end, *pairs = timed.timing
    units = timed.text.encode("utf-16-le")
    assert sum(pairs[1::2]) == len(units) // 2
    assert len(pairs) == 2 * len(texts)
    assert (start, end) == (100, 300)
    assert start + sum(pairs[::2]) == round(meeting.words[-1].start * 100)


def test_each_word_is_found_in_its_place() -> None:
    meeting = a_meeting(a_line("One 🦊 three.", 1.0, seconds=3.0))
    ((turn,),) = (chapter.turns for chapter in chapters(meeting))
    assert timed_text(turn, meeting.words).timing == (100, 400, 0, 3, 100, 3, 100, 7)


def test_bars_have_the_colour_of_who_speaks_longest_there() -> None:
    meeting = a_meeting(
        a_line("a", 0.0, seconds=100.0), a_line("b", 100.0, speaker=1, seconds=55.0)
    )
    waveform = Waveform(duration=255.0, peaks=(0.5,) * 255)
    bars = {bar.colour: bar.path.count("M") for bar in draw_bars(waveform, meeting.segments, 12)}
    assert bars == {None: 100, 0: 100, 1: 55}


def test_the_thirteenth_speaker_has_the_first_ones_colour() -> None:
    names = [f"P{number}" for number in range(14)]
    meeting = a_meeting(*(a_line("x", 2.0 * i, speaker=i) for i in range(14)), names=names)
    view = build_view(a_manifest(meeting), meeting, None)
    assert [person.colour for person in view.people][11:] == [11, 0, 1]


def test_a_decision_leads_to_the_turn_in_which_it_was_made() -> None:
    meeting = a_meeting(
        a_line("We wait.", 1.0),
        a_line("No.", 4.0, speaker=1),
        decisions=[Decision(decision="Wait", start=2.5), Decision(decision="No date")],
    )
    first, second = build_view(a_manifest(meeting), meeting, None).decisions
    assert first.moment is not None
    assert (first.moment.anchor, first.moment.label) == ("t=1.00", "0:02")
    assert second.moment is None


def test_turns_that_start_at_once_do_not_share_an_id() -> None:
    meeting = a_meeting(a_line("Me!", 1.0), a_line("Me!", 1.0, speaker=1))
    (part,) = build_view(a_manifest(meeting), meeting, None).parts
    assert [entry.anchor for entry in part.entries if isinstance(entry, SpokenTurn)] == [
        "t=1.00",
        None,
    ]


def test_an_echo_stands_in_the_topic_in_which_it_was_heard() -> None:
    echo = a_line("hello there you", 4.2, speaker=1)
    echoes = [word.model_copy(update={"echo_of": 0}) for word in echo]
    topics = [
        Topic(
            id=str(i),
            title=f"T{i}",
            summary="",
            start=s,
            duration=1,
            first_segment=i,
            last_segment=i,
        )
        for i, s in enumerate((0.0, 4.0))
    ]
    meeting = a_meeting(a_line("One.", 0.0), a_line("Two.", 4.0), echoes=echoes, topics=topics)
    view = build_view(a_manifest(meeting), meeting, None)
    kinds = [[type(entry) for entry in part.entries] for part in view.parts]
    assert kinds == [[SpokenTurn], [SpokenTurn, EchoLine]]
    assert view.echoes == 1
    assert view.facts[2] == "2 words"


@pytest.mark.parametrize(
    ("markdown", "absent"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("a <img src=x onerror=alert(1)> b", "<img"),
        ("![x](https://example.org/pixel.png)", "<img"),
        ("[x](javascript:alert(1))", "href="),
        ("[x](data:text/html,hi)", "href="),
    ],
)
def test_a_summary_cannot_bring_code_or_requests(markdown: str, absent: str) -> None:
    assert absent not in render_markdown(markdown)


def test_a_summarys_headings_stay_below_the_pages() -> None:
    assert render_markdown("# Big\n\n**bold**") == ("<h4>Big</h4>\n<p><strong>bold</strong></p>\n")
