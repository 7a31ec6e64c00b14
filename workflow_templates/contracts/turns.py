"""turns/<i>.json: whose voice is heard when on one track."""

from typing import Annotated

from pydantic import Field

from workflow_templates.contracts.base import Contract, Document, Ratio, Seconds

__all__ = ["TrackTurns", "Turn", "Voice"]

Label = Annotated[str, Field(pattern=r"^[1-9][0-9]*$")]
"""`1`, `2`, …: voices of one track, numbered in the order in which they are first heard."""


class Turn(Contract):
    """A stretch in which one voice speaks. Turns of two voices may overlap."""

    start: Seconds
    end: Seconds
    label: Label
    confidence: Ratio | None = None
    """How clearly the voice is this label's and no other's: 0 where it could as well be another's.
    None where it was too short to be compared, or where there is only one voice."""
    overlap: Ratio = 0.0
    """Share of the turn in which another voice speaks too."""


class Voice(Contract):
    """One label of the track."""

    label: Label
    speaking: Seconds
    """Sum of its turns' lengths."""
    embedding: tuple[float, ...]
    """What the voice sounds like, as a vector of length 1; comparable with those of the same
    `TrackTurns.embedding_model`. Empty where it was heard too shortly."""


class TrackTurns(Document):
    """turns/<i>.json, made by diarize-track."""

    index: Annotated[int, Field(ge=0)]
    model: str
    """Name of the diarization model, or of its folder or package."""
    embedding_model: str
    """Embeddings of equal `embedding_model` can be compared, across tracks and recordings."""
    turns: tuple[Turn, ...]
    """Ordered by start, on the recording's clock."""
    voices: tuple[Voice, ...]
    """Ordered by label. None: nobody speaks. One: nobody else does."""
    failed: str | None = None
    """Why voices were not told apart; the track's words are then its participant's."""
