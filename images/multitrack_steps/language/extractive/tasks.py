"""From believed statements to next steps: each task once, in its clearest words."""

import re
from collections.abc import Sequence
from dataclasses import replace

from multitrack_steps.language.extractive.commitments import Candidate, Kind
from multitrack_steps.language.extractive.lexis import Lexis
from multitrack_steps.language.extractive.names import Roster
from multitrack_steps.language.extractive.sentences import Sentence
from multitrack_steps.language.extractive.uptake import (
    ANSWER_WITHIN,
    ANSWERS,
    POINTS_BACK,
    SENTENCES_BACK,
    Task,
    find_tasks,
)
from workflow_templates.contracts.minutes import NextStep

__all__ = ["find_next_steps"]

_SAME_TASK = 0.5
"""Share of the shorter one's objects that two statements of one task have in common."""
_TELLING_WORDS = 4
"""A shorter sentence ("Good thinking.") explains nothing."""


def find_next_steps(
    sentences: Sequence[Sentence], lexis: Lexis, roster: Roster
) -> tuple[NextStep, ...]:
    """Who will do what, each task once, in the order in which it first came up."""
    merged = _merge(find_tasks(sentences, lexis, roster))
    merged.sort(key=lambda task: min(sentence.index for sentence in task.said))
    stems = [frozenset(lexis.terms(sentence.text)) for sentence in sentences]
    return tuple(_next_step(task, sentences, stems) for task in merged)


def _merge(tasks: Sequence[Task]) -> list[Task]:
    """One task for all statements of it; what nobody took up is left out."""
    merged: list[Task] = []
    for task in tasks:
        for place, other in enumerate(merged):
            if _is_same(task, other):
                merged[place] = _together(other, task)
                break
        else:
            merged.append(task)
    return [task for task in merged if _is_next_step(task)]


def _is_same(one: Task, other: Task) -> bool:
    owners = {task.stated.owner for task in (one, other)} - {None}
    if _accepts(other, one) or _accepts(one, other):
        return True
    objects, others = one.stated.phrase.objects, other.stated.phrase.objects
    shared = len(objects & others)
    if len(owners) > 1 or shared < _SAME_TASK * min(len(objects), len(others)) or not shared:
        return False
    is_recap = Kind.RECAP in (one.stated.kind, other.stated.kind)
    apart = abs(one.said[-1].start - other.said[-1].start)
    same_verb = _verb(one) == _verb(other)
    return is_recap or same_verb or apart < POINTS_BACK


def _accepts(request: Task, answer: Task) -> bool:
    """Whether "I'll talk to her next week" answers "would you ask them?": one task."""
    return (
        request.stated.kind is Kind.REQUEST
        and answer.stated.kind is Kind.PROMISE
        and not answer.stated.phrase.objects
        and request.stated.owner == answer.stated.owner
        and 0 <= answer.said[0].start - request.said[-1].end < ANSWER_WITHIN
    )


def _verb(task: Task) -> str:
    return task.stated.phrase.text.split()[0].lower()


def _together(earlier: Task, later: Task) -> Task:
    """The clearer statement with all that is known; a later deadline corrects an earlier one."""
    clearer = max(
        (earlier, later),
        key=lambda task: (task.stated.kind, len(task.stated.phrase.objects)),
    )
    owner = clearer.stated.owner or earlier.stated.owner or later.stated.owner
    anyone = earlier.stated.anyone or later.stated.anyone
    return Task(
        stated=replace(clearer.stated, owner=owner, anyone=anyone),
        deadline=later.deadline or earlier.deadline,
        said=(*earlier.said, *later.said),
    )


def _is_next_step(task: Task) -> bool:
    """Promised, assigned, or at least due."""
    stated = task.stated
    if stated.kind in (Kind.PROMISE, Kind.ASSIGNMENT, Kind.RECAP):
        return True
    if stated.kind is Kind.REQUEST:
        return stated.owner is not None or task.deadline is not None
    if stated.kind is Kind.OFFER:
        return task.deadline is not None and not stated.sentence.is_question
    return stated.anyone and not stated.sentence.is_question


def _next_step(
    task: Task, sentences: Sequence[Sentence], stems: Sequence[frozenset[str]]
) -> NextStep:
    text = _addressed_by_name(task.stated, sentences)
    first = min(task.said, key=lambda sentence: sentence.index)
    return NextStep(
        task=text[:1].upper() + text[1:],
        assigned_to=task.stated.owner,
        deadline=task.deadline,
        context=_context(task, sentences, stems),
        start=round(first.start, 3),
    )


def _addressed_by_name(stated: Candidate, sentences: Sequence[Sentence]) -> str:
    """Say "send Alice the figures" where Alice said "send me the figures"."""
    text = stated.phrase.text
    if (
        stated.kind is Kind.REQUEST
        and stated.sentence.name
        and stated.owner != stated.sentence.name
    ):
        first = _called(stated.sentence.name)
        text = re.sub(r"\bme\b", first, text)
        return re.sub(r"\bmy\b", f"{first}'s", text)
    if stated.kind in (Kind.PROMISE, Kind.OFFER) and re.search(r"\byou\b", text):
        before = [
            sentence
            for sentence in sentences[
                max(0, stated.sentence.index - ANSWERS) : stated.sentence.index
            ]
            if sentence.speaker != stated.sentence.speaker and sentence.name
        ]
        if before:
            return re.sub(r"\byou\b", _called(before[-1].name), text)
    return text


def _called(name: str) -> str:
    """The first name; "Speaker 3" has none."""
    return name if name[-1:].isdigit() else name.split(maxsplit=1)[0]


def _context(
    task: Task, sentences: Sequence[Sentence], stems: Sequence[frozenset[str]]
) -> str | None:
    """Another sentence about the task: how it came up, else what was said about the same thing."""
    quoted = task.stated.sentence
    others = [sentence for sentence in task.said if sentence.index != quoted.index][:1]
    if not others and not task.stated.phrase.objects:
        others = _turn_before(quoted, sentences)
    if not others:
        others = _about_the_same(task, sentences, stems)
    if not others:
        return None
    text = " ".join(sentence.text for sentence in others if sentence.speaker == others[0].speaker)
    return f"{others[0].name}: {text}" if others[0].name else text


def _turn_before(sentence: Sentence, sentences: Sequence[Sentence]) -> list[Sentence]:
    """What somebody else said last that has some length: "some" and "it" are found there."""
    turn: list[Sentence] = []
    for earlier in reversed(sentences[max(0, sentence.index - SENTENCES_BACK) : sentence.index]):
        if turn and earlier.speaker != turn[0].speaker:
            break
        is_long = len(earlier.text.split()) >= _TELLING_WORDS
        if turn or (is_long and earlier.speaker != sentence.speaker):
            turn.insert(0, earlier)
    return turn


def _about_the_same(
    task: Task, sentences: Sequence[Sentence], stems: Sequence[frozenset[str]]
) -> list[Sentence]:
    """The latest of the earlier sentences that share most words with the task."""
    quoted = task.stated.sentence.index
    shared = [len(task.stated.phrase.objects & words) for words in stems[:quoted]]
    most = max(shared, default=0)
    if not most:
        return list(sentences[max(0, quoted - 1) : quoted])
    return [sentences[place] for place in range(quoted) if shared[place] == most][-1:]
