"""Which words differ, where, and who is said to have spoken them."""

from collections.abc import Iterator, Mapping, Sequence

from workflow_templates.comparison.alignment import Alignment, Block, Token
from workflow_templates.comparison.side import Side
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.comparison import (
    DifferenceKind,
    SpeakerMatch,
    SpeakerMeasure,
    WordDifference,
    WordMeasure,
)

__all__ = ["measure_speakers", "measure_words"]

_CONTEXT = 4
"""Words shown before and after a passage."""
_LONGEST = 40
"""Words of a passage; a longer one, a speaker whom only one side has, is shown in parts."""
_BREAK: Seconds = 2.0
"""A pause at which passages of two sides' different speakers are told apart."""

Tokens = Mapping[int, Sequence[Token]]


def measure_words(
    a: Side, b: Side, tokens_a: Tokens, tokens_b: Tokens, alignment: Alignment, shown: int
) -> WordMeasure:
    """Count what differs, and list the longest `shown` passages by start."""
    count_a = sum(map(len, tokens_a.values()))
    count_b = sum(map(len, tokens_b.values()))
    substitutions = sum(block.substitutions for block in alignment.blocks)
    deletions = sum(len(block.a) for block in alignment.blocks) - substitutions
    insertions = sum(len(block.b) for block in alignment.blocks) - substitutions
    errors = substitutions + deletions + insertions
    found = [
        *_passages(a, b, tokens_a, tokens_b, alignment.blocks),
        *_moved(a, b, tokens_a, alignment.elsewhere),
    ]
    longest = sorted(found, key=lambda each: -len(each.a) - len(each.b))[:shown]
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
    a: Side, b: Side, pairs: Mapping[int, tuple[int, str]], alignment: Alignment
) -> SpeakerMeasure:
    """The share of common words with the same speaker, and who is whom."""
    common = len(alignment.equal) + len(alignment.elsewhere)
    equal: dict[int, int] = {}
    for token, _ in alignment.equal:
        equal[token.speaker] = equal.get(token.speaker, 0) + 1
    taken = {speaker for speaker, _ in pairs.values()}
    return SpeakerMeasure(
        agreement=len(alignment.equal) / common if common else None,
        matches=tuple(
            SpeakerMatch(
                a=a.name_of(left), b=b.name_of(right), by=by, equal_words=equal.get(left, 0)
            )
            for left, (right, by) in sorted(pairs.items())
        ),
        only_a=tuple(a.name_of(speaker) for speaker in a.speakers() if speaker not in pairs),
        only_b=tuple(b.name_of(speaker) for speaker in b.speakers() if speaker not in taken),
    )


def _rate(errors: int, words: int) -> float | None:
    return errors / words if words else None


def _passages(
    a: Side, b: Side, tokens_a: Tokens, tokens_b: Tokens, blocks: Sequence[Block]
) -> Iterator[WordDifference]:
    for block in blocks:
        for left, right in _cut(block):
            first = (left or right)[0]
            context = tokens_a if left else tokens_b
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


def _moved(
    a: Side, b: Side, tokens_a: Tokens, pairs: Sequence[tuple[Token, Token]]
) -> Iterator[WordDifference]:
    run: list[tuple[Token, Token]] = []
    ordered = sorted(pairs, key=lambda pair: (pair[0].speaker, pair[0].place))
    for pair in [*ordered, None]:
        follows = (
            pair is not None
            and run
            and len(run) < _LONGEST
            and pair[0].speaker == run[-1][0].speaker
            and pair[1].speaker == run[-1][1].speaker
            and pair[0].place == run[-1][0].place + 1
        )
        if run and not follows:
            left, right = [each[0] for each in run], [each[1] for each in run]
            before, after = _context(tokens_a[left[0].speaker], left)
            yield WordDifference(
                kind=DifferenceKind.SPEAKER,
                start=left[0].start,
                speaker_a=a.name_of(left[0].speaker),
                speaker_b=b.name_of(right[0].speaker),
                a=_written(left),
                b=_written(right),
                before=before,
                after=after,
            )
            run = []
        if pair is not None:
            run.append(pair)


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
