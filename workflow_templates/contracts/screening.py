"""screening.json: on which tracks more than one voice is heard."""

from typing import Annotated

from pydantic import Field

from workflow_templates.contracts.base import Contract, Document
from workflow_templates.contracts.turns import Voice

__all__ = ["ScreenedTrack", "Screening"]


class ScreenedTrack(Contract):
    """What a sample of one track's sound holds."""

    index: Annotated[int, Field(ge=0)]
    voices: tuple[Voice, ...]
    """Ordered by how long they are heard in the sample. None: too little speech to tell."""


class Screening(Document):
    """screening.json, made by screen-tracks."""

    embedding_model: str = ""
    """As `TrackTurns.embedding_model`."""
    tracks: tuple[ScreenedTrack, ...] = ()
    """Ordered by index; only tracks that nobody had said anything about."""
    failed: str | None = None
    """Why no track was listened to."""

    @property
    def several(self) -> set[int]:
        """Indices of the tracks on which more than one voice is heard."""
        return {track.index for track in self.tracks if len(track.voices) > 1}
