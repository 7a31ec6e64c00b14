"""Which words differ, where, and who is said to have spoken them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflow_templates.comparison.alignment import Alignment, Block, Token
from workflow_templates.comparison.people import Counterpart
from workflow_templates.comparison.side import Side
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.comparison import (
    DifferenceKind,
    SpeakerMatch,
    SpeakerMeasure,
    WordDifference,
    WordMeasure,
)

__all__ = ["Sides", "measure_speakers", "measure_words"]

_CONTEXT = 4
"""Words shown before and after a passage."""
_LONGEST = 40
"""Words of a passage; a longer one, a speaker whom only one side has, is shown in parts."""
_BREAK: Seconds = 2.0
"""A pause at which passages of two sides' different speakers are told apart."""

Tokens = Mapping[int, Sequence[Token]]
Pairs = Sequence[tuple[Token, Token]]


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides, and their normalised words by speaker."""

    a: Side
    b: Side
    tokens_a: Tokens
    tokens_b: Tokens


def measure_words(
    sides: Sides, alignment: Alignment, exchanged: frozenset[int], shown: int
) -> WordMeasure:
    """Count what differs, and list passages by start.

    Args:
        sides: What was aligned.
        alignment: How.
        exchanged: Speakers of A whose words another name has in B.
        shown: So many passages at most: other words before other speakers, long before short.
    """
    count_a = sum(map(len, sides.tokens_a.values()))
    count_b = sum(map(len, sides.tokens_b.values()))
    substitutions = sum(block.substitutions for block in alignment.blocks)
    deletions = sum(len(block.a) for block in alignment.blocks) - substitutions
    insertions = sum(len(block.b) for block in alignment.blocks) - substitutions
    errors = substitutions + deletions + insertions
    found = [
        *_passages(sides, alignment.blocks),
        *_moved(sides, [*alignment.elsewhere, *_of(alignment.equal, exchanged)]),
    ]
    longest = sorted(
        found,
        key=lambda each: (each.kind is DifferenceKind.SPEAKER, -len(each.a) - len(each.b)),
    )[:shown]
    return WordMeasure(
        a=count_a,
        b=count_b,
        equal=len(alignment.equal) + len(alignment.elsewhere),
        substitutions=substitutions,
        deletions=deletions,
        insertions=insertions,
        rate_against_a=_rate(errors, count_a),
        rate_against_b=_rate(errors, count_b),
        differences=tuple(sorted(longest, key=lambda each: each.start)),
        differences_total=len(found),
    )


def measure_speakers(
    a: Side, b: Side, pairs: Mapping[int, Counterpart], alignment: Alignment
) -> SpeakerMeasure:
    """The share of common words with the same speaker, and who is whom."""
    common = len(alignment.equal) + len(alignment.elsewhere)
    equal: dict[int, int] = {}
    for token, _ in alignment.equal:
        equal[token.speaker] = equal.get(token.speaker, 0) + 1
    taken = {counterpart.speaker for counterpart in pairs.values()}
    agreeing = sum(
        words for speaker, words in equal.items() if not pairs[speaker].contradicts_names
    )
    return SpeakerMeasure(
        agreement=agreeing / common if common else None,
        matches=tuple(
            SpeakerMatch(
                a=a.name_of(left),
                b=b.name_of(counterpart.speaker),
                by=counterpart.by,
                equal_words=equal.get(left, 0),
            )
            for left, counterpart in sorted(pairs.items())
        ),
        only_a=tuple(a.name_of(speaker) for speaker in a.speakers() if speaker not in pairs),
        only_b=tuple(b.name_of(speaker) for speaker in b.speakers() if speaker not in taken),
    )


def _rate(errors: int, words: int) -> float | None:
    return errors / words if words else None


def _of(pairs: Pairs, speakers: frozenset[int]) -> Iterator[tuple[Token, Token]]:
    return (pair for pair in pairs if pair[0].speaker in speakers)


def _passages(sides: Sides, blocks: Sequence[Block]) -> Iterator[WordDifference]:
    a, b = sides.a, sides.b
    for block in blocks:
        for left, right in _cut(block):
            first = (left or right)[0]
            context = sides.tokens_a if left else sides.tokens_b
            kind = DifferenceKind.SUBSTITUTION
            if not (left and right):
                kind = DifferenceKind.DELETION if left else DifferenceKind.INSERTION
            before, after = _context(context[first.speaker], left or right)
            yield WordDifference(
                kind=kind,
                start=first.start,
                speaker_a=a.name_of(left[0].speaker) if left else None,
                speaker_b=b.name_of(right[0].speaker) if right else None,
                a=_written(left),
                b=_written(right),
                before=before,
                after=after,
            )


def _moved(sides: Sides, pairs: Pairs) -> Iterator[WordDifference]:
    run: list[tuple[Token, Token]] = []
    for pair in sorted(pairs, key=lambda pair: (pair[0].speaker, pair[0].place)):
        if run and not _follows(run, pair):
            yield _moved_passage(sides, run)
            run = []
        run.append(pair)
    if run:
        yield _moved_passage(sides, run)


def _follows(run: Pairs, pair: tuple[Token, Token]) -> bool:
    (left, right), (next_left, next_right) = run[-1], pair
    return (
        len(run) < _LONGEST
        and next_left.speaker == left.speaker
        and next_right.speaker == right.speaker
        and next_left.place == left.place + 1
        and next_left.start - left.end <= _BREAK
    )


def _moved_passage(sides: Sides, run: Pairs) -> WordDifference:
    left, right = [pair[0] for pair in run], [pair[1] for pair in run]
    before, after = _context(sides.tokens_a[left[0].speaker], left)
    return WordDifference(
        kind=DifferenceKind.SPEAKER,
        start=left[0].start,
        speaker_a=sides.a.name_of(left[0].speaker),
        speaker_b=sides.b.name_of(right[0].speaker),
        a=_written(left),
        b=_written(right),
        before=before,
        after=after,
    )


def _cut(block: Block) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
    if block.a and block.b:
        yield block.a, block.b
        return
    part: list[Token] = []
    for token in (*block.a, *block.b):
        if part and (len(part) >= _LONGEST or token.start - part[-1].end > _BREAK):
            yield (part, ()) if block.a else ((), part)
            part = []
        part.append(token)
    if part:
        yield (part, ()) if block.a else ((), part)


def _context(own: Sequence[Token], passage: Sequence[Token]) -> tuple[str, str]:
    first, last = passage[0].place, passage[-1].place
    before = own[max(0, first - _CONTEXT) : first]
    return _written(before), _written(own[last + 1 : last + 1 + _CONTEXT])


def _written(tokens: Sequence[Token]) -> str:
    return " ".join(token.raw for token in tokens if token.raw)
