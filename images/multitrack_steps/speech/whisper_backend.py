"""The speech backend `faster-whisper`: Whisper on this machine's CPU or GPU.

On a GPU a batch of chunks is decoded in one call. On a CPU two chunks are a call of their own, side
by side on as many cores as there are: that keeps their attention and keys in the caches, and cores
do not wait for each other. What is best depends on the machine: for 16 chunks of dense speech with
tiny.en a core of one took 10.5 CPU seconds one by one and 15.2 in batches of 8; a core of another
19.6 one by one, 18.0 two by two, 17.6 in batches of 4 and 17.5 of 8.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from faster_whisper import WhisperModel

from multitrack_steps.speech.backend import TranscribedTrack
from multitrack_steps.speech.chunks import Chunk, find_speech
from multitrack_steps.speech.flac import BLOCK, SAMPLE_RATE, Samples, read_blocks
from multitrack_steps.speech.languages import (
    AUTO,
    ENGLISH,
    Evidence,
    detect_language,
    refuse_unspoken,
)
from multitrack_steps.speech.loading import Workers, choose_device, load_model
from multitrack_steps.speech.models import resolve_model
from multitrack_steps.speech.settings import Decoding, TranscriptionSettings
from multitrack_steps.speech.transcription import speech_of, transcribe_chunks
from multitrack_steps.speech.whisper import (
    WINDOW,
    BatchedTranscriber,
    SequentialTranscriber,
    fit_vocabulary,
)
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.track import Track
from workflow_templates.contracts.words import DetectedLanguage
from workflow_templates.runtime.errors import TrackUnreadableError

__all__ = ["WhisperBackend", "plan_workers"]

_CPU_BATCH = 2
_SMALL_MODEL = 300_000_000
"""Bytes of weights (base: 148 MB) up to which one thread decodes one sequence faster than two
(measured).
"""


class WhisperBackend:
    """A model that is looked for at once, and loaded when there is speech."""

    def __init__(self, settings: TranscriptionSettings) -> None:
        self._settings = settings
        self._device = choose_device(settings.device)
        self._model = resolve_model(settings.model, on_gpu=self._device == "cuda")
        self._multilingual = self._model.is_multilingual
        self.model = self._model.name
        self.identity = self._model.identity
        refuse_unspoken(settings.language, model=self.model, multilingual=self._multilingual)

    def transcribe(
        self,
        audio: Path,
        track: Track,
        probes: Sequence[Path],
        report: Callable[[Seconds], None],
    ) -> TranscribedTrack:
        """As `SpeechBackend.transcribe`."""
        settings = self._settings
        sequential = settings.decoding is Decoding.SEQUENTIAL
        kind = SequentialTranscriber if sequential else BatchedTranscriber
        chunks = speech_of(audio, track, kind.longest)
        first = next(chunks, None)
        if first is None:
            return TranscribedTrack((), 0.0, None, self._model.warnings)
        workers = plan_workers(settings, self._device, self._model.size)
        model = load_model(
            self._model, device=self._device, compute_type=settings.compute_type, workers=workers
        )
        language, chunks = self._language(model, itertools.chain([first], chunks), probes)
        vocabulary = fit_vocabulary(settings.vocabulary, model)
        spoken = transcribe_chunks(
            chunks,
            kind(model, language.code, vocabulary),
            batch_size=self._at_once(sequential=sequential),
            workers=workers.count,
            report=report,
        )
        left_out = len(settings.vocabulary) - len(vocabulary)
        warnings = (f"the vocabulary is too long: its last {left_out} entries were left out",)
        return TranscribedTrack(
            spoken.words,
            spoken.speech,
            language,
            (*self._model.warnings, *(warnings if left_out else ())),
        )

    def _at_once(self, *, sequential: bool) -> int:
        """Chunks in one call."""
        if sequential:
            return 1
        most = self._settings.batch_size
        return most if self._device == "cuda" else min(most, _CPU_BATCH)

    def _language(
        self, model: WhisperModel, chunks: Iterator[Chunk], probes: Sequence[Path]
    ) -> tuple[DetectedLanguage, Iterator[Chunk]]:
        """The language, and the chunks again, including those that were listened to."""
        asked = self._settings.language
        if asked != AUTO or not self._multilingual:
            code = ENGLISH if asked == AUTO else asked
            return DetectedLanguage(code=code, probability=1.0, detected=False), chunks
        heard: list[Chunk] = []

        def listen() -> Iterator[Evidence]:
            for chunk in chunks:
                heard.append(chunk)
                yield _hear(model, chunk.samples)

        language = detect_language(
            listen(), lambda: (_hear(model, samples) for samples in _speech_of_probes(probes))
        )
        return language, itertools.chain(heard, chunks)


def plan_workers(settings: TranscriptionSettings, device: str, size: int) -> Workers:
    """Spread the threads over chunks that are decoded side by side.

    Args:
        settings: Threads, and with `batch_size` the most chunks that may be under way.
        device: On a GPU the CPU only prepares.
        size: Bytes of the model's weights.
    """
    threads = settings.threads
    if device == "cuda":
        return Workers(count=1, threads=threads)
    if settings.decoding is Decoding.SEQUENTIAL:
        return Workers(count=1, threads=1 if size <= _SMALL_MODEL else threads)
    count = min(threads, settings.batch_size)
    return Workers(count=count, threads=threads // count)


def _hear(model: WhisperModel, samples: Samples) -> Evidence:
    window = samples[: int(WINDOW * SAMPLE_RATE)]
    _, _, probabilities = model.detect_language(audio=window)
    return Evidence(len(window) / SAMPLE_RATE, dict(probabilities))


def _speech_of_probes(probes: Iterable[Path]) -> Iterator[Samples]:
    for probe in probes:
        # Another track's damage is reported where that track is transcribed.
        with suppress(TrackUnreadableError):
            chunk = next(find_speech(read_blocks(probe, BLOCK), (), WINDOW), None)
            if chunk is not None:
                yield chunk.samples
