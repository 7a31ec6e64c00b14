"""The speech backend `openai`: a transcription service behind an OpenAI-compatible endpoint."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from multitrack_steps.speech.backend import TranscribedTrack
from multitrack_steps.speech.endpoint import DEFAULT_MODEL, EndpointTranscriber
from multitrack_steps.speech.models import AUTO
from multitrack_steps.speech.settings import TranscriptionSettings
from multitrack_steps.speech.transcription import speech_of, transcribe_chunks
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.track import Track

__all__ = ["API_KEY", "EndpointBackend"]

API_KEY = "MULTITRACK_TRANSCRIPTION_API_KEY"
"""Environment variable with the service's key; may be absent."""


class EndpointBackend:
    """Sends speech, and nothing but speech, to a service, which detects the language itself."""

    def __init__(self, settings: TranscriptionSettings) -> None:
        self.model = DEFAULT_MODEL if settings.model == AUTO else settings.model
        self.identity = self.model
        self._transcriber = EndpointTranscriber(
            settings.base_url,
            os.environ.get(API_KEY, ""),
            self.model,
            settings.language,
            settings.vocabulary,
        )

    def transcribe(
        self,
        audio: Path,
        track: Track,
        probes: Sequence[Path],  # noqa: ARG002 - a service gives no probabilities to pool
        report: Callable[[Seconds], None],
    ) -> TranscribedTrack:
        """As `SpeechBackend.transcribe`."""
        spoken = transcribe_chunks(
            speech_of(audio, track, EndpointTranscriber.longest),
            self._transcriber,
            batch_size=1,
            workers=1,
            report=report,
        )
        return TranscribedTrack(spoken.words, spoken.speech, self._transcriber.language)
