"""Listing decisions and next steps: each stretch by itself, then what was said twice taken once."""

import re
from collections.abc import Iterable
from typing import TypeVar

from multitrack_steps.language.backend import ActionItemsDraft
from multitrack_steps.language.llm.answers import (
    ActionItemsAnswer,
    DecisionAnswer,
    NextStepAnswer,
    action_items_answer,
)
from multitrack_steps.language.llm.prompts import prompt
from multitrack_steps.language.llm.stretches import divide, numbered_lines, over_stretches
from multitrack_steps.language.llm.writer import Question, Writer
from workflow_templates.contracts.minutes import Decision, NextStep
from workflow_templates.contracts.transcript import Transcript

__all__ = ["extract_action_items"]

_T = TypeVar("_T", Decision, NextStep)

_STRETCH_TOKENS = 6000
"""About 3700 words, 25 minutes of talk."""
_SAME = 0.75
"""Share of common words from which two sentences say the same."""
_WORD = re.compile(r"\w+")
_LONGEST_NAME = 5
"""Words; "Ben and Carol" is one answer."""


async def extract_action_items(writer: Writer, transcript: Transcript) -> ActionItemsDraft:
    """Decisions and next steps in the meeting's order; names as they were said.

    Raises:
        MultitrackError: As `Writer.ask`.
    """
    lines = numbered_lines(transcript)

    async def ask(stretch: range) -> ActionItemsAnswer:
        shown = "\n".join(lines[index] for index in stretch)
        question = Question(prompt("action_items", transcript=shown), action_items_answer(stretch))
        return await writer.ask(question)

    stretches = divide(lines, min(_STRETCH_TOKENS, writer.material_tokens))
    answers = [answer for _, answer in await over_stretches(stretches, ask)]
    said = "\n".join(lines).casefold()
    decisions = (decision for answer in answers for decision in answer.decisions)
    next_steps = (next_step for answer in answers for next_step in answer.next_steps)
    return ActionItemsDraft(
        decisions=_without_repetitions(_decision(found, transcript, said) for found in decisions),
        next_steps=_without_repetitions(
            _next_step(found, transcript, said) for found in next_steps
        ),
    )


def _decision(found: DecisionAnswer, transcript: Transcript, said: str) -> Decision:
    return Decision(
        decision=found.decision,
        rationale=found.rationale,
        decided_by=_said_name(found.decided_by, said),
        start=transcript.segments[found.segment].start,
    )


def _next_step(found: NextStepAnswer, transcript: Transcript, said: str) -> NextStep:
    return NextStep(
        task=found.task,
        assigned_to=_said_name(found.assigned_to, said),
        deadline=found.deadline if _was_said(found.deadline, said) else None,
        context=found.context,
        start=transcript.segments[found.segment].start,
    )


def _said_name(name: str | None, said: str) -> str | None:
    """The name, unless nobody in the meeting has it or said it: then the model made it up."""
    words = _WORD.findall((name or "").casefold())
    is_name = len(words) <= _LONGEST_NAME and not any(map(str.isdigit, words))
    return name if is_name and _was_said(name, said) else None


def _was_said(text: str | None, said: str) -> bool:
    """Whether all its words occur in the meeting; small models copy others from the prompt."""
    return all(word in said for word in _WORD.findall((text or "").casefold()))


def _without_repetitions(items: Iterable[_T]) -> tuple[_T, ...]:
    """Keep the first of those that say the same, in the order of their times."""
    kept: list[_T] = []
    for candidate in sorted(items, key=lambda found: found.start or 0.0):
        if not any(_says_the_same(candidate, earlier) for earlier in kept):
            kept.append(candidate)
    return tuple(kept)


def _says_the_same(one: Decision | NextStep, other: Decision | NextStep) -> bool:
    if isinstance(one, NextStep) and isinstance(other, NextStep):
        if one.assigned_to and other.assigned_to and one.assigned_to != other.assigned_to:
            return False
        return _overlap(one.task, other.task) >= _SAME
    if isinstance(one, Decision) and isinstance(other, Decision):
        return _overlap(one.decision, other.decision) >= _SAME
    return False


def _overlap(one: str, other: str) -> float:
    """Common words over all words (Jaccard's index)."""
    words, others = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    return len(words & others) / len(words | others) if words | others else 0.0
