"""Who of A is who of B: by name, and where names are not known, by what is said when."""

import bisect
import re
from collections.abc import Mapping, Sequence

from workflow_templates.comparison.alignment import Token
from workflow_templates.comparison.side import Side
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.wording import one_line

__all__ = ["NAME", "WORDS", "pair_speakers"]

NAME, WORDS = "name", "words"
_UNNAMED = re.compile(r"speaker ?\d+", re.IGNORECASE)
_WINDOW: Seconds = 2.0
_LEAST_SHARE = 0.2
"""Two people who share fewer of the smaller one's words are two people."""


def pair_speakers(
    a: Side,
    b: Side,
    tokens_a: Mapping[int, Sequence[Token]],
    tokens_b: Mapping[int, Sequence[Token]],
) -> dict[int, tuple[int, str]]:
    """Speaker of A → speaker of B and how that is known (`NAME` or `WORDS`).

    Names that two people of one side share, and "Speaker N", say nothing.
    """
    names_a, names_b = _names(a), _names(b)
    pairs = {names_a[name]: (names_b[name], NAME) for name in names_a if name in names_b}
    rest_a = [speaker for speaker in tokens_a if speaker not in pairs]
    taken = {speaker for speaker, _ in pairs.values()}
    rest_b = [speaker for speaker in tokens_b if speaker not in taken]
    likeness = sorted(
        (
            (_shared(tokens_a[left], tokens_b[right]), left, right)
            for left in rest_a
            for right in rest_b
        ),
        key=lambda entry: (-entry[0], entry[1], entry[2]),
    )
    for shared, left, right in likeness:
        least = _LEAST_SHARE * min(len(tokens_a[left]), len(tokens_b[right]))
        if shared > least and left not in pairs and right not in taken:
            pairs[left] = (right, WORDS)
            taken.add(right)
    return pairs


def _names(side: Side) -> dict[str, int]:
    known: dict[str, list[int]] = {}
    for speaker, name in side.names.items():
        known.setdefault(one_line(name).casefold(), []).append(speaker)
    return {
        name: speakers[0]
        for name, speakers in known.items()
        if len(speakers) == 1 and not _UNNAMED.fullmatch(name)
    }


def _shared(a: Sequence[Token], b: Sequence[Token]) -> int:
    """How many words of A are in B within the window."""
    starts: dict[str, list[Seconds]] = {}
    for token in b:
        starts.setdefault(token.text, []).append(token.start)
    for times in starts.values():
        times.sort()
    return sum(_has_near(starts.get(token.text, []), token.start) for token in a)


def _has_near(starts: Sequence[Seconds], wanted: Seconds) -> bool:
    place = bisect.bisect_left(starts, wanted - _WINDOW)
    return place < len(starts) and starts[place] <= wanted + _WINDOW
