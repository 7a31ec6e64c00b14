"""Who of A is who of B: by name, and where names are not known, by what is said when."""

import bisect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow_templates.comparison.alignment import Token
from workflow_templates.comparison.side import Side
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.wording import one_line

__all__ = ["NAME", "WORDS", "Counterpart", "pair_speakers"]

NAME, WORDS = "name", "words"
_UNNAMED = re.compile(r"speaker ?\d+", re.IGNORECASE)
_WINDOW: Seconds = 2.0
_LEAST_SHARE = 0.2
"""Two people who share fewer of the smaller one's words at the same times are two people."""
_CLEAR_SHARE = 0.5
"""From this share on, words tell more than names: somebody has exchanged the names."""
_CLEARLY_MORE = 2

Tokens = Mapping[int, Sequence[Token]]


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The speaker of B who is one of A."""

    speaker: int
    by: str
    """`NAME` or `WORDS`."""
    contradicts_names: bool = False
    """The words say so, and the names say another."""


def pair_speakers(a: Side, b: Side, tokens_a: Tokens, tokens_b: Tokens) -> dict[int, Counterpart]:
    """Speaker of A → counterpart in B.

    Names that two people of one side share, and "Speaker N", say nothing.
    """
    names_a, names_b = _names(a), _names(b)
    likeness = {
        (left, right): _shared(tokens_a[left], tokens_b[right])
        for left in tokens_a
        for right in tokens_b
    }
    by_name = {names_a[name]: names_b[name] for name in names_a if name in names_b}
    pairs = {
        left: Counterpart(right, NAME)
        for left, right in by_name.items()
        if not _is_clearly_another(left, right, likeness, tokens_a)
    }
    named_b = set(by_name.values())
    taken = {counterpart.speaker for counterpart in pairs.values()}
    for left, right in sorted(likeness, key=lambda pair: (-likeness[pair], pair)):
        least = _LEAST_SHARE * min(len(tokens_a[left]), len(tokens_b[right]))
        if likeness[left, right] > least and left not in pairs and right not in taken:
            contradicts = by_name.get(left, right) != right or (
                right in named_b and by_name.get(left) != right
            )
            pairs[left] = Counterpart(right, WORDS, contradicts_names=contradicts)
            taken.add(right)
    return pairs


def _is_clearly_another(
    left: int, right: int, likeness: Mapping[tuple[int, int], int], tokens_a: Tokens
) -> bool:
    best = max(shared for (speaker, _), shared in likeness.items() if speaker == left)
    least = max(_CLEAR_SHARE * len(tokens_a[left]), _CLEARLY_MORE * likeness[left, right])
    return best > 0 and best >= least


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
