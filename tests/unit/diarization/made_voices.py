"""Voices made of numbers: a track whose samples say who speaks, and an engine that reads them."""

from collections.abc import Callable, Sequence

import numpy as np

from multitrack_steps.diarization.audio import Block
from multitrack_steps.diarization.heard import Embedding, HeardTurn, unit
from multitrack_steps.diarization.settings import VoiceBounds
from multitrack_steps.speech.flac import SAMPLE_RATE, Samples

DIMENSION = 64
Said = tuple[int, float, float]
"""Voice, from 1; start; end."""


def voice(number: int, variation: float = 0.0, seed: int = 0) -> Embedding:
    """What a voice sounds like: the same direction every time, up to a variation."""
    direction = np.random.default_rng(1000 + number).normal(size=DIMENSION)
    noise = np.random.default_rng(seed).normal(size=DIMENSION)
    return unit(unit(direction) + variation * unit(noise))


def turn(number: int, start: float, end: float, *, variation: float = 0.2) -> HeardTurn:
    """A turn that has been listened to."""
    return HeardTurn(
        start, end, voice(number, variation, seed=round(start * 10)), end - start, f"v{number}"
    )


def track_of(said: Sequence[Said], duration: float) -> Samples:
    """Samples whose size is the voice's number; where two speak, 100 x the one + the other."""
    samples = np.zeros(round(duration * SAMPLE_RATE), np.float32)
    for number, start, end in said:
        span = slice(round(start * SAMPLE_RATE), round(end * SAMPLE_RATE))
        samples[span] = np.where(samples[span] > 0, samples[span] * 100 + number, number)
    return samples


class MadeEngine:
    """Hears turns where samples are not zero. What follows without a pause, it takes for one."""

    def __init__(self) -> None:
        self.asked: list[VoiceBounds] = []

    def turns(
        self, block: Block, voices: VoiceBounds, report: Callable[[float], None]
    ) -> list[HeardTurn]:
        self.asked.append(voices)
        report(0.5)
        sounding = np.concatenate(([0], (block.samples > 0).astype(np.int8), [0]))
        borders = np.flatnonzero(np.diff(sounding)) / SAMPLE_RATE + block.start
        return [
            HeardTurn(float(start), float(end), hint=f"{index}")
            for index, (start, end) in enumerate(zip(borders[::2], borders[1::2], strict=True))
        ]

    def embed(self, samples: Samples) -> Embedding | None:
        if len(samples) < SAMPLE_RATE // 4:
            return None
        heard, counts = np.unique(samples[samples > 0], return_counts=True)
        if not len(heard):
            return None
        mixed = sum(
            count * (voice(int(n)) if n < 100 else voice(int(n // 100)) + voice(int(n % 100)))
            for n, count in zip(heard, counts, strict=True)
        )
        return unit(np.asarray(mixed))
