"""How far words start from where they were really said, if the reference times its words."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from multitrack.evaluation.extra import evaluate_extra
from multitrack.evaluation.spoken import Spoken
from multitrack.evaluation.word_errors import Normaliser, SpeakerPair
from workflow_templates.contracts.base import Seconds

__all__ = ["WordStarts", "measure_word_starts"]

_PERCENTILE = 95
_LEAST = 0.5
"""A reference of sentences times its one-word sentences; only from this share on it times words."""


@dataclass(frozen=True, slots=True)
class WordStarts:
    """Distances between the starts of equal words, result minus reference."""

    words: int
    """Words that were compared."""
    median: Seconds
    """Of the absolute distances."""
    percentile_95: Seconds
    """Of the absolute distances."""
    bias: Seconds
    """Median of the signed distances: positive where the result is late."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: Seconds


def measure_word_starts(
    reference: Spoken, hypothesis: Spoken, pairs: Iterable[SpeakerPair], normalise: Normaliser
) -> WordStarts | None:
    """Align each pair of speakers word by word and compare the starts of equal words.

    Args:
        reference: Words count only if most are timed.
        hypothesis: Likewise.
        pairs: Who is who, from cpWER.
        normalise: Applied to each word by itself.

    Returns:
        None where either side does not time its words, or none are equal.

    Raises:
        SettingsError: jiwer is not installed.
    """
    if not (_times_words(reference) and _times_words(hypothesis)):
        return None
    distances = [
        distance
        for pair in pairs
        if pair.reference is not None and pair.hypothesis is not None
        for distance in _distances(
            _tokens(reference, pair.reference, normalise),
            _tokens(hypothesis, pair.hypothesis, normalise),
        )
    ]
    if not distances:
        return None
    absolute = sorted(abs(distance) for distance in distances)
    return WordStarts(
        words=len(distances),
        median=statistics.median(absolute),
        percentile_95=absolute[min(len(absolute) - 1, len(absolute) * _PERCENTILE // 100)],
        bias=statistics.median(distances),
    )


def _times_words(spoken: Spoken) -> bool:
    timed = sum(len(each.words) for each in spoken.utterances)
    return timed > 0 and timed >= _LEAST * sum(len(each.text.split()) for each in spoken.utterances)


def _tokens(spoken: Spoken, speaker: str, normalise: Normaliser) -> list[_Token]:
    return [
        _Token(part, word.start)
        for each in spoken.utterances
        if each.speaker == speaker
        for word in each.words
        for part in normalise(word.text).split()
    ]


def _distances(reference: list[_Token], hypothesis: list[_Token]) -> list[Seconds]:
    with evaluate_extra():
        import jiwer  # noqa: PLC0415 - an extra
    if not reference or not hypothesis:
        return []
    aligned = jiwer.process_words(
        " ".join(token.text for token in reference), " ".join(token.text for token in hypothesis)
    ).alignments[0]
    return [
        hypothesis[part.hyp_start_idx + step].start - reference[part.ref_start_idx + step].start
        for part in aligned
        if part.type == "equal"
        for step in range(part.ref_end_idx - part.ref_start_idx)
    ]
