"""The English patterns, a sentence at a time."""

from dataclasses import dataclass

import pytest

from multitrack_steps.language.extractive.agenda import Strength, find_cues
from multitrack_steps.language.extractive.backend import ExtractiveBackend
from multitrack_steps.language.extractive.deadlines import find_deadline, without_deadline
from multitrack_steps.language.extractive.english import base_form
from multitrack_steps.language.extractive.sentences import split_sentences
from tests.fakes.meetings import a_transcript
from workflow_templates.contracts.transcript import Transcript

CUES = {
    "The next topic is the parking situation, I think.": (Strength.AGENDA, "parking situation"),
    "Okay, moving on.": (Strength.AGENDA, None),
    "Let's move on to the new logo.": (Strength.AGENDA, "new logo"),
    "Second item on the agenda, office plants.": (Strength.AGENDA, "office plants"),
    "The last point on my list is insurance for volunteers.": (
        Strength.AGENDA,
        "insurance for volunteers",
    ),
    "Let's talk about the warehouse and the drivers.": (
        Strength.CLEAR,
        "warehouse and the drivers",
    ),
    "One more thing, the newsletter.": (Strength.CLEAR, "newsletter"),
    "Yes, you are in time for the second topic. Bird feeders.": (
        Strength.AGENDA,
        "Bird feeders",
    ),
    "Okay, so, catering.": (Strength.CLEAR, "catering"),
    "What about the heating?": (Strength.HINT, "heating"),
    "By the way, my bike was stolen.": (Strength.HINT, None),
}


@pytest.mark.parametrize(("text", "want"), CUES.items(), ids=CUES)
def test_cue_announces_its_subject(text: str, want: tuple[Strength, str | None]) -> None:
    (cue,) = find_cues(split_sentences(a_transcript([("Ann", text, 0, 5)])), {"ann"})
    assert (cue.strength, cue.phrase) == want


NO_CUES = [
    "The first thing I noticed was that it hurts.",
    "Let's talk about it tomorrow.",
    "I moved on to another company.",
    "Let's start with the weekly meeting.",
    "The next train is late.",
    "Over to you, Ann.",
]


@pytest.mark.parametrize("text", NO_CUES)
def test_ordinary_sentence_announces_nothing(text: str) -> None:
    cues = find_cues(split_sentences(a_transcript([("Ann", text, 0, 5)])), {"ann"})
    assert [cue for cue in cues if cue.strength > Strength.HINT] == []


DEADLINES = {
    "send it before the release, please": "before the release",
    "publish the article on Wednesday": "on Wednesday",
    "finish by the end of the month": "by the end of the month",
    "do it by Thursday the fourteenth of March": "by Thursday the fourteenth of March",
    "call them tomorrow morning": "tomorrow morning",
    "have it ready in two weeks": "in two weeks",
    "talk to her next week": "next week",
    "answer as soon as possible": "as soon as possible",
    "put the lamp on the table": None,
    "ask the customers before deciding": None,
}


@pytest.mark.parametrize(("text", "want"), DEADLINES.items(), ids=DEADLINES)
def test_deadline_is_found_in_the_speakers_words(text: str, want: str | None) -> None:
    assert find_deadline(text) == want


def test_deadline_is_cut_only_at_the_end() -> None:
    assert without_deadline("publish the article on Wednesday.") == "publish the article"
    assert without_deadline("bring the Monday figures along") == "bring the Monday figures along"


@pytest.mark.parametrize(
    ("verb", "want"),
    [("fixes", "fix"), ("moves", "move"), ("carries", "carry"), ("does", "do"), ("passes", "pass")],
)
def test_third_person_has_its_infinitive(verb: str, want: str) -> None:
    assert base_form(verb) == want


@dataclass(frozen=True, slots=True)
class Talk:
    """A few sentences, and the (task, owner, deadline) that follow from them."""

    lines: tuple[str, ...]
    want: tuple[tuple[str, str | None, str | None], ...]


TALKS = {
    "a promise is the speaker's task": Talk(
        ("Ann: I'll call the plumber tomorrow.",), (("Call the plumber", "Ann", "tomorrow"),)
    ),
    "an offer alone is no task": Talk(("Ann: I can call the plumber.", "Bob: Hm."), ()),
    "an offer that is taken up is a task": Talk(
        ("Ann: I can call the plumber.", "Bob: Please do that before the visit, Ann."),
        (("Call the plumber", "Ann", "before the visit"),),
    ),
    "a request belongs to whom it names": Talk(
        ("Ann: Bob, could you order new chairs?", "Bob: Sure."),
        (("Order new chairs", "Bob", None),),
    ),
    "a request without a name belongs to who accepts it": Talk(
        ("Ann: Can someone book the large room?", "Cem: Okay, I will."),
        (("Book the large room", "Cem", None),),
    ),
    "a request that is declined is no task": Talk(
        ("Ann: Bob, could you order new chairs?", "Bob: Sorry, I can't."), ()
    ),
    "a request that is done at once is no task": Talk(
        ("Ann: Bob, add that chart to the report.", "Bob: Done."), ()
    ),
    "an order by name is a task": Talk(
        ("Ann: Cem, send the invoice to the printer by Friday.",),
        (("Send the invoice to the printer", "Cem", "by Friday"),),
    ),
    "somebody else's task is theirs": Talk(
        ("Ann: Bob will repair the lock next week.",), (("Repair the lock", "Bob", "next week"),)
    ),
    "who says I'll do it takes what was named": Talk(
        ("Ann: Somebody needs to water the plants.", "Cem: I'll do it."),
        (("Water the plants", "Cem", None),),
    ),
    "me becomes a name": Talk(
        ("Ann: Bob, please send me the figures.", "Bob: Yes."),
        (("Send Ann the figures", "Bob", None),),
    ),
    "a list at the end gives each task to its owner": Talk(
        ("Ann: So, to recap, Bob orders the chairs, Cem repairs the lock, and Ann calls Lidl.",),
        (
            ("Order the chairs", "Bob", None),
            ("Repair the lock", "Cem", None),
            ("Call Lidl", "Ann", None),
        ),
    ),
    "a recap and a promise are one task": Talk(
        (
            "Bob: I'll order twelve new chairs on Monday.",
            "Ann: Great. To summarize, Bob orders the chairs and Cem repairs the lock.",
        ),
        (("Order the chairs", "Bob", "on Monday"), ("Repair the lock", "Cem", None)),
    ),
    "what happens in the meeting is no task": Talk(
        (
            "Ann: Can you hear me, Bob?",
            "Bob: I will be honest, I can see that.",
            "Ann: Let me share my screen. Could you tell us more, Cem?",
            "Cem: I'll say it again.",
        ),
        (),
    ),
    "tasks with the same verb stay two": Talk(
        ("Ann: I'll send the invoice.", "Bob: Right.", "Ann: And I'll send the contract."),
        (("Send the invoice", "Ann", None), ("Send the contract", "Ann", None)),
    ),
}


def a_talk(lines: tuple[str, ...]) -> Transcript:
    spoken = [line.split(": ", 1) for line in lines]
    rows = [
        (name, text, 5.0 * number, 5.0 * number + 4) for number, (name, text) in enumerate(spoken)
    ]
    silent = [(name, "Hm.", 900.0, 901.0) for name in ("Ann", "Bob", "Cem")]
    return a_transcript([*rows, *silent])


@pytest.mark.parametrize("talk", TALKS.values(), ids=TALKS)
def test_next_steps(talk: Talk) -> None:
    steps = ExtractiveBackend().extract_action_items(a_talk(talk.lines)).next_steps
    assert tuple((step.task, step.assigned_to, step.deadline) for step in steps) == talk.want


DECISIONS = {
    "a decision in one sentence": (
        ("Ann: Okay, let's go with the blue paint.",),
        "Let's go with the blue paint.",
    ),
    "what is decided follows": (
        ("Ann: Then it is decided. The paint will be blue.",),
        "The paint will be blue.",
    ),
    "a proposal that is endorsed": (
        ("Bob: We could close the shop at noon.", "Ann: Let's do that."),
        "We could close the shop at noon.",
    ),
    "an approval": (("Ann: Fine, I approve the new drill.",), "I approve the new drill."),
}


@pytest.mark.parametrize(("lines", "want"), DECISIONS.values(), ids=DECISIONS)
def test_decision_is_found(lines: tuple[str, ...], want: str) -> None:
    decisions = ExtractiveBackend().extract_action_items(a_talk(lines)).decisions
    assert [(decision.decision, decision.decided_by) for decision in decisions] == [(want, "Ann")]


UNDECIDED = [
    "Ann: We haven't decided on the colour yet.",
    "Ann: Did we agree on the colour?",
    "Ann: I agree.",
    "Ann: Let's look at the colours first.",
    "Ann: It is what it is.",
]


@pytest.mark.parametrize("line", UNDECIDED)
def test_what_is_open_is_no_decision(line: str) -> None:
    assert ExtractiveBackend().extract_action_items(a_talk((line,))).decisions == ()


def test_reason_is_kept_with_the_decision() -> None:
    items = ExtractiveBackend().extract_action_items(
        a_talk(("Ann: We agreed to wait with the launch because the shop is not ready.",))
    )
    assert [decision.rationale for decision in items.decisions] == ["because the shop is not ready"]
