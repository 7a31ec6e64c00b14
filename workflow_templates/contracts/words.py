"""words/<i>.json: what was said on one track."""

from typing import Annotated

from pydantic import Field

from workflow_templates.contracts.base import Contract, Document, Ratio, Seconds

__all__ = ["DetectedLanguage", "TrackWord", "TrackWords"]


class TrackWord(Contract):
    """One token of speech."""

    text: str
    """With its own leading blank, where the language has one: words join by concatenation."""
    start: Seconds
    end: Seconds
    probability: Ratio
    level: float
    """RMS level of the track over the word, dBFS, at least -120."""


class DetectedLanguage(Contract):
    """Which language a track was transcribed in, and how that is known."""

    code: str
    """ISO 639-1, as Whisper spells it."""
    probability: Ratio
    """1 where the language was given."""
    detected: bool
    pooled: bool = False
    """The track had too little speech to decide alone; the other tracks' speech was heard too."""


class TrackWords(Document):
    """words/<i>.json, made by transcribe-track."""

    index: Annotated[int, Field(ge=0)]
    model: str
    """Name of the model, or of its folder or package."""
    backend: str
    """`faster-whisper` or `openai`."""
    language: DetectedLanguage | None
    """None for a track without speech."""
    speech: Seconds
    """Seconds of audio that reached the model."""
    words: tuple[TrackWord, ...]
    """Ordered by start, on the recording's clock; none lies in a gap."""
    failed: str | None = None
    """Set under on-track-failure `gap`: why this track has no words."""
