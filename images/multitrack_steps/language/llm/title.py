"""Naming the meeting after its topics."""

from multitrack_steps.language.llm.answers import TitleAnswer
from multitrack_steps.language.llm.prompts import prompt
from multitrack_steps.language.llm.stretches import as_data
from multitrack_steps.language.llm.words import first_words, too_many_words
from multitrack_steps.language.llm.writer import Question, Writer, clip_evenly
from workflow_templates.contracts.minutes import Topics

__all__ = ["generate_title", "shown_topics"]

_TITLE_WORDS = 10


async def generate_title(writer: Writer, topics: Topics) -> str:
    """At most ten words.

    Raises:
        MultitrackError: As `Writer.ask`.
    """
    answer = await writer.ask_shortened(
        lambda tokens: Question(
            prompt("title", topics=shown_topics(topics, tokens)),
            TitleAnswer,
            wish=lambda answer: too_many_words(answer.title, _TITLE_WORDS),
        )
    )
    return first_words(answer.title, _TITLE_WORDS)


def shown_topics(topics: Topics, most_tokens: int) -> str:
    """One line a topic, numbered from 1, shortened where they would not fit."""
    lines = [
        f"{number}. {as_data(topic.title)}: {as_data(topic.summary)}"
        for number, topic in enumerate(topics.topics, start=1)
    ]
    return "\n".join(clip_evenly(lines, most_tokens))
