"""Dividing the meeting into topics: each stretch by itself, then the borders between stretches."""

import itertools
import math
from collections.abc import Sequence
from functools import partial

from multitrack_steps.language.backend import TopicDraft
from multitrack_steps.language.llm.answers import (
    TopicsAnswer,
    borders_answer,
    topics_answer,
)
from multitrack_steps.language.llm.prompts import prompt
from multitrack_steps.language.llm.stretches import (
    as_data,
    divide,
    numbered_lines,
    over_stretches,
)
from multitrack_steps.language.llm.words import first_sentences, first_words
from multitrack_steps.language.llm.writer import Question, Writer, clip_evenly
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.transcript import Transcript

__all__ = ["detect_topics", "expected_topics"]

_STRETCH_TOKENS = 2400
"""About 1500 words, ten minutes of talk: longer ones make models forget the middle."""
_FEWEST_ALLOWED = 4
"""A short meeting may still have so many."""
_MOST_TOPICS = 50
_TITLE_WORDS = 8
_SENTENCES = 2


def expected_topics(duration: Seconds) -> float:
    """How many topics a meeting usually has: 0.833 · minutes^0.723, as the legacy pipeline says."""
    return min(_MOST_TOPICS, max(2.0, 0.833 * math.pow(duration / 60, 0.723)))


async def detect_topics(writer: Writer, transcript: Transcript) -> tuple[TopicDraft, ...]:
    """Divide all segments into consecutive topics without holes.

    Raises:
        MultitrackError: As `Writer.ask`.
    """
    lines = numbered_lines(transcript)
    if not lines:
        return ()
    expected = expected_topics(transcript.duration)
    stretches = divide(lines, min(_STRETCH_TOKENS, writer.material_tokens))
    ask = partial(_ask_topics, writer, lines, expected / len(stretches))
    found = await over_stretches(stretches, ask)
    drafts = [_drafts(stretch, answer) for stretch, answer in found]
    return _at_most(_MOST_TOPICS, await _join_borders(writer, drafts))


async def _ask_topics(
    writer: Writer, lines: Sequence[str], expected: float, stretch: range
) -> TopicsAnswer:
    fewest = min(len(stretch), max(1, round(expected)))
    most = min(len(stretch), max(_FEWEST_ALLOWED, round(2 * expected)))
    question = Question(
        prompt(
            "topics",
            transcript="\n".join(lines[index] for index in stretch),
            fewest=fewest,
            most=most,
            first=stretch.start,
        ),
        topics_answer(stretch, most),
        wish=_wish_order,
    )
    return await writer.ask(question)


def _wish_order(answer: TopicsAnswer) -> str | None:
    starts = [topic.segment for topic in answer.topics]
    if all(earlier < later for earlier, later in itertools.pairwise(starts)):
        return None
    return f"the segments {starts} are not in rising order; each topic begins after the one before."


def _drafts(stretch: range, answer: TopicsAnswer) -> list[TopicDraft]:
    """Topics that cover the stretch: each reaches to the next one, the first from the beginning."""
    by_start = {topic.segment: topic for topic in reversed(answer.topics)}
    starts = sorted(by_start)
    bounds = [stretch.start, *starts[1:], stretch.stop]
    return [
        TopicDraft(
            title=first_words(by_start[start].title, _TITLE_WORDS),
            summary=first_sentences(by_start[start].summary, _SENTENCES),
            first_segment=first,
            last_segment=after - 1,
        )
        for start, (first, after) in zip(starts, itertools.pairwise(bounds), strict=True)
    ]


async def _join_borders(writer: Writer, drafts: list[list[TopicDraft]]) -> list[TopicDraft]:
    """Put the stretches' topics together; ask once which of them a border cut in two."""
    borders = list(itertools.pairwise(drafts))
    if not borders:
        return drafts[0]
    lines = [
        f"{number}. {_shown(earlier[-1])} | {_shown(later[0])}"
        for number, (earlier, later) in enumerate(borders, start=1)
    ]
    answer = await writer.ask_shortened(
        lambda tokens: Question(
            prompt("borders", borders="\n".join(clip_evenly(lines, tokens))),
            borders_answer(len(borders)),
        )
    )
    continued = set(answer.continued)
    joined = list(drafts[0])
    for number, (_, later) in enumerate(borders, start=1):
        first, *rest = later
        if number in continued:
            joined[-1] = _joined(joined[-1], first)
        else:
            joined.append(first)
        joined.extend(rest)
    return joined


def _shown(draft: TopicDraft) -> str:
    return as_data(f"{draft.title}: {draft.summary}")


def _joined(earlier: TopicDraft, later: TopicDraft) -> TopicDraft:
    """One topic of two neighbours, named after the longer one."""
    longer = max(earlier, later, key=_length)
    halves = [first_sentences(draft.summary, 1) for draft in (earlier, later)]
    return TopicDraft(longer.title, " ".join(halves), earlier.first_segment, later.last_segment)


def _length(draft: TopicDraft) -> int:
    return draft.last_segment - draft.first_segment


def _at_most(most: int, drafts: list[TopicDraft]) -> tuple[TopicDraft, ...]:
    """Join the shortest neighbours until there are few enough."""
    drafts = list(drafts)
    while len(drafts) > most:
        pairs = list(itertools.pairwise(drafts))
        lengths = [_length(earlier) + _length(later) for earlier, later in pairs]
        at = lengths.index(min(lengths))
        drafts[at : at + 2] = [_joined(*pairs[at])]
    return tuple(drafts)
