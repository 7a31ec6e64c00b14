"""From speech probabilities to stretches of speech.

The rules and figures are those of faster-whisper's batched pipeline
(`faster_whisper.vad.get_speech_timestamps`), written for a stream: a stretch is known as soon as
the pause after it is, not at the end of the track.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from multitrack_steps.speech.flac import SAMPLE_RATE
from multitrack_steps.speech.vad import WINDOW

__all__ = ["PADDING", "PaddedSpeech", "SpeechSegmenter", "Stretch"]

PADDING = int(0.4 * SAMPLE_RATE)
"""Samples kept on both sides of speech; where a pause is shorter than two of them, its middle is
the border.
"""

_ON = 0.5
_OFF = 0.35
_PAUSE = int(0.160 * SAMPLE_RATE)
"""Samples below `_OFF` that end a stretch."""
_SHORT_PAUSE = int(0.098 * SAMPLE_RATE)
"""Samples below `_OFF` at which a stretch that grows too long may be cut."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` to before `end`, in samples on the recording's clock."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PaddedSpeech:
    """A stretch for a model to hear: speech, and what is around it."""

    heard: Stretch
    speech: Stretch


class SpeechSegmenter:
    """Hysteresis over a stream of probabilities; what is heard is in order, without overlap.

    Args:
        longest: No stretch has more samples than this, padding included.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest - 2 * PADDING - WINDOW
        self._position = 0
        self._start: int | None = None
        self._quiet_since: int | None = None
        self._cut: Stretch | None = None
        self._held: Stretch | None = None
        self._border = 0

    @property
    def needed_from(self) -> int:
        """Nothing still to come is heard before this sample."""
        oldest = self._next_start if self._held is None else self._held.start
        return max(self._border, oldest - PADDING)

    def feed(self, probabilities: NDArray[np.float32]) -> Iterator[PaddedSpeech]:
        """Take the next windows' probabilities; returns the speech that is now certain."""
        for probability in probabilities.tolist():
            speech = self._step(probability)
            self._position += WINDOW
            if speech is not None:
                yield from self._hold(speech)
        held = self._held
        if held is not None and self._next_start - held.end >= 2 * PADDING:
            yield self._release(held, held.end + PADDING)

    def finish(self, length: int) -> Iterator[PaddedSpeech]:
        """The track ends after `length` samples."""
        if self._start is not None and self._start < length:
            speech = Stretch(self._start, min(length, self._quiet_since or length))
            self._start = None
            yield from self._hold(speech)
        held = self._held
        if held is not None:
            yield self._release(held, min(length, held.end + PADDING))

    @property
    def _next_start(self) -> int:
        """No speech that is not held back yet starts before this sample."""
        return self._position if self._start is None else self._start

    def _step(self, probability: float) -> Stretch | None:
        """Judge the window at `_position`; returns the stretch that ends there."""
        start = self._start
        if start is None:
            if probability >= _ON:
                self._start, self._quiet_since, self._cut = self._position, None, None
            return None
        if probability >= _ON:
            self._end_pause()
        elif probability < _OFF and self._quiet_since is None:
            self._quiet_since = self._position
        if self._quiet_since is not None and self._position - self._quiet_since >= _PAUSE:
            self._start = None
            return Stretch(start, self._quiet_since)
        if self._position - start > self._longest:
            cut = self._cut or Stretch(self._position, self._position)
            self._start, self._cut = cut.end, None
            return Stretch(start, cut.start)
        return None

    def _end_pause(self) -> None:
        if self._quiet_since is not None and self._position - self._quiet_since > _SHORT_PAUSE:
            self._cut = Stretch(self._quiet_since, self._position)
        self._quiet_since = None

    def _hold(self, speech: Stretch) -> Iterator[PaddedSpeech]:
        """Keep the newest stretch back until it is known how long the pause after it is."""
        held = self._held
        if held is not None:
            pause = speech.start - held.end
            yield self._release(held, held.end + min(PADDING, pause // 2))
        self._held = speech

    def _release(self, held: Stretch, end: int) -> PaddedSpeech:
        heard = Stretch(max(self._border, held.start - PADDING), end)
        self._held, self._border = None, end
        return PaddedSpeech(heard, held)
