"""Keeping texts as short as the contracts promise."""

import re

__all__ = ["first_sentences", "first_words", "too_many_words"]

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[\u3002\uff01\uff1f])")
"""Western marks end a sentence before a blank, ideographic ones anywhere."""
_DANGLING = " ,;:-\u2013\u2014&/("


def first_words(text: str, most: int) -> str:
    """The first words of a title; nothing is left dangling at the cut."""
    words = text.split()
    return text if len(words) <= most else " ".join(words[:most]).rstrip(_DANGLING)


def too_many_words(title: str, most: int) -> str | None:
    """A sentence for the model if its title is too long."""
    count = len(title.split())
    return None if count <= most else f"the title has {count} words; use at most {most}."


def first_sentences(text: str, most: int) -> str:
    """The first sentences of a text."""
    sentences = [sentence.strip() for sentence in _SENTENCE_END.split(text)]
    return " ".join([sentence for sentence in sentences if sentence][:most])
