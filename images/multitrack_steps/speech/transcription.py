"""One track from samples to words, with either backend.

Memory: one block (33 s), one stretch and one chunk of audio wait while at most `workers` batches
are being decoded, so the peak is that of the model plus that of each chunk under way, whatever the
track's length; most of a chunk's is one layer's attention, heads x 1500² floats: 54 MB for tiny,
180 MB for large. Only the words grow with the track: 1 MB for 1,000 words.
Measured with tiny.en on one thread: 367 MiB for 10 minutes, 374 for 60, 381 for 180.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from multitrack_steps.speech.chunks import Chunk, find_speech
from multitrack_steps.speech.cores import map_in_order
from multitrack_steps.speech.flac import BLOCK, SAMPLE_RATE, Samples, read_blocks
from multitrack_steps.speech.words import SpokenWord, order_words, place_words
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.track import Track
from workflow_templates.contracts.words import TrackWord
from workflow_templates.runtime.errors import TrackUnreadableError

__all__ = ["Spoken", "Transcriber", "speech_of", "transcribe_chunks"]

_TOLERANCE: Seconds = 0.5
"""A track that holds so much less than its timing says was cut off on the way."""


class Transcriber(Protocol):
    """Turns chunks into words."""

    def transcribe(self, chunks: Sequence[Chunk]) -> list[list[SpokenWord]]:
        """The words of each chunk, on its own clock."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said on a track."""

    words: tuple[TrackWord, ...]
    speech: Seconds
    """Audio that reached the model."""


def speech_of(audio: Path, track: Track, longest: Seconds) -> Iterator[Chunk]:
    """The speech of a track, in chunks of at most `longest` seconds.

    Raises:
        TrackUnreadableError: The FLAC cannot be decoded, or is shorter than its timing says.
    """
    blocks = _complete(read_blocks(audio, BLOCK), audio, track.duration)
    return find_speech(blocks, track.gaps, longest)


def transcribe_chunks(
    chunks: Iterable[Chunk],
    transcriber: Transcriber,
    *,
    batch_size: int,
    workers: int,
    report: Callable[[Seconds], None],
) -> Spoken:
    """Transcribe chunk after chunk.

    Args:
        chunks: In order; taken only when a worker is free.
        transcriber: Called from several threads if `workers` is above 1.
        batch_size: Chunks given to it at once.
        workers: Batches under way at once.
        report: Told how far on the recording's clock the words have come.
    """
    words: list[TrackWord] = []
    speech = 0.0
    decoded = map_in_order(
        lambda batch: _decode(transcriber, batch), _batches(chunks, batch_size), workers
    )
    for batch in decoded:
        for chunk, spoken in batch:
            words += place_words(chunk, spoken)
            speech += chunk.duration
            report(chunk.end)
    return Spoken(order_words(words), round(speech, 3))


def _decode(
    transcriber: Transcriber, batch: tuple[Chunk, ...]
) -> list[tuple[Chunk, list[SpokenWord]]]:
    return list(zip(batch, transcriber.transcribe(batch), strict=True))


def _batches(chunks: Iterable[Chunk], size: int) -> Iterator[tuple[Chunk, ...]]:
    remaining = iter(chunks)
    while batch := tuple(itertools.islice(remaining, size)):
        yield batch


def _complete(blocks: Iterable[Samples], audio: Path, duration: Seconds) -> Iterator[Samples]:
    length = 0
    for block in blocks:
        length += len(block)
        yield block
    if length / SAMPLE_RATE < duration - _TOLERANCE:
        raise TrackUnreadableError(
            audio, f"it ends after {length / SAMPLE_RATE:.1f} s of {duration:.1f} s"
        )
