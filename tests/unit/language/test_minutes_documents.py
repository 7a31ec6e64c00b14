"""Drafts become documents by the same rules, whoever wrote them."""

import pytest

from multitrack_steps.language.attribution import Attribution
from multitrack_steps.language.backend import SummaryDraft, TopicDraft
from multitrack_steps.language.summary_document import summary_document
from multitrack_steps.language.titles import clean_title
from multitrack_steps.language.topic_documents import topics_document
from tests.fakes.meetings import a_transcript
from workflow_templates.contracts.minutes import Backend, Decision, NextStep, Subject
from workflow_templates.contracts.recording import Participant, Participants

BACKEND = Backend(name="extractive")
TITLES = {
    "quotes go": ('"Release date"', "Release date"),
    "typographic quotes go": ("“Release date”.", "Release date"),
    "a full stop goes": ("Budget and hiring.", "Budget and hiring"),
    "Markdown goes": ("## **Budget**", "Budget"),
    "a prefix goes": ("Title: Budget", "Budget"),
    "the first letter is a capital": ("budget", "Budget"),
    "lines become one": ("Budget\nand hiring", "Budget and hiring"),
    "ten words stay": ("a b c d e f g h i j", "A b c d e f g h i j"),
    "an eleventh goes, with a little word before it": (
        "one two three four five six seven eight nine of ten",
        "One two three four five six seven eight nine",
    ),
    "nothing stays nothing": ('"."', ""),
}


@pytest.mark.parametrize(("text", "want"), TITLES.values(), ids=TITLES)
def test_title_is_clean(text: str, want: str) -> None:
    assert clean_title(text) == want


def test_title_case_spares_little_words_and_own_capitals() -> None:
    title = clean_title("the iPhone app for customers of ACME", title_case=True)
    assert title == "The iPhone App for Customers of ACME"


def test_topics_last_until_the_next_and_keep_their_ids_whatever_their_titles() -> None:
    transcript = a_transcript(
        [("Ann", "One two.", 1.0, 3.0), ("Bob", "Three.", 4.0, 9.0), ("Ann", "Four.", 8.0, 8.5)]
    )
    drafts = (TopicDraft("first", "", 0, 0), TopicDraft("second", "", 1, 2))
    renamed = (TopicDraft("other", "", 0, 0), TopicDraft("words", "", 1, 2))

    document = topics_document(transcript, drafts, BACKEND)
    assert [(topic.start, topic.duration) for topic in document.topics] == [(1.0, 3.0), (4.0, 5.0)]
    again = topics_document(transcript, renamed, BACKEND)
    assert [topic.id for topic in again.topics] == [topic.id for topic in document.topics]


@pytest.mark.parametrize(
    "drafts",
    [
        (TopicDraft("late", "", 1, 2),),
        (TopicDraft("short", "", 0, 1),),
        (TopicDraft("a", "", 0, 0), TopicDraft("hole", "", 2, 2)),
        (TopicDraft("a", "", 0, 1), TopicDraft("overlap", "", 1, 2)),
    ],
    ids=lambda drafts: drafts[-1].title,
)
def test_topics_with_holes_are_refused(drafts: tuple[TopicDraft, ...]) -> None:
    transcript = a_transcript([("Ann", "Word.", float(n), n + 0.5) for n in range(3)])
    with pytest.raises(ValueError, match="segment"):
        topics_document(transcript, drafts, BACKEND)


def test_what_people_say_is_never_markup() -> None:
    transcript = a_transcript([("Ann_B", "Word.", 0.0, 1.0)])
    draft = SummaryDraft("Use <b> and *stars*.", (Subject(heading="A*B", text="text"),))

    long = summary_document(transcript, draft, BACKEND).long
    assert r"Use \<b\> and \*stars\*." in long
    assert r"**A\*B**" in long
    assert r"- Ann\_B" in long


PEOPLE = Participants(
    recording_id="r",
    participants=tuple(
        Participant(id=f"p{speaker}", name=name, speaker=speaker)
        for speaker, name in enumerate(("Ann Lee", "Bob", "Ann Ray", "Zoe Kim"))
    ),
    tracks=(),
)
NAMES = {
    "an exact name": ("Ann Lee", "p0"),
    "another case": ("bob", "p1"),
    "a first name": ("Zoe", "p3"),
    "a first name that two share": ("Ann", None),
    "a longer name than known": ("Bob Stone", "p1"),
    "a stranger": ("Xena", None),
    "nobody": (None, None),
    "the speaker": ("I", "p1"),
}


@pytest.mark.parametrize(("name", "want"), NAMES.values(), ids=NAMES)
def test_name_means(name: str | None, want: str | None) -> None:
    transcript = a_transcript(
        [
            ("Ann Lee", "Hello.", 0.0, 1.0),
            ("Bob", "I will.", 2.0, 3.0),
            ("Ann Ray", "Ok.", 4.0, 5.0),
        ]
    )
    people = PEOPLE.model_copy(
        update={
            "participants": tuple(
                person.model_copy(update={"speaker": speaker})
                for person, speaker in zip(PEOPLE.participants, (0, 2, 1, 3), strict=True)
            )
        }
    )
    attribution = Attribution(transcript, people)

    step = attribution.of_next_step(NextStep(task="Do", assigned_to=name, start=2.5))
    decision = attribution.of_decision(Decision(decision="Yes", decided_by=name, start=2.5))
    assert step.assigned_to_participant_id == want
    assert decision.decided_by_participant_id == want
