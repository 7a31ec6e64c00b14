"""Where topics begin: cue phrases and change of vocabulary, weighed together.

Cohesion is measured as in Eisenstein and Barzilay, "Bayesian Unsupervised Topic Segmentation" (EMNLP 2008): the
words of a topic are drawn from one multinomial with a symmetric Dirichlet prior, and the division with the greatest
probability is found by dynamic programming. Cue phrases, pauses and a prior on the length of topics enter the same sum.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds

__all__ = ["Stretch", "expected_topics", "find_boundaries"]

_PRIOR = 0.1
"""Dirichlet parameter of a topic's vocabulary: topics use few of the meeting's words."""
_SPREAD = 0.9
"""Standard deviation of the logarithm of topic lengths."""
_BOUNDARY_COST = 4.0
"""Nats that a boundary without any cue must gain in cohesion."""
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
    forced: bool = False
    """A topic begins here, whatever the words say."""


def expected_topics(duration: Seconds) -> float:
    """How many topics a meeting of that length has: 0.833 · minutes^0.723, from 1 to 50."""
    return min(50.0, max(1.0, 0.833 * (duration / 60) ** 0.723))


def pause_gain(pause: Seconds) -> float:
    """Nats for a silence before a boundary."""
    return _GAIN_PER_PAUSE_SECOND * min(max(0.0, pause), _LONGEST_PAUSE)


def find_boundaries(stretches: Sequence[Stretch], *, expected_length: Seconds) -> list[int]:
    """The most probable division.

    Args:
        stretches: In order, without overlap.
        expected_length: Typical length of a topic, in seconds.

    Returns:
        Indices of the stretches with which topics begin, ascending; the first is 0.
    """
    if not stretches:
        return []
    vocabulary = len({term for stretch in stretches for term in stretch.terms})
    best = [0.0] + [-math.inf] * len(stretches)
    came_from = [0] * (len(stretches) + 1)
    for first, stretch in enumerate(stretches):
        cohesion = _Cohesion(vocabulary)
        here = best[first] + (stretch.gain - _BOUNDARY_COST if first else 0.0)
        for last in range(first, len(stretches)):
            if last > first and stretches[last].forced:
                break
            length = stretches[last].end - stretch.start
            if last > first and length > _LENGTHS * expected_length:
                break
            cohesion.add(stretches[last].terms)
            score = here + cohesion.log_probability + _length_prior(length, expected_length)
            if score > best[last + 1]:
                best[last + 1] = score
                came_from[last + 1] = first
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
