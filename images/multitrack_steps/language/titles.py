"""How titles look, whoever wrote them: one line, no quotes or full stop, ten words at most."""

import re

__all__ = ["MAX_TITLE_WORDS", "clean_title"]

MAX_TITLE_WORDS = 10
"""Words in the title of a topic or a meeting, at most."""

_WRAPPING = " \t*_#`\"'“”„«»\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
_TRAILING = " \t.,;:!?…-\N{EN DASH}\N{EM DASH}" + _WRAPPING
_PREFIX = re.compile(r"^(?:title|topic|heading)\s*:\s*", re.IGNORECASE)
_SMALL_WORDS = frozenset(
    (
        "a",
        "an",
        "and",
        "as",
        "at",
        "but",
        "by",
        "for",
        "from",
        "in",
        "into",
        "nor",
        "of",
        "on",
        "or",
        "over",
        "per",
        "the",
        "to",
        "v",
        "via",
        "vs",
        "with",
    )
)


def clean_title(text: str, *, title_case: bool = False) -> str:
    """Make a written title presentable.

    Args:
        text: As a backend or a person's words gave it.
        title_case: Capitalise its words as English headings do. Other languages keep their case,
            except for the first letter.

    Returns:
        One line of at most `MAX_TITLE_WORDS` words; empty if nothing but punctuation was there.
    """
    line = " ".join(text.split()).strip(_WRAPPING)
    line = _PREFIX.sub("", line).lstrip(_WRAPPING)
    words = line.split()[:MAX_TITLE_WORDS]
    if len(line.split()) > MAX_TITLE_WORDS:
        while len(words) > 1 and words[-1].lower().strip(_TRAILING) in _SMALL_WORDS:
            words.pop()
    line = " ".join(words).rstrip(_TRAILING)
    if title_case:
        words = line.split()
        line = " ".join(_cased(word, inside=number > 0) for number, word in enumerate(words))
    return line[:1].upper() + line[1:]


def _cased(word: str, *, inside: bool) -> str:
    """Leave what has capitals of its own (API, iPhone), and the little words inside a title."""
    if not word.islower() or (inside and word in _SMALL_WORDS):
        return word
    return word[:1].upper() + word[1:]
