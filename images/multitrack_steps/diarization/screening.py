"""Which voices a sample of a track holds: enough to say whether there is more than one.

Tuned on the second meeting's five voices and their mixtures, and on AMI's training excerpts:
between stretches of one voice the cosine is 0.62 or more and 0.75 to 0.87 on average, between those
of two voices 0.36 to 0.65 on average. Averages decide here, so 0.6 leaves room on both sides.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from multitrack_steps.diarization.heard import Embedding, unit
from multitrack_steps.speech.flac import SAMPLE_RATE, Samples
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.turns import Voice

__all__ = ["Ear", "voices_in"]

_ALIKE = 0.6
"""Cosine: groups of stretches that are less alike on average are two voices."""
_SURE: Seconds = 1.0
"""Of a voice alone in a stretch: shorter ones sound like nobody."""
_ENOUGH: Seconds = 2.5
"""Of a voice alone in a stretch, to know it by: with four no more voices were told apart than with
this, with two fewer, and what it costs grows with it."""
_VOICE: Seconds = 3.0
"""A voice is heard for as long in all, …"""
_STRETCHES = 2
"""… in so many stretches: a cough, a door or a word from a passer-by is no voice."""
_DECIMALS = 4


class Ear(Protocol):
    """Hears who speaks in a few seconds, and what they sound like."""

    def alone(self, samples: Samples) -> list[Samples]:
        """For each voice, the samples in which nobody else speaks."""

    def embed(self, samples: Samples) -> Embedding:
        """What at least half a second of samples sounds like."""


@dataclass(frozen=True, slots=True)
class _Heard:
    stretch: int
    length: Seconds
    embedding: Embedding


def voices_in(stretches: Iterable[Samples], ear: Ear) -> tuple[Voice, ...]:
    """The voices of a sample, those that are heard longest first.

    Args:
        stretches: A few seconds each; zeros at an end are not listened to.
        ear: The models.
    """
    heard = list(_listen(stretches, ear))
    groups = sorted(_groups(heard), key=_length, reverse=True)
    return tuple(
        Voice(label=str(number), speaking=round(_length(group), 3), embedding=_sound(group))
        for number, group in enumerate(groups, 1)
    )


def _listen(stretches: Iterable[Samples], ear: Ear) -> Iterator[_Heard]:
    for number, samples in enumerate(stretches):
        sounding = np.trim_zeros(samples, "b")
        if len(sounding) < _SURE * SAMPLE_RATE:
            continue
        for voice in ear.alone(sounding):
            if len(voice) >= _SURE * SAMPLE_RATE:
                known_by = voice[: round(_ENOUGH * SAMPLE_RATE)]
                yield _Heard(number, len(voice) / SAMPLE_RATE, ear.embed(known_by))


def _groups(heard: Sequence[_Heard]) -> list[list[_Heard]]:
    """What sounds alike, without groups that are too slight to be a voice."""
    labels: NDArray[np.intp] = np.zeros(len(heard), np.intp)
    if len(heard) > 1:
        tree = linkage(np.array([each.embedding for each in heard]), "average", "cosine")
        labels = fcluster(tree, 1.0 - _ALIKE, criterion="distance")
    groups = [
        [each for each, label in zip(heard, labels, strict=True) if label == wanted]
        for wanted in np.unique(labels)
    ]
    return [
        group
        for group in groups
        if _length(group) >= _VOICE and len({each.stretch for each in group}) >= _STRETCHES
    ]


def _length(group: Sequence[_Heard]) -> Seconds:
    return sum(each.length for each in group)


def _sound(group: Sequence[_Heard]) -> tuple[float, ...]:
    weighted = [each.embedding * each.length for each in group]
    return tuple(round(value, _DECIMALS) for value in unit(np.sum(weighted, axis=0)).tolist())
