"""Where topics begin: cue phrases and change of vocabulary, weighed together.

Cohesion is measured as in Eisenstein and Barzilay, "Bayesian Unsupervised Topic Segmentation"
(EMNLP 2008): the
words of a topic are drawn from one multinomial with a symmetric Dirichlet prior, and the division
with the greatest
probability is found by dynamic programming. Cue phrases, pauses and a prior on the length of
topics enter the same sum.
"""

import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds

__all__ = ["Stretch", "expected_topics", "find_boundaries", "pause_gain"]

_PRIOR = 0.4
"""Dirichlet parameter of a topic's vocabulary: topics use few of the meeting's words."""
_SPREAD = 0.9
"""Standard deviation of the logarithm of topic lengths."""
_BOUNDARY_COST = 4.0
"""Nats that a boundary must gain in cohesion or by cues."""
_COST_STEP = 1.5
"""Factor by which boundaries without a cue become dearer while there are too many topics."""
_DEAREST = 2000.0
"""Nats; no vocabulary changes that much, so the search for a cost ends."""
_GAIN_PER_PAUSE_SECOND = 0.8
_LONGEST_PAUSE: Seconds = 4.0
_LENGTHS = 6.0
"""No topic is longer than so many expected ones, which bounds time and memory."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What lies between two places where a topic may begin."""

    start: Seconds
    end: Seconds
    terms: Mapping[str, int]
    """Content words and how often they occur."""
    gain: float = 0.0
    """Nats in favour of a topic that begins here."""
    cued: bool = False
    """Somebody announced a subject here."""
    forced: bool = False
    """A topic begins here, whatever the words say."""


def expected_topics(duration: Seconds) -> float:
    """How many topics a meeting of that length has: 0.833 · minutes^0.723, from 1 to 50."""
    return min(50.0, max(1.0, 0.833 * math.pow(duration / 60, 0.723)))


def pause_gain(pause: Seconds) -> float:
    """Nats for a silence before a boundary."""
    return _GAIN_PER_PAUSE_SECOND * min(max(0.0, pause), _LONGEST_PAUSE)


def find_boundaries(stretches: Sequence[Stretch]) -> list[int]:
    """The most probable division into a sensible number of topics.

    Args:
        stretches: In order, without overlap.

    Returns:
        Indices of the stretches with which topics begin, ascending; the first is 0.
    """
    if not stretches:
        return []
    duration = stretches[-1].end - stretches[0].start
    expected = expected_topics(duration)
    scores = _scores(stretches, duration / expected)
    most = 2 + 1.15 * expected
    cost = _BOUNDARY_COST
    while True:
        found = _divide(stretches, scores, cost)
        uncued = sum(not stretches[index].cued for index in found[1:])
        if len(found) <= most or not uncued or cost > _DEAREST:
            return found
        cost *= _COST_STEP


def _scores(stretches: Sequence[Stretch], expected_length: Seconds) -> "list[array[float]]":
    """By first stretch, then by number of further ones: how well they go together, in nats."""
    vocabulary = len({term for stretch in stretches for term in stretch.terms})
    scores = []
    for first, stretch in enumerate(stretches):
        cohesion = _Cohesion(vocabulary)
        row = array("d")
        for other in stretches[first:]:
            length = other.end - stretch.start
            if row and (other.forced or length > _LENGTHS * expected_length):
                break
            cohesion.add(other.terms)
            row.append(cohesion.log_probability + _length_prior(length, expected_length))
        scores.append(row)
    return scores


def _divide(
    stretches: Sequence[Stretch], scores: "Sequence[array[float]]", uncued_cost: float
) -> list[int]:
    """Dynamic programming over all divisions."""
    best = [0.0] + [-math.inf] * len(stretches)
    came_from = [0] * (len(stretches) + 1)
    for first, (stretch, row) in enumerate(zip(stretches, scores, strict=True)):
        cost = _BOUNDARY_COST if stretch.cued else uncued_cost
        here = best[first] + (stretch.gain - cost if first else 0.0)
        for end, score in enumerate(row, start=first + 1):
            if here + score > best[end]:
                best[end] = here + score
                came_from[end] = first
    return _trace(came_from)


class _Cohesion:
    """Log probability of a growing bag of words under one Dirichlet-multinomial topic."""

    def __init__(self, vocabulary: int) -> None:
        self._mass = max(1, vocabulary) * _PRIOR
        self._counts: Counter[str] = Counter()
        self._words = 0
        self._sum = 0.0

    def add(self, terms: Mapping[str, int]) -> None:
        for term, times in terms.items():
            for _ in range(times):
                self._sum += math.log(self._counts[term] + _PRIOR)
                self._counts[term] += 1
            self._words += times

    @property
    def log_probability(self) -> float:
        return self._sum + math.lgamma(self._mass) - math.lgamma(self._mass + self._words)


def _length_prior(length: Seconds, expected: Seconds) -> float:
    """Log-normal in the length, without its constant."""
    deviation = math.log(max(1.0, length) / max(1.0, expected)) / _SPREAD
    return -deviation * deviation / 2


def _trace(came_from: Sequence[int]) -> list[int]:
    boundaries: list[int] = []
    position = len(came_from) - 1
    while position > 0:
        position = came_from[position]
        boundaries.append(position)
    return boundaries[::-1]
