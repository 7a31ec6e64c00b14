"""A title that names what the meeting was about, made from its topics' titles."""

from collections.abc import Sequence

from multitrack_steps.language.extractive.parts import is_part_title
from multitrack_steps.language.titles import MAX_TITLE_WORDS
from workflow_templates.contracts.minutes import Topic, Topics

__all__ = ["join_titles"]

_MOST_SUBJECTS = 4


def join_titles(topics: Topics) -> str:
    """The titles of the longest topics that fit into ten words, in the order of the meeting.

    Returns:
        Empty where no topic has a name.
    """
    named = [topic for topic in topics.topics if not is_part_title(topic.title)]
    chosen: list[Topic] = []
    for topic in sorted(named, key=lambda topic: (-topic.duration, topic.start)):
        is_new = all(topic.title.lower() != other.title.lower() for other in chosen)
        longer = sorted([*chosen, topic], key=lambda topic: topic.start)
        fits = len(longer) <= _MOST_SUBJECTS and len(_joined(longer).split()) <= MAX_TITLE_WORDS
        if is_new and fits:
            chosen = longer
    return _joined(chosen)


def _joined(topics: Sequence[Topic]) -> str:
    """An enumeration; without a last "and" where a title has one of its own."""
    titles = [topic.title for topic in topics]
    if len(titles) < 2 or any(" and " in title for title in titles):  # noqa: PLR2004 - one needs no "and"
        return ", ".join(titles)
    return f"{', '.join(titles[:-1])} and {titles[-1]}"
