"""faster-whisper as a transcriber: how it is loaded, and its two ways to decode.

Against text that nobody said, in this order: only speech reaches the model at all (`chunks`); a
chunk that Whisper calls silence (no-speech probability above 0.6 and mean log probability below -1)
has no words; a chunk that compresses too well (ratio above 2.4: a loop) or that Whisper doubts
(below -1) is decoded again at rising temperatures; a loop that remains is said once. The figures
are those of Whisper itself (Radford et al. 2022, section 4.5); faster-whisper's batched pipeline
takes them as options and does not use them.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import ctranslate2
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.transcribe import Segment

from multitrack_steps.speech.chunks import Chunk
from multitrack_steps.speech.flac import SAMPLE_RATE
from multitrack_steps.speech.languages import WITHOUT_BLANKS
from multitrack_steps.speech.models import SpeechModel
from multitrack_steps.speech.words import SpokenWord, collapse_loops, join_continuations
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.errors import (
    ModelUnavailableError,
    SettingsError,
    TemporaryError,
)

__all__ = [
    "WINDOW",
    "BatchedTranscriber",
    "SequentialTranscriber",
    "Workers",
    "choose_device",
    "fit_vocabulary",
    "load_model",
]

WINDOW: Seconds = 30.0
"""What Whisper hears at once."""
_SEQUENTIAL_BLOCK: Seconds = 300.0
"""Speech decoded in one go with context; its features take 0.2 GB for a moment."""
_COMPRESSION_RATIO = 2.4
_LOG_PROBABILITY = -1.0
_NO_SPEECH = 0.6
_VOCABULARY_TOKENS = 100
"""The prompt shares 448 tokens with the text of 30 s of speech, and 224 with earlier text."""
_CONTEXT_TOKENS = 200
_SEED = 0


@dataclass(frozen=True, slots=True)
class Workers:
    """How CPU cores are used: `count` chunks under way at once, `threads` on each."""

    count: int
    threads: int


def choose_device(asked: str) -> str:
    """`cpu` or `cuda`.

    Raises:
        SettingsError: CUDA was asked for by name and there is none.
    """
    gpus = ctranslate2.get_cuda_device_count()
    if asked == "cuda" and not gpus:
        raise SettingsError(
            "transcribe-track: device=cuda, but this machine shows no CUDA device; "
            "run it on a node with a GPU and its driver, or set device=auto or cpu"
        )
    return "cuda" if gpus and asked != "cpu" else "cpu"


def load_model(
    model: SpeechModel, *, device: str, compute_type: str, workers: Workers
) -> WhisperModel:
    """Load a model.

    Args:
        model: Where it lies.
        workers: How many chunks are to be decoded side by side.
        device: From `choose_device`.
        compute_type: A type of CTranslate2's; `auto` is int8 on the CPU and float16 on a GPU.

    Raises:
        ModelUnavailableError: Its files are not a whole model.
        SettingsError: The device cannot compute that type.
        TemporaryError: The GPU's memory is full.
    """
    if compute_type == "auto":
        compute_type = "float16" if device == "cuda" else "int8"
    known = ctranslate2.get_supported_compute_types(device)
    if compute_type not in known:
        raise SettingsError(
            f"transcribe-track: compute-type={compute_type!r} cannot be computed on this {device}; "
            f"use auto or one of: {', '.join(sorted(known))}"
        )
    ctranslate2.set_random_seed(_SEED)
    with _converting_gpu_errors(), _converting_load_errors(model):
        loaded = WhisperModel(
            str(model.folder),
            device=device,
            compute_type=compute_type,
            cpu_threads=workers.threads,
            num_workers=workers.count,
            local_files_only=True,
        )
    if loaded.feature_extractor.mel_filters.shape[0] != loaded.model.n_mels:
        raise ModelUnavailableError(
            f"{model.folder}: the speech model hears {loaded.model.n_mels} mel bands and its "
            "preprocessor_config.json is missing or says otherwise; fetch or convert it again"
        )
    return loaded


def fit_vocabulary(names: Sequence[str], model: WhisperModel) -> tuple[str, ...]:
    """The first names that fit into 100 tokens of prompt."""
    for count in range(len(names), 0, -1):
        prompt = " " + ", ".join(names[:count])
        if (
            len(model.hf_tokenizer.encode(prompt, add_special_tokens=False).ids)
            <= _VOCABULARY_TOKENS
        ):
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
        with _converting_gpu_errors():
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
        if doubtful or any(_is_loop(segment) for segment in segments):
            offset = 0.0
            segments = list(
                self._model.transcribe(
                    chunk.samples,
                    language=self._language,
                    word_timestamps=True,
                    condition_on_previous_text=False,
                    hotwords=self._hotwords,
                )[0]
            )
        return list(_spoken_words(segments, offset, self._language))


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
        with _converting_gpu_errors():
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


def _is_loop(segment: Segment) -> bool:
    return bool(segment.compression_ratio > _COMPRESSION_RATIO)


@contextlib.contextmanager
def _converting_gpu_errors() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if "CUDA" not in str(error):
            raise
        raise TemporaryError(
            f"transcribe-track: the GPU failed ({str(error).splitlines()[0]}); "
            "try again, with a smaller batch-size if its memory is full"
        ) from error


@contextlib.contextmanager
def _converting_load_errors(model: SpeechModel) -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        # The tokenizer's library raises nothing more special than Exception.
        if "CUDA" in str(error):
            raise
        raise ModelUnavailableError(
            f"{model.folder}: the speech model cannot be loaded "
            f"({str(error).splitlines()[0]}); fetch or convert it again"
        ) from error
