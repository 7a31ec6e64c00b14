"""faster-whisper's two ways to decode, as transcribers.

Against text that nobody said, in this order: only speech reaches the model at all (`chunks`); a
chunk that Whisper calls silence (no-speech probability above 0.6 and mean log probability below -1)
has no words; a chunk that compresses too well (ratio above 2.4: a loop) or that Whisper doubts
(below -1) is decoded again at rising temperatures; a loop that remains is said once. Against text
that is left out: a chunk in which no word begins for five seconds is decoded again, too. The other
figures are those of Whisper itself (Radford et al. 2022, section 4.5); faster-whisper's batched
pipeline takes them as options and does not use them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.transcribe import Segment

from multitrack_steps.speech.chunks import Chunk
from multitrack_steps.speech.flac import SAMPLE_RATE
from multitrack_steps.speech.languages import WITHOUT_BLANKS
from multitrack_steps.speech.loading import converting_gpu_errors
from multitrack_steps.speech.words import SpokenWord, collapse_loops, join_continuations
from workflow_templates.contracts.base import Seconds

__all__ = [
    "WINDOW",
    "BatchedTranscriber",
    "SequentialTranscriber",
    "fit_vocabulary",
    "leaves_out_speech",
]

WINDOW: Seconds = 30.0
"""What Whisper hears at once."""
_SEQUENTIAL_BLOCK: Seconds = 300.0
"""Speech decoded in one go with context; its features take 0.2 GB for a moment."""
_COMPRESSION_RATIO = 2.4
_LOG_PROBABILITY = -1.0
_NO_SPEECH = 0.6
_LONGEST_WITHOUT_WORDS: Seconds = 5.0
"""Speech in which no word begins: pauses are cut out before. Read aloud, words begin 2 to 4 times a
second.
"""
_VOCABULARY_TOKENS = 100
"""The prompt shares 448 tokens with the text of 30 s of speech, and 224 with earlier text."""
_CONTEXT_TOKENS = 200


def fit_vocabulary(names: Sequence[str], model: WhisperModel) -> tuple[str, ...]:
    """The first names that fit into 100 tokens of prompt."""
    tokenizer = model.hf_tokenizer
    for count in range(len(names), 0, -1):
        prompt = " " + ", ".join(names[:count])
        if len(tokenizer.encode(prompt, add_special_tokens=False).ids) <= _VOCABULARY_TOKENS:
            return tuple(names[:count])
    return ()


class BatchedTranscriber:
    """Chunks of 30 s, each on its own: they can be decoded side by side."""

    longest = WINDOW

    def __init__(self, model: WhisperModel, language: str, vocabulary: Sequence[str]) -> None:
        self._model = model
        self._language = language
        self._hotwords = ", ".join(vocabulary) or None

    def transcribe(self, chunks: Sequence[Chunk]) -> list[list[SpokenWord]]:
        """The words of each chunk, decoded as one batch. May be called from several threads.

        Raises:
            TemporaryError: The GPU failed.
        """
        # Every chunk begins at a multiple of 30 s, so that Whisper's rounding to 10 ms cannot shift
        # its words.
        stride = int(WINDOW * SAMPLE_RATE)
        audio = np.zeros(stride * len(chunks), np.float32)
        clips = []
        for index, chunk in enumerate(chunks):
            audio[index * stride : index * stride + len(chunk.samples)] = chunk.samples
            # Half a sample, because faster-whisper cuts the product with the rate down to whole
            # samples.
            end = (index * stride + len(chunk.samples) + 0.5) / SAMPLE_RATE
            clips.append({"start": index * WINDOW, "end": end})
        with converting_gpu_errors():
            segments, _ = BatchedInferencePipeline(self._model).transcribe(
                audio,
                language=self._language,
                vad_filter=False,
                clip_timestamps=clips,
                word_timestamps=True,
                batch_size=len(chunks),
                hotwords=self._hotwords,
            )
            by_chunk: list[list[Segment]] = [[] for _ in chunks]
            for segment in segments:
                by_chunk[int(segment.seek / 100 // WINDOW)].append(segment)
            return [
                self._judge(chunk, index * WINDOW, found)
                for index, (chunk, found) in enumerate(zip(chunks, by_chunk, strict=True))
            ]

    def _judge(self, chunk: Chunk, offset: Seconds, segments: list[Segment]) -> list[SpokenWord]:
        doubtful = any(segment.avg_logprob < _LOG_PROBABILITY for segment in segments)
        if doubtful and all(segment.no_speech_prob > _NO_SPEECH for segment in segments):
            return []
        words = list(_spoken_words(segments, offset, self._language))
        if doubtful or any(_is_loop(segment) for segment in segments):
            return self._decode_again(chunk)
        if leaves_out_speech(words, chunk.duration):
            # Asked for 30 s in one go, Whisper now and then leaves out sentences in the middle.
            return max(words, self._decode_again(chunk), key=len)
        return words

    def _decode_again(self, chunk: Chunk) -> list[SpokenWord]:
        """One chunk as Whisper does it by itself: sentence by sentence, at rising temperatures."""
        segments, _ = self._model.transcribe(
            chunk.samples,
            language=self._language,
            word_timestamps=True,
            condition_on_previous_text=False,
            hotwords=self._hotwords,
        )
        return list(_spoken_words(segments, 0.0, self._language))


class SequentialTranscriber:
    """Blocks of five minutes of speech, one after the other, each knowing the text before it."""

    longest = _SEQUENTIAL_BLOCK

    def __init__(self, model: WhisperModel, language: str, vocabulary: Sequence[str]) -> None:
        self._model = model
        self._language = language
        self._hotwords = ", ".join(vocabulary) or None
        self._context: list[int] = []

    def transcribe(self, chunks: Sequence[Chunk]) -> list[list[SpokenWord]]:
        """The words of each chunk, in the order of the recording.

        Raises:
            TemporaryError: The GPU failed.
        """
        return [self._transcribe(chunk) for chunk in chunks]

    def _transcribe(self, chunk: Chunk) -> list[SpokenWord]:
        with converting_gpu_errors():
            segments = list(
                self._model.transcribe(
                    chunk.samples,
                    language=self._language,
                    word_timestamps=True,
                    initial_prompt=self._context or None,
                    hotwords=self._hotwords,
                )[0]
            )
        said = [token for segment in segments if not _is_loop(segment) for token in segment.tokens]
        self._context = said[-_CONTEXT_TOKENS:]
        return list(_spoken_words(segments, 0.0, self._language))


def _spoken_words(
    segments: Iterable[Segment], offset: Seconds, language: str
) -> Iterator[SpokenWord]:
    for segment in segments:
        words = [
            SpokenWord(word.word, word.start - offset, word.end - offset, float(word.probability))
            for word in segment.words or ()
        ]
        if language not in WITHOUT_BLANKS:
            words = join_continuations(words)
        yield from collapse_loops(words) if _is_loop(segment) else words


def leaves_out_speech(words: Sequence[SpokenWord], duration: Seconds) -> bool:
    """Whether no word begins for so long that speech must have been left out.

    Args:
        words: Of one chunk, in order. None at all is another case: nothing that was understood.
        duration: Of the chunk.
    """
    if not words:
        return False
    starts = [0.0, *(word.start for word in words), duration]
    return any(later - earlier > _LONGEST_WITHOUT_WORDS for earlier, later in pairwise(starts))


def _is_loop(segment: Segment) -> bool:
    return bool(segment.compression_ratio > _COMPRESSION_RATIO)
