"""What holds for any transcript, sensible or not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from multitrack_steps.language.extractive.backend import ExtractiveBackend
from multitrack_steps.language.titles import MAX_TITLE_WORDS, clean_title
from multitrack_steps.language.topic_documents import topics_document
from tests.fakes.meetings import a_transcript
from workflow_templates.contracts.transcript import Transcript

PHRASES = [
    *("the budget is decided.", "I will", "Ann, please", "moving on", "next topic is", "um"),
    *("we could", "do that", "Bob", "release", "before Friday", "can you", "agreed!", "…", "7"),
    *("—", "ok, write", "Report's", "so", "let's go with", "it", "naïve", "hiring?"),
]
WORDS = st.sampled_from(PHRASES)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["Ann", "Bob Brown", "Speaker 3"]),
        st.lists(WORDS, min_size=1, max_size=14).map(" ".join),
        st.floats(min_value=0, max_value=90),
        st.floats(min_value=0.1, max_value=20),
    ),
    min_size=1,
    max_size=40,
)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    start = 0.0
    lines = []
    for name, text, pause, length in draw(LINES):
        start += pause
        lines.append((name, text, start, start + length))
    return a_transcript(lines, language=draw(st.sampled_from(["en", "de", "ja", None])))


@given(transcripts())
@settings(max_examples=60, deadline=None)
def test_topics_cover_all_segments_without_holes(transcript: Transcript) -> None:
    backend = ExtractiveBackend()
    document = topics_document(transcript, backend.detect_topics(transcript), backend.description)

    position = 0
    for topic in document.topics:
        assert topic.first_segment == position
        assert topic.start == transcript.segments[position].start
        position = topic.last_segment + 1
    assert position == len(transcript.segments)


@given(transcripts())
@settings(max_examples=40, deadline=None)
def test_ids_are_unique_and_the_same_in_a_second_run(transcript: Transcript) -> None:
    first, second = (
        topics_document(
            transcript,
            ExtractiveBackend().detect_topics(transcript),
            ExtractiveBackend().description,
        )
        for _ in range(2)
    )

    assert first == second
    assert len({topic.id for topic in first.topics}) == len(first.topics)


@given(transcripts())
@settings(max_examples=40, deadline=None)
def test_titles_have_at_most_ten_words_and_texts_come_from_the_meeting(
    transcript: Transcript,
) -> None:
    backend = ExtractiveBackend()
    topics = topics_document(transcript, backend.detect_topics(transcript), backend.description)
    backend.generate_summary(transcript, topics)
    items = backend.extract_action_items(transcript)

    titles = [backend.generate_title(topics), *(topic.title for topic in topics.topics)]
    names = {speaker.name for speaker in transcript.speakers}
    assert all(len(title.split()) <= MAX_TITLE_WORDS for title in titles)
    assert all(step.assigned_to in names | {None} for step in items.next_steps)
    assert all(decision.decided_by in names for decision in items.decisions)


@given(st.text(max_size=200))
def test_clean_title_is_one_short_line_and_clean_already(text: str) -> None:
    title = clean_title(text)

    assert len(title.split()) <= MAX_TITLE_WORDS
    assert "\n" not in title
    assert clean_title(title) == title
