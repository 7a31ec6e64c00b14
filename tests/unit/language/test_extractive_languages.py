"""The extractive backend in languages that it knows less of, or not at all."""

from multitrack_steps.language.extractive.backend import ExtractiveBackend
from multitrack_steps.language.extractive.lexis import lexis_for
from multitrack_steps.language.topic_documents import topics_document
from tests.fakes.meetings import a_transcript
from workflow_templates.contracts.minutes import Topics
from workflow_templates.contracts.transcript import Transcript

GARDEN = [
    "Der Garten braucht dringend neue Bäume und mehr Wasser.",
    "Die alten Bäume im Garten sind im Sommer vertrocknet.",
    "Wasser für den Garten kommt bisher aus dem Brunnen.",
    "Der Brunnen reicht für so viele Bäume nicht aus.",
    "Wir pflanzen die Bäume im Garten erst im Herbst.",
    "Das Wasser aus dem Brunnen messen wir vorher.",
]
KITCHEN = [
    "Die Küche wird im Winter renoviert und der Herd ersetzt.",
    "Der Herd in der Küche ist zwanzig Jahre alt.",
    "Die Rechnung für den Herd liegt beim Händler.",
    "Der Händler liefert den Herd und die Schränke der Küche.",
    "Die Schränke der Küche sind ebenfalls kaputt.",
    "Der Händler baut Herd und Schränke zusammen ein.",
]


def a_meeting(sentences: list[str], language: str | None, *, pause: float = 0.0) -> Transcript:
    """Two people take turns; a pause in the middle."""
    lines = []
    for number, text in enumerate(sentences):
        start = number * 12.0 + (pause if number >= len(sentences) // 2 else 0.0)
        lines.append((("Anna", "Bernd")[number % 2], text, start, start + 11.0))
    return a_transcript(lines, language)


def topics_of(backend: ExtractiveBackend, transcript: Transcript) -> Topics:
    return topics_document(transcript, backend.detect_topics(transcript), backend.description)


def test_german_topics_follow_the_vocabulary() -> None:
    backend = ExtractiveBackend()
    topics = topics_of(backend, a_meeting(GARDEN + KITCHEN, "de"))

    assert [topic.first_segment for topic in topics.topics] == [0, len(GARDEN)]
    garden, kitchen = (topic.title for topic in topics.topics)
    assert set(garden.split(", ")) <= {"Garten", "Bäume", "Wasser", "Brunnen"}
    assert set(kitchen.split(", ")) <= {"Küche", "Herd", "Händler", "Schränke"}


def test_german_summary_quotes_and_warns_that_cues_are_unknown() -> None:
    transcript = a_meeting(GARDEN + KITCHEN, "de")
    backend = ExtractiveBackend()
    draft = backend.generate_summary(transcript, topics_of(backend, transcript))

    assert "“" in draft.short
    assert "cue phrases" in backend.warnings[0]
    assert backend.extract_action_items(transcript).next_steps == ()


def test_unknown_language_is_cut_at_the_longest_pause_and_says_so() -> None:
    transcript = a_meeting(["これは会議です。"] * 20, "ja", pause=30.0)
    backend = ExtractiveBackend()
    topics = topics_of(backend, transcript)

    assert "Part 1" in [topic.title for topic in topics.topics]
    assert 10 in [topic.first_segment for topic in topics.topics]
    assert "does not know" in (backend.description.note or "")
    assert "(ja)" in backend.warnings[0]
    assert backend.generate_title(topics) == ""
    assert backend.generate_summary(transcript, topics).subjects


def test_known_language_has_no_warning() -> None:
    backend = ExtractiveBackend()
    backend.detect_topics(a_meeting(["The garden needs trees."], "en"))

    assert backend.warnings == ()
    assert backend.tokens is None


def test_a_region_does_not_hide_the_language() -> None:
    known = lexis_for("pt-BR")
    assert known is not None
    assert known.code == "pt"
    assert lexis_for(None) is None
    assert lexis_for("xx") is None
