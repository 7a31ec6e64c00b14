"""Who transcribes a track: faster-whisper on this machine, or a service."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from multitrack_steps.speech.settings import Backend, TranscriptionSettings
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.track import Track
from workflow_templates.contracts.words import DetectedLanguage, TrackWord

__all__ = ["SpeechBackend", "TranscribedTrack", "choose_backend"]


@dataclass(frozen=True, slots=True)
class TranscribedTrack:
    """What a backend makes of a track."""

    words: tuple[TrackWord, ...]
    speech: Seconds
    """Audio that reached the model."""
    language: DetectedLanguage | None
    """None for a track without speech."""
    warnings: tuple[str, ...] = ()


class SpeechBackend(Protocol):
    """Transcribes one track.

    Made before anything is decoded or loaded, and refuses then what cannot work.
    """

    @property
    def model(self) -> str:
        """The model's name, for people."""

    @property
    def identity(self) -> str:
        """Stands for the model in a fingerprint."""

    def transcribe(
        self,
        audio: Path,
        track: Track,
        probes: Sequence[Path],
        report: Callable[[Seconds], None],
    ) -> TranscribedTrack:
        """Transcribe.

        Args:
            audio: audio/<i>.flac.
            track: Its timing.
            probes: Some speech of the other tracks, read only where this one has too little to
                tell its language.
            report: Told how far on the recording's clock the words have come.

        Raises:
            TrackUnreadableError: `audio` cannot be decoded.
            MultitrackError: Model or service failed; each says how.
        """


def choose_backend(settings: TranscriptionSettings) -> SpeechBackend:
    """The backend that the settings ask for; each is imported only when it is used.

    Raises:
        BadInputError: Model, language or device cannot be had.
    """
    match settings.backend:
        case Backend.FASTER_WHISPER:
            from multitrack_steps.speech.whisper_backend import WhisperBackend  # noqa: PLC0415

            return WhisperBackend(settings)
        case Backend.OPENAI:
            from multitrack_steps.speech.endpoint_backend import EndpointBackend  # noqa: PLC0415

            return EndpointBackend(settings)
