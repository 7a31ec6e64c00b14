"""transcript.json: who said what and when."""

from typing import Annotated

from pydantic import Field

from workflow_templates.contracts.base import Contract, Document, Ratio, Seconds

__all__ = ["Segment", "Speaker", "TrackSummary", "Transcript", "Word"]


class Speaker(Contract):
    """One label of the transcript."""

    index: Annotated[int, Field(ge=0)]
    name: str
    participant_id: str | None
    tracks: tuple[int, ...]
    speaking: Seconds
    """Sum of the speaker's words' lengths, without echoes."""
    voice: bool = False
    """One of several voices on a shared track: `participant_id` says whose track it is, and the
    name is made of that and a number."""
    named: bool = False
    """A person gave this voice its name."""
    likely_participant_id: str | None = None
    """Whose voice this perhaps is; not certain enough for the words to carry that name."""


class Word(Contract):
    """One token of speech, attributed."""

    text: str
    """With its own leading blank, where the language has one."""
    start: Seconds
    end: Seconds
    speaker: Annotated[int, Field(ge=0)]
    track: Annotated[int, Field(ge=0)]
    probability: Ratio
    echo_of: int | None = None
    """Index in `words` of the louder word that this one repeats: the same voice, heard through
    another microphone."""


class Segment(Contract):
    """Consecutive words of one speaker, about a sentence. Echoes are in no segment."""

    id: str
    """Derived from the recording's id and the first word's index."""
    speaker: Annotated[int, Field(ge=0)]
    start: Seconds
    end: Seconds
    text: str
    words: tuple[int, ...]
    """Indices in `Transcript.words`, ascending."""


class TrackSummary(Contract):
    """What a reader of the transcript should know of one track."""

    index: int
    file: str
    speaker: int
    language: str | None
    offset: Seconds
    failed: str | None = None
    undivided: str | None = None
    """Why the voices on this track were not told apart, though they were to be."""


class Transcript(Document):
    """transcript.json, made by merge-transcripts. No words is a result, not an error."""

    recording_id: str
    duration: Seconds
    """Of the recording; where the source does not say, the end of its longest track."""
    language: str | None
    """The language of most of the speech; None without speech."""
    speakers: tuple[Speaker, ...]
    """Ordered by index."""
    words: tuple[Word, ...]
    """Stable order by start."""
    segments: tuple[Segment, ...]
    """Ordered by start."""
    tracks: tuple[TrackSummary, ...]
    unscreened: str | None = None
    """Why nobody listened whether several people speak on one track."""

    def names(self) -> dict[int, str]:
        """Speaker name by speaker index."""
        return {speaker.index: speaker.name for speaker in self.speakers}
