"""waveform.json, manifest.json and step.json: what was published, and how a step went."""

from typing import Annotated

from pydantic import Field

from workflow_templates.contracts.base import Contract, Document, Ratio, Seconds
from workflow_templates.runtime.errors import FailureReason

__all__ = ["Manifest", "PublishedFile", "StepReport", "Tokens", "Waveform"]


class Waveform(Document):
    """waveform.json, made by generate-waveform."""

    duration: Seconds
    peaks: Annotated[tuple[Ratio, ...], Field(min_length=255, max_length=255)]
    """Largest absolute sample of each of 255 equal stretches, over the largest of all."""


class PublishedFile(Contract):
    """One file under `published/`."""

    name: str
    media_type: str
    size: int
    """Bytes."""
    sha256: str


class Manifest(Document):
    """manifest.json, made by finalize: what a finished meeting consists of."""

    recording_id: str
    title: str
    duration: Seconds
    language: str | None
    speakers: int
    words: int
    topics: int
    started_at: str | None
    files: tuple[PublishedFile, ...]
    warnings: tuple[str, ...] = ()
    """What a reader should know: failed tracks, assumed offsets, damaged stretches."""


class Tokens(Contract):
    """What language models were asked and answered, in tokens."""

    prompt: int = 0
    completion: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            prompt=self.prompt + other.prompt, completion=self.completion + other.completion
        )


class StepReport(Contract):
    """step.json: what a step tells whoever started it. At most 2 KB."""

    warnings: tuple[str, ...] = ()
    tokens: Tokens | None = None
    audio_seconds: Seconds | None = None
    """Audio decoded or transcribed."""
    tracks: int | None = None
    duration: float | None = None
    """Wall-clock seconds of the step itself."""
    began: float | None = None
    """When the step's program began: Unix time in seconds, by its machine's clock."""
    reused: bool = False
    """An earlier output of the same inputs was copied."""
    unread_inputs: tuple[str, ...] = ()
    """Names of declared inputs that did not influence the outputs."""
    is_gap: bool = False
    """The track was unusable and is marked as a gap."""
    failure_reason: FailureReason | None = None
    """Why the step failed; None: it did not."""
