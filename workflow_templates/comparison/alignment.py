"""Two sides' words brought beside each other: speaker by speaker, then across speakers."""

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workflow_templates.comparison.extra import evaluate_extra
from workflow_templates.comparison.side import Side
from workflow_templates.comparison.spelling import Normaliser
from workflow_templates.contracts.base import Seconds

__all__ = ["Alignment", "Block", "Token", "align", "tokens_by_speaker"]


@dataclass(frozen=True, slots=True)
class Token:
    """One normalised word; "don't" gives two, of one start."""

    text: str
    raw: str
    """The word as written; empty for its second and further tokens."""
    start: Seconds
    end: Seconds
    speaker: int
    place: int
    """Among the speaker's tokens."""


@dataclass(frozen=True, slots=True)
class Block:
    """A passage of one pair of speakers that differs; one of both lists may be empty."""

    a: tuple[Token, ...]
    b: tuple[Token, ...]
    substitutions: int
    """How many words of it stand for one of the other side."""


@dataclass(slots=True)
class Alignment:
    """What of both sides belongs together."""

    equal: list[tuple[Token, Token]] = field(default_factory=list)
    """Of the same speaker."""
    elsewhere: list[tuple[Token, Token]] = field(default_factory=list)
    """The same word at about the same time, of different speakers."""
    blocks: list[Block] = field(default_factory=list)
    """The rest."""


def tokens_by_speaker(side: Side, normalise: Normaliser) -> dict[int, list[Token]]:
    """Normalised words of each speaker, by start; what normalises to nothing is left out."""
    tokens: dict[int, list[Token]] = {speaker: [] for speaker in side.speakers()}
    for word in side.words:
        own = tokens[word.speaker]
        parts = [part for part in normalise(word.text).split() if any(map(str.isalnum, part))]
        for number, part in enumerate(parts):
            raw = "" if number else word.text
            own.append(Token(part, raw, word.start, word.end, word.speaker, len(own)))
    return tokens


def align(
    a: Mapping[int, Sequence[Token]],
    b: Mapping[int, Sequence[Token]],
    pairs: Mapping[int, int],
    normalise: Normaliser,
    *,
    window: Seconds,
) -> Alignment:
    """Align each pair of speakers with the fewest edits; look for the rest among other speakers.

    Args:
        a: Tokens by speaker.
        b: Likewise.
        pairs: Speaker of A → the one of B who is the same person.
        normalise: Decides again over whole passages: "twenty five" is "25".
        window: A word of another speaker is the same word if it starts no further off.

    Raises:
        SettingsError: jiwer is not installed.
    """
    alignment = Alignment()
    rest: list[Block] = []
    for speaker, own in a.items():
        other = b[pairs[speaker]] if speaker in pairs else ()
        rest += _align_pair(own, other, normalise, alignment)
    taken = set(pairs.values())
    rest += [Block((), tuple(own), 0) for speaker, own in b.items() if speaker not in taken if own]
    _look_elsewhere(rest, pairs, window, alignment)
    return alignment


def _align_pair(
    a: Sequence[Token], b: Sequence[Token], normalise: Normaliser, alignment: Alignment
) -> Iterator[Block]:
    if not a or not b:
        if a or b:
            yield Block(tuple(a), tuple(b), 0)
        return
    with evaluate_extra():
        import jiwer  # noqa: PLC0415 - an extra
    chunks = jiwer.process_words(
        " ".join(token.text for token in a), " ".join(token.text for token in b)
    ).alignments[0]
    start_a = start_b = substitutions = 0
    for chunk in chunks:
        if chunk.type == "equal":
            yield from _differing(
                a[start_a : chunk.ref_start_idx],
                b[start_b : chunk.hyp_start_idx],
                substitutions,
                normalise,
                alignment,
            )
            start_a, start_b, substitutions = chunk.ref_end_idx, chunk.hyp_end_idx, 0
            alignment.equal += zip(
                a[chunk.ref_start_idx : start_a], b[chunk.hyp_start_idx : start_b], strict=True
            )
        elif chunk.type == "substitute":
            substitutions += chunk.ref_end_idx - chunk.ref_start_idx
    yield from _differing(a[start_a:], b[start_b:], substitutions, normalise, alignment)


def _differing(
    a: Sequence[Token],
    b: Sequence[Token],
    substitutions: int,
    normalise: Normaliser,
    alignment: Alignment,
) -> Iterator[Block]:
    if not a and not b:
        return
    written = [" ".join(token.raw for token in side if token.raw) for side in (a, b)]
    if a and b and normalise(written[0]) == normalise(written[1]):
        alignment.equal += zip(a, b, strict=False)
        return
    yield Block(tuple(a), tuple(b), substitutions)


def _look_elsewhere(
    blocks: Sequence[Block], pairs: Mapping[int, int], window: Seconds, alignment: Alignment
) -> None:
    by_text: dict[str, list[Token]] = {}
    for block in blocks:
        for token in block.b:
            by_text.setdefault(token.text, []).append(token)
    for candidates in by_text.values():
        candidates.sort(key=lambda token: token.start)
    used_a: set[tuple[int, int]] = set()
    used_b: set[tuple[int, int]] = set()
    for token in sorted((t for block in blocks for t in block.a), key=lambda token: token.start):
        candidates = by_text.get(token.text, [])
        first = bisect.bisect_left(candidates, token.start - window, key=lambda each: each.start)
        near = [
            each
            for each in candidates[first:]
            if each.start <= token.start + window
            and each.speaker != pairs.get(token.speaker)
            and (each.speaker, each.place) not in used_b
        ]
        if near:
            found = min(near, key=lambda each: abs(each.start - token.start))
            alignment.elsewhere.append((token, found))
            used_a.add((token.speaker, token.place))
            used_b.add((found.speaker, found.place))
    for block in blocks:
        left_a = tuple(t for t in block.a if (t.speaker, t.place) not in used_a)
        left_b = tuple(t for t in block.b if (t.speaker, t.place) not in used_b)
        if left_a or left_b:
            most = min(block.substitutions, len(left_a), len(left_b))
            alignment.blocks.append(Block(left_a, left_b, most))
