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
        if is_new and len(chosen) < _MOST_SUBJECTS and _words([*chosen, topic]) <= MAX_TITLE_WORDS:
            chosen.append(topic)
    titles = [topic.title for topic in sorted(chosen, key=lambda topic: topic.start)]
    if any(" and " in title for title in titles):
        return ", ".join(titles)
    return " and ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)


def _words(topics: Sequence[Topic]) -> int:
    """Words of the joined title, the "and" included."""
    return sum(len(topic.title.split()) for topic in topics) + (len(topics) > 1)
