"""Dividing a transcript at segment boundaries into stretches that a model can hold.

A stretch is a `range` of segment indices; stretches follow each other without holes.
"""

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

from multitrack_steps.language.llm.failures import AnswerTruncatedError, ContextOverflowError
from multitrack_steps.language.llm.tokens import estimate_tokens
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.runtime.errors import MultitrackError, SettingsError

__all__ = ["as_data", "concurrently", "divide", "numbered_lines", "over_stretches", "without_tags"]

_T = TypeVar("_T")

_MOST_HALVINGS_FOR_ANSWERS = 3
"""A model whose answer about an eighth of a stretch is still cut off does not stop by itself."""
_LONGEST_NAME = 80
_TAG = re.compile(r"<(?=\s*/?\s*(?:transcript|topics|notes|summary)\b)", re.IGNORECASE)


def without_tags(text: str) -> str:
    """The text, unable to end the tags which mark the meeting's words as data."""
    return _TAG.sub("(", text)


def as_data(text: str) -> str:
    """The text in one line, without tags."""
    return without_tags(" ".join(text.split()))


def numbered_lines(transcript: Transcript) -> tuple[str, ...]:
    """One line a segment, in order, like `[12] Ann: I agree.`, with the segment's index."""
    names = transcript.names()
    return tuple(
        f"[{number}] {as_data(names[segment.speaker])[:_LONGEST_NAME]}: {as_data(segment.text)}"
        for number, segment in enumerate(transcript.segments)
    )


def divide(lines: Sequence[str], most_tokens: int, within: range | None = None) -> list[range]:
    """Divide lines into as few stretches as `most_tokens` allows, of about the same length.

    One line may be longer than that alone.
    """
    within = within or range(len(lines))
    weights = [estimate_tokens(lines[index]) + 1 for index in within]
    total = sum(weights)
    parts = max(1, math.ceil(total / most_tokens))
    stretches: list[range] = []
    start, before = within.start, 0
    for index, weight in zip(within, weights, strict=True):
        if index > start and before + weight / 2 > total * (len(stretches) + 1) / parts:
            stretches.append(range(start, index))
            start = index
        before += weight
    if len(within):
        stretches.append(range(start, within.stop))
    return stretches


async def over_stretches(
    stretches: Iterable[range], ask: Callable[[range], Awaitable[_T]], *, halvings: int = 0
) -> list[tuple[range, _T]]:
    """Ask about each stretch, all at once; where one is too long, about its halves instead.

    Args:
        stretches: In order.
        ask: Asks about one.
        halvings: How often these were halved already.

    Returns:
        Stretches with answers in the meeting's order, whichever came first.

    Raises:
        SettingsError: Not even one segment fits into the model's context.
        MultitrackError: As `ask` raises; all others are given up.
    """

    async def one(stretch: range) -> list[tuple[range, _T]]:
        try:
            return [(stretch, await ask(stretch))]
        except AnswerTruncatedError:
            if len(stretch) == 1 or halvings == _MOST_HALVINGS_FOR_ANSWERS:
                raise
        except ContextOverflowError as error:
            if len(stretch) == 1:
                raise SettingsError(
                    f"not even one segment fits into the model's context: {error}"
                ) from error
        middle = stretch.start + len(stretch) // 2
        halves = (range(stretch.start, middle), range(middle, stretch.stop))
        return await over_stretches(halves, ask, halvings=halvings + 1)

    found = await concurrently(one(stretch) for stretch in stretches)
    return [pair for pairs in found for pair in pairs]


async def concurrently(work: Iterable[Coroutine[Any, Any, _T]]) -> list[_T]:
    """Do all at once; results in the order given. The first failure ends the rest.

    Raises:
        MultitrackError: The first failure.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except BaseExceptionGroup as failures:
        first = (failures.subgroup(MultitrackError) or failures).exceptions[0]
        raise first from first.__cause__
    return [task.result() for task in tasks]
