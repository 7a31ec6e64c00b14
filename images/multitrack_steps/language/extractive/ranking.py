"""Which sentences stand for a stretch of talk: central, not repeating, clear when alone."""

from collections import Counter
from collections.abc import Sequence

from multitrack_steps.language.extractive.lexis import Lexis
from multitrack_steps.language.extractive.sentences import Sentence
from multitrack_steps.language.extractive.spoken import spoken
from multitrack_steps.language.extractive.vectors import (
    Vector,
    centroid,
    cosine,
    inverse_document_frequency,
    tfidf,
)

__all__ = ["choose_sentences"]

_RELEVANCE = 0.7
"""Lambda of maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998)."""
_SHORT = 6
_LONG = 40
"""Words. Shorter sentences say little alone, longer ones are recognisers' run-ons."""
_ANAPHORA = spoken(r"""
    ^(?:(?:and|but|so|yes|yeah|well|okay|ok|oh|right|exactly|done|no)[,.]?\s+)*(?:that|this|it|
    they|he|she|those|these|which|one|then it)\b
""")
_OUTCOME = spoken(r"""
    \b(?:decid|approv|agreed|settled|deadline|release date|the plan is|we(?:'ll| will) go with|
    the new|because|cost|need to|problem|too (?:small|slow|late|expensive|big|many|few))
""")
_ANNOUNCEMENT = spoken(r"""
    \b(?:topic|agenda|item|move on|moving on|welcome|good morning|hello|hi all|thank|see you|
    can you hear|get started|let's start|talking about|what did i miss|sorry|to summari[sz]e|
    to recap|to sum up)\b
""")


def choose_sentences(sentences: Sequence[Sentence], lexis: Lexis, *, limit: int) -> list[Sentence]:
    """The best sentences of a stretch, by maximal marginal relevance, in the order they were said.

    Args:
        sentences: The stretch, in order.
        lexis: The meeting's language.
        limit: How many at most.
    """
    counts = [lexis.counts(sentence.text) for sentence in sentences]
    idf = inverse_document_frequency(counts)
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    vectors = [tfidf(count, idf) for count in counts]
    middle = centroid(vectors)
    scores = [
        cosine(vector, middle) * _standing(sentence, lexis)
        for sentence, vector in zip(sentences, vectors, strict=True)
    ]
    chosen = _marginally_relevant(scores, vectors, limit)
    return [sentences[position] for position in sorted(chosen)]


def _marginally_relevant(
    scores: Sequence[float], vectors: Sequence[Vector], limit: int
) -> list[int]:
    chosen: list[int] = []
    best = max(scores, default=0.0) or 1.0
    left = [position for position, score in enumerate(scores) if score > 0]
    repeated = dict.fromkeys(left, 0.0)
    while left and len(chosen) < limit:
        position = max(
            left,
            key=lambda place: (
                _RELEVANCE * scores[place] / best - (1 - _RELEVANCE) * repeated[place]
            ),
        )
        chosen.append(position)
        left.remove(position)
        for place in left:
            repeated[place] = max(repeated[place], cosine(vectors[place], vectors[position]))
    return chosen


def _standing(sentence: Sentence, lexis: Lexis) -> float:
    """How well a sentence stands alone, as a factor."""
    words = len(sentence.text.split())
    factor = min(1.0, words / _SHORT) * min(1.0, _LONG / max(1, words))
    if sentence.is_question:
        factor *= 0.5
    if not lexis.is_english:
        return factor
    if _ANAPHORA.search(sentence.text):
        factor *= 0.5
    if _ANNOUNCEMENT.search(sentence.text):
        factor *= 0.35
    if _OUTCOME.search(sentence.text):
        factor *= 1.4
    return factor
