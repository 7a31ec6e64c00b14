"""An OpenAI-compatible transcription endpoint (`POST /audio/transcriptions`) as a transcriber.

Speech is sent as WAV in stretches of up to ten minutes (19 MB; the usual limit is 25 MB), cut at
pauses. Words come back bare (`verbose_json`), so their punctuation and blanks are taken from the
text beside them.
"""

import io
import itertools
import math
import wave
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import openai
from openai.types.audio import TranscriptionVerbose

from multitrack_steps.speech.bare_words import restore_text
from multitrack_steps.speech.chunks import Chunk
from multitrack_steps.speech.flac import SAMPLE_RATE, Samples
from multitrack_steps.speech.languages import AUTO, WITHOUT_BLANKS, code_named
from multitrack_steps.speech.words import SpokenWord, join_continuations
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.words import DetectedLanguage
from workflow_templates.runtime.errors import RefusedError, SettingsError, TemporaryError

__all__ = ["DEFAULT_MODEL", "EndpointTranscriber"]

DEFAULT_MODEL = "whisper-1"
"""What `auto` asks for: the name that every such service knows."""

_LONGEST: Seconds = 600.0
_TIMEOUT: Seconds = 600.0
_TRIES_AGAIN = 3
"""By the client itself, after pauses that grow or that the service asks for."""
_FINAL = (400, 401, 403, 404, 405, 413, 415, 422)


class EndpointTranscriber:
    """Asks a service. The first answer settles the language, if it is not given."""

    longest = _LONGEST

    def __init__(
        self, base_url: str, api_key: str, model: str, language: str, vocabulary: Sequence[str]
    ) -> None:
        self._client = openai.OpenAI(
            # Local services want no key, and the client insists on one.
            api_key=api_key or "none",
            base_url=base_url,
            timeout=_TIMEOUT,
            max_retries=_TRIES_AGAIN,
        )
        self._url = base_url
        self._model = model
        self._asked_language = language
        self._prompt = ", ".join(vocabulary)
        self.language: DetectedLanguage | None = None
        """Known after the first answer. A service gives no probability: it counts as certain."""

    def transcribe(self, chunks: Sequence[Chunk]) -> list[list[SpokenWord]]:
        """The words of each chunk.

        Raises:
            RefusedError: The service said no for good.
            TemporaryError: It is away, busy or slow.
            SettingsError: It answers without word times.
        """
        return [self._transcribe(chunk) for chunk in chunks]

    def _transcribe(self, chunk: Chunk) -> list[SpokenWord]:
        answer = self._ask(chunk.samples)
        if self.language is None:
            code = code_named(answer.language or "") or answer.language or self._asked_language
            self.language = DetectedLanguage(
                code=code, probability=1.0, detected=self._asked_language == AUTO
            )
        words = _spoken_words(answer, self.language.code, chunk.duration, self._url)
        return list(words) if self.language.code in WITHOUT_BLANKS else join_continuations(words)

    def _ask(self, samples: Samples) -> TranscriptionVerbose:
        options: dict[str, Any] = {}
        language = self._asked_language
        if language == AUTO and self.language is not None:
            language = self.language.code
        if language != AUTO:
            options["language"] = language
        if self._prompt:
            options["prompt"] = self._prompt
        try:
            answer: TranscriptionVerbose = self._client.audio.transcriptions.create(
                file=("speech.wav", _as_wav(samples), "audio/wav"),
                model=self._model,
                response_format="verbose_json",
                timestamp_granularities=["word", "segment"],
                temperature=0.0,
                **options,
            )
        except openai.APIStatusError as error:
            sentence = f"{self._url}: the transcription service answered {error.status_code}"
            if error.status_code in _FINAL:
                raise RefusedError(f"{sentence}; {_advice(error.status_code)}") from error
            raise TemporaryError(f"{sentence}, again and again; try later") from error
        except openai.APIConnectionError as error:
            raise TemporaryError(
                f"{self._url}: the transcription service does not answer ({error}); "
                "check transcription-base-url, or try later"
            ) from error
        except openai.APIError as error:
            raise TemporaryError(
                f"{self._url}: the transcription service's answer cannot be read; try later"
            ) from error
        return answer


def _spoken_words(
    answer: TranscriptionVerbose, language: str, duration: Seconds, url: str
) -> Iterator[SpokenWord]:
    words = answer.words or []
    text = (answer.text or "").strip()
    if not words and text:
        raise SettingsError(
            f"{url}: the transcription service gives text without word times; "
            "choose a model or service that answers verbose_json with words"
        )
    if language not in WITHOUT_BLANKS:
        text = " " + text
    texts = restore_text(text, [word.word for word in words])
    for word, text in zip(words, texts, strict=True):
        start = min(max(0.0, word.start), duration)
        yield SpokenWord(
            text, start, min(max(start, word.end), duration), _probability(answer, word)
        )


def _probability(answer: TranscriptionVerbose, word: Any) -> float:  # noqa: ANN401 - some add fields
    """The word's own where the service adds it, else the segment's mean, else 1."""
    own = getattr(word, "probability", None)
    if isinstance(own, int | float):
        return float(own)
    middle = (word.start + word.end) / 2
    segments = (part for part in answer.segments or () if part.start <= middle <= part.end)
    segment = next(itertools.chain(segments, [None]))
    return min(1.0, math.exp(segment.avg_logprob)) if segment else 1.0


def _as_wav(samples: Samples) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(np.round(samples * 32_768).clip(-32_768, 32_767).astype("<i2").tobytes())
    return buffer.getvalue()


def _advice(status: int) -> str:
    match status:
        case 401 | 403:
            return "check MULTITRACK_TRANSCRIPTION_API_KEY"
        case 404 | 405:
            return "check transcription-base-url and the model's name"
        case 413:
            return "it takes no ten minutes of speech at once (19 MB of WAV); raise its limit"
        case _:
            return "it does not understand verbose_json with word times; choose another service"
