"""TF-IDF vectors and cosine similarity over stems, in plain Python.

Importing scikit-learn takes 1.2 s of CPU, more than all that is computed here: meetings have
hundreds of sentences,
not millions. The weighting is scikit-learn's own (smoothed idf, l2 norm; TfidfVectorizer with
sublinear_tf).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Vector", "centroid", "cosine", "inverse_document_frequency", "tfidf"]

Vector = Mapping[str, float]
"""Weight by stem; length 1, or empty."""


def inverse_document_frequency(documents: Sequence[Iterable[str]]) -> dict[str, float]:
    """Smoothed idf of each stem: ln((1 + n) / (1 + df)) + 1."""
    frequency = Counter(stem for document in documents for stem in set(document))
    return {
        stem: math.log((1 + len(documents)) / (1 + count)) + 1 for stem, count in frequency.items()
    }


def tfidf(counts: Mapping[str, int], idf: Mapping[str, float]) -> Vector:
    """Sublinear term frequency times idf, normalised; stems without idf count nothing."""
    return _normalised(
        {stem: (1 + math.log(count)) * idf.get(stem, 0.0) for stem, count in counts.items()}
    )


def cosine(one: Vector, other: Vector) -> float:
    """Cosine of the angle between two vectors, 0 to 1."""
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other.get(stem, 0.0) for stem, weight in one.items())


def centroid(vectors: Iterable[Vector]) -> Vector:
    """The direction of the vectors' sum."""
    total: dict[str, float] = {}
    for vector in vectors:
        for stem, weight in vector.items():
            total[stem] = total.get(stem, 0.0) + weight
    return _normalised(total)


def _normalised(weights: dict[str, float]) -> Vector:
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {stem: weight / norm for stem, weight in weights.items()} if norm else {}
