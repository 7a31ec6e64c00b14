"""The texts that a model may fill in: cleaned, bounded, and never empty."""

import re
import unicodedata
from collections import Counter
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

__all__ = [
    "Heading",
    "Markdown",
    "MaybeDetail",
    "MaybeName",
    "Number",
    "Recap",
    "Sentence",
    "Task",
    "bare_number",
]

_JOINERS = frozenset("\u200c\u200d")
"""Format characters that words of some scripts are written with."""
_NOTHING = frozenset({"", "null", "none", "n/a", "na", "-", "unknown", "not specified"})
_MARKS = " \t\n\"'`*#_“”„«»"
_WORD = re.compile(r"[^\W\d_]{2}|[\u2e80-\uffff]")
"""Two letters in a row, or one ideograph."""
_RUN = 6
_CIRCLES = 3
"""Six words in a row are hardly ever used three times in a text of a few sentences."""


def _visible(text: object) -> object:
    """Drop control and direction characters, which can hide or disguise what a text says."""
    if not isinstance(text, str):
        return text
    return "".join(
        letter
        for letter in text
        if letter in "\n\t"
        or letter in _JOINERS
        or unicodedata.category(letter) not in ("Cc", "Cf")
    ).strip()


def _one_line(text: object) -> object:
    """A line of plain text, without the marks that models put around titles."""
    text = _visible(text)
    return " ".join(text.split()) if isinstance(text, str) else text


def _bare(text: object) -> object:
    text = _one_line(text)
    if not isinstance(text, str):
        return text
    return text.strip(_MARKS).removesuffix(".").strip(_MARKS)


def _absent(text: object) -> object:
    text = _one_line(text)
    return None if isinstance(text, str) and text.casefold() in _NOTHING else text


def bare_number(value: object) -> object:
    """`"[12]"` is a twelve."""
    return value.strip(" []#") if isinstance(value, str) else value


def _says_something(text: str) -> str:
    if not _WORD.search(text):
        raise ValueError("holds no word")
    return text


def _moves_on(text: str) -> str:
    """Refuse a text that goes round in circles, as small models do until they are cut off."""
    words = text.casefold().split()
    runs = Counter(tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))
    if runs and max(runs.values()) >= _CIRCLES:
        raise ValueError("repeats the same words over and over")
    return text


# Bounds come first in each annotation: after a validator they would not reach the JSON schema.

Heading = Annotated[
    str,
    StringConstraints(min_length=2, max_length=120),
    BeforeValidator(_bare),
    AfterValidator(_says_something),
]
Sentence = Annotated[
    str,
    StringConstraints(min_length=8, max_length=400),
    BeforeValidator(_one_line),
    AfterValidator(_says_something),
    AfterValidator(_moves_on),
]
Task = Annotated[
    str,
    StringConstraints(min_length=4, max_length=400),
    BeforeValidator(_one_line),
    AfterValidator(_says_something),
]
_Detail = Annotated[str, StringConstraints(max_length=300), BeforeValidator(_one_line)]
MaybeDetail = Annotated[_Detail | None, BeforeValidator(_absent)]
_Name = Annotated[str, StringConstraints(max_length=80), BeforeValidator(_bare)]
MaybeName = Annotated[_Name | None, BeforeValidator(_absent)]
Markdown = Annotated[
    str,
    StringConstraints(min_length=8, max_length=4000),
    BeforeValidator(_visible),
    AfterValidator(_says_something),
    AfterValidator(_moves_on),
]
Recap = Annotated[
    str,
    StringConstraints(min_length=20, max_length=2000),
    BeforeValidator(_one_line),
    AfterValidator(_says_something),
    AfterValidator(_moves_on),
]
Number = Annotated[int, BeforeValidator(bare_number)]
