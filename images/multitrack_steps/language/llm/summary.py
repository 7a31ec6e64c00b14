"""Summarising the meeting: its subjects, then a text on each at once, then the recap of those."""

import logging
import re
from collections.abc import Sequence

from multitrack_steps.language.backend import SummaryDraft
from multitrack_steps.language.llm.answers import (
    RecapAnswer,
    SubjectAnswer,
    TextAnswer,
    subjects_answer,
)
from multitrack_steps.language.llm.failures import UnusableAnswerError
from multitrack_steps.language.llm.prompts import prompt
from multitrack_steps.language.llm.stretches import (
    as_data,
    concurrently,
    divide,
    numbered_lines,
    over_stretches,
    without_tags,
)
from multitrack_steps.language.llm.title import shown_topics
from multitrack_steps.language.llm.tokens import estimate_tokens
from multitrack_steps.language.llm.words import first_words
from multitrack_steps.language.llm.writer import Question, Writer, clip_evenly
from workflow_templates.contracts.minutes import Subject, Topics
from workflow_templates.contracts.transcript import Transcript

__all__ = ["generate_summary", "most_subjects"]

_log = logging.getLogger(__name__)

_MOST_SUBJECTS = 6
_TOKENS_PER_SUBJECT = 180
"""About 110 words: a minute of talk on one thing deserves a paragraph, half a minute does not."""
_HEADING_WORDS = 8
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def most_subjects(lines: Sequence[str]) -> int:
    """One to six, by how much was said."""
    said = sum(estimate_tokens(line) for line in lines)
    return min(_MOST_SUBJECTS, max(1, round(said / _TOKENS_PER_SUBJECT)))


async def generate_summary(writer: Writer, transcript: Transcript, topics: Topics) -> SummaryDraft:
    """Recap and subjects; no part of the meeting goes unread.

    Raises:
        MultitrackError: As `Writer.ask`; a subject that fails twice fails the whole.
    """
    lines = numbered_lines(transcript)
    outline = await _outline(writer, topics, most_subjects(lines))
    subjects = await concurrently(
        _insist(writer, lines, first_words(heading, _HEADING_WORDS), _segments(topics, numbers))
        for heading, numbers in outline
    )
    return SummaryDraft(short=await _recap(writer, subjects), subjects=tuple(subjects))


async def _outline(writer: Writer, topics: Topics, most: int) -> list[tuple[str, frozenset[int]]]:
    """Headings with the numbers of their topics, in order; every topic belongs to one at least."""
    answer = await writer.ask_shortened(
        lambda tokens: Question(
            prompt("subjects", topics=shown_topics(topics, tokens), most=most),
            subjects_answer(len(topics.topics), most),
        )
    )
    chosen = sorted(answer.subjects, key=lambda subject: min(subject.topics))
    numbers = [set(subject.topics) for subject in chosen]
    for number in range(1, len(topics.topics) + 1):
        if not any(number in covered for covered in numbers):
            numbers[_nearest(chosen, number)].add(number)
    return [
        (subject.heading, frozenset(covered))
        for subject, covered in zip(chosen, numbers, strict=True)
    ]


def _nearest(subjects: Sequence[SubjectAnswer], number: int) -> int:
    """Index of the subject that was talked about closest to a topic."""
    distances = [min(abs(number - covered) for covered in subject.topics) for subject in subjects]
    return distances.index(min(distances))


def _segments(topics: Topics, numbers: frozenset[int]) -> list[int]:
    """Indices of the segments of some topics, ascending."""
    chosen = (topics.topics[number - 1] for number in sorted(numbers))
    return [
        index for topic in chosen for index in range(topic.first_segment, topic.last_segment + 1)
    ]


async def _insist(
    writer: Writer, lines: Sequence[str], heading: str, segments: Sequence[int]
) -> Subject:
    """Write about a subject, a second time from the beginning if the first came to nothing."""
    said = [lines[index] for index in segments]
    try:
        text = await _subject_text(writer, said, heading)
    except UnusableAnswerError as error:
        _log.warning("a subject is written again", extra={"because": str(error)})
        text = await _subject_text(writer, said, heading)
    return Subject(heading=heading, text=_HEADING.sub(r"**\1**", text))


async def _subject_text(writer: Writer, said: Sequence[str], heading: str) -> str:
    """Markdown on one subject; what cannot be read at once is read in parts, with notes taken."""
    quoted = as_data(heading)

    async def read(stretch: range) -> str:
        transcript = "\n".join(said[index] for index in stretch)
        whole = len(stretch) == len(said)
        asked = prompt("subject" if whole else "notes", heading=quoted, transcript=transcript)
        return (await writer.ask(Question(asked, TextAnswer))).text

    parts = await over_stretches(divide(said, writer.material_tokens), read)
    texts = [text for _, text in parts]
    if len(texts) == 1:
        return texts[0]
    merged = await writer.ask_shortened(
        lambda tokens: Question(
            prompt("merge_notes", heading=quoted, notes=_shown(texts, tokens)), TextAnswer
        )
    )
    return merged.text


async def _recap(writer: Writer, subjects: Sequence[Subject]) -> str:
    texts = [f"{subject.heading}: {subject.text}" for subject in subjects]
    answer = await writer.ask_shortened(
        lambda tokens: Question(prompt("recap", summary=_shown(texts, tokens)), RecapAnswer)
    )
    return answer.recap


def _shown(texts: Sequence[str], most_tokens: int) -> str:
    return "\n\n".join(without_tags(text) for text in clip_evenly(texts, most_tokens))
