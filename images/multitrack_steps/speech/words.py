"""From what a model says about a chunk to words on the recording's clock."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from multitrack_steps.speech.chunks import Chunk
from multitrack_steps.speech.flac import Samples, to_samples
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.words import TrackWord

__all__ = [
    "SpokenWord",
    "collapse_loops",
    "join_continuations",
    "level_dbfs",
    "order_words",
    "place_words",
]

_FLOOR = -120.0
_UNHEARD = -70.0
"""dBFS; as the gate before the VAD: there is no speech below it."""
_DOUBTFUL = 0.5
_MARKS = " .,;:!?…-♪*"
"""What Whisper writes where nothing is said; on its own it is no word."""
_LONGEST_PHRASE = 12
"""Words in a phrase that is looked for as a loop."""
_REPEATS = 3
"""A phrase said so often in a row is a loop, where the compression ratio says so too."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as a model gives it: with its leading blank, times in seconds of its chunk."""

    text: str
    start: Seconds
    end: Seconds
    probability: float


def place_words(chunk: Chunk, spoken: Iterable[SpokenWord]) -> list[TrackWord]:
    """Bring a chunk's words to the recording's clock, with their levels.

    Left out is what consists of punctuation only, and words that neither the sound nor the model
    stands for: no signal at their time and a probability below one half.
    """
    words = []
    for word in spoken:
        level = level_dbfs(chunk.samples[to_samples(word.start) : to_samples(word.end)])
        if not word.text.strip(_MARKS) or (level < _UNHEARD and word.probability < _DOUBTFUL):
            continue
        start, end = chunk.locate(word.start, max(word.start, word.end))
        words.append(
            TrackWord(
                text=word.text,
                start=round(start, 3),
                end=round(end, 3),
                probability=round(min(1.0, max(0.0, word.probability)), 3),
                level=round(level, 1),
            )
        )
    return words


def order_words(words: Iterable[TrackWord]) -> tuple[TrackWord, ...]:
    """Sort by start, and let no word last into the next one."""
    ordered = sorted(words, key=lambda word: word.start)
    clamped = [
        word if word.end <= after.start else word.model_copy(update={"end": after.start})
        for word, after in pairwise(ordered)
    ]
    return (*clamped, *ordered[-1:])


def level_dbfs(samples: Samples) -> float:
    """RMS level in dB below full scale, at least -120."""
    power = float(np.mean(np.square(samples))) if len(samples) else 0.0
    return max(_FLOOR, 10 * math.log10(power)) if power > 0 else _FLOOR


def join_continuations(words: Iterable[SpokenWord]) -> list[SpokenWord]:
    """Make one word of tokens that no blank separates: `back` and `-end`, `$12` and `,000`.

    For languages that are written with blanks; the probability is the lowest.
    """
    joined: list[SpokenWord] = []
    for word in words:
        if not joined or word.text[:1].isspace():
            joined.append(word)
            continue
        before = joined.pop()
        probability = min(before.probability, word.probability)
        joined.append(SpokenWord(before.text + word.text, before.start, word.end, probability))
    return joined


def collapse_loops(words: Sequence[SpokenWord]) -> list[SpokenWord]:
    """Keep a phrase of up to twelve words once where it follows itself three times or more.

    For text that Whisper's compression ratio has already called repetitive: people do say "no, no,
    no".
    """
    spoken = [word.text.strip().strip(".,!?").lower() for word in words]
    kept: list[SpokenWord] = []
    position = 0
    while position < len(words):
        length, repeats = _loop_at(spoken, position)
        kept += words[position : position + length]
        position += length * repeats
    return kept


def _loop_at(spoken: Sequence[str], start: int) -> tuple[int, int]:
    """Length and number of phrases that repeat from `start` on; one word, once, if none does."""
    for length in range(1, _LONGEST_PHRASE + 1):
        phrase = spoken[start : start + length]
        repeats = 1
        while spoken[start + repeats * length : start + (repeats + 1) * length] == phrase:
            repeats += 1
        if repeats >= _REPEATS:
            return length, repeats
    return 1, 1
