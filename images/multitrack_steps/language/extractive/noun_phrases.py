"""Noun phrases of English speech, found by closed word classes: good enough for headings."""

import re
from collections.abc import Collection, Iterator

from multitrack_steps.language.extractive.english import (
    CLAUSE_OPENERS,
    DETERMINERS,
    GENERIC_NOUNS,
    STOP_WORDS,
    TIME_WORDS,
    spoken_words,
)
from multitrack_steps.language.extractive.lexis import TOKEN

__all__ = ["candidate_phrases", "leading_phrase"]

_LINKS = frozenset(
    {"of", "for", "in", "on", "to", "with", "and", "from", "at", "between", "behind"}
)
_MAX_WORDS = 7
_BREAK = re.compile(r"[.,;:?!…()\"“”]|\s[-\N{EN DASH}\N{EM DASH}]\s")
_CLAUSE_BREAK = re.compile(r"[.;:?!…()\"“”]|,|\s[-\N{EN DASH}\N{EM DASH}]\s")
_PARTICIPLE = re.compile(r"\w{2,}[^\We]ed", re.IGNORECASE)
_BEFORE_NOUN = (
    DETERMINERS | _LINKS | {"about", "into", "regarding", "without", "via", "under", "per"}
)


def leading_phrase(text: str, names: Collection[str] = ()) -> str | None:
    """The noun phrase at the beginning of `text`, as after "the next topic is".

    Args:
        text: What follows a cue.
        names: Lower-case names of the people present: addressing one ends the phrase.

    Returns:
        Without its article; None where no subject is named ("moving on to that").
    """
    clause = _CLAUSE_BREAK.split(text, maxsplit=1)[0]
    kept: list[str] = []
    for token in clause.split():
        word = token.lower().strip("'").split("'")[0]
        if not kept and (word in DETERMINERS or word in _FILLERS):
            continue
        if word in CLAUSE_OPENERS or word in names or len(kept) == _MAX_WORDS:
            break
        kept.append(token)
    while kept and _is_weak_ending(kept[-1]):
        kept.pop()
    return " ".join(kept) if any(_names_subject(token) for token in kept) else None


_FILLERS = spoken_words(
    "um uh well like just about on to with of is was be maybe probably actually really some "
    "quickly "
    "okay ok so again also then next"
)


def candidate_phrases(text: str, names: Collection[str] = ()) -> Iterator[tuple[str, bool]]:
    """Runs of content words that could be headings.

    Yields:
        The phrase, and whether it stands where English puts nouns: after an article or preposition.
    """
    for clause in _BREAK.split(text):
        tokens = clause.split()
        run: list[str] = []
        before = ""
        for token in [*tokens, ""]:
            word = token.lower().split("'")[0]
            is_content = bool(TOKEN.fullmatch(token)) and word not in STOP_WORDS
            if is_content and word not in names and not token[0].isdigit():
                run.append(token)
                continue
            if len(run) > 1 and (word in DETERMINERS or _PARTICIPLE.fullmatch(run[-1])):
                run.pop()  # "the booking page shows the …", "the tent snapped": a verb
            if run:
                yield from _windows(run, after_noun_marker=before in _BEFORE_NOUN)
            run = []
            before = word


def _windows(run: list[str], *, after_noun_marker: bool) -> Iterator[tuple[str, bool]]:
    """The run itself if it is short, and its ends: heads of English noun phrases come last."""
    longest = 4
    yield " ".join(run[-longest:]), after_noun_marker
    for length in range(1, min(len(run), longest)):
        yield " ".join(run[:length]), after_noun_marker and length > 1
        yield " ".join(run[-length:]), after_noun_marker


def _is_weak_ending(token: str) -> bool:
    word = token.lower().strip("'")
    return word in _LINKS or word in DETERMINERS or (word in STOP_WORDS and not _is_nominal(word))


def _is_nominal(word: str) -> bool:
    """Stop words that end noun phrases well: "version three", "parking situation"."""
    return word in TIME_WORDS or word in _NUMBERS or word in GENERIC_NOUNS


_NUMBERS = spoken_words(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred "
    "thousand million"
)


def _names_subject(token: str) -> bool:
    word = token.lower().strip("'").split("'")[0]
    return word not in STOP_WORDS and word not in GENERIC_NOUNS and bool(TOKEN.fullmatch(token))
