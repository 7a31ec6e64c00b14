"""One result in the shape in which results are compared, wherever it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.comparison import ComparedSide, SideOrigin, StepFigures

__all__ = ["Side", "SideSegment", "SideTopic", "SideWord", "nothing"]


@dataclass(frozen=True, slots=True)
class SideWord:
    """One word as written, without its blank."""

    text: str
    start: Seconds
    end: Seconds
    speaker: int


@dataclass(frozen=True, slots=True)
class SideSegment:
    """About a sentence."""

    speaker: int
    start: Seconds
    end: Seconds
    text: str


@dataclass(frozen=True, slots=True)
class SideTopic:
    """A stretch of the meeting about one thing."""

    title: str
    start: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True)
class Side:
    """A meeting as one pipeline sees it. What is None or empty is not known."""

    origin: SideOrigin
    source: str
    id: str | None = None
    recording_id: str | None = None
    started_at: str | None = None
    language: str | None = None
    duration: Seconds | None = None
    names: Mapping[int, str] = field(default_factory=dict)
    """Name by speaker; `Speaker N` where nobody told one."""
    words: tuple[SideWord, ...] = ()
    """By start, without echoes."""
    words_timed: bool = True
    segments: tuple[SideSegment, ...] | None = None
    topics: tuple[SideTopic, ...] | None = None
    title: str | None = None
    short_summary: str | None = None
    long_summary: str | None = None
    gaps: Mapping[int, tuple[tuple[Seconds, Seconds], ...]] = field(default_factory=dict)
    """Recorded gaps by speaker, where pad-track's findings are at hand."""
    formats: Mapping[str, str] = field(default_factory=dict)
    """Text by the legacy format's name."""
    events: Mapping[str, int] | None = None
    steps: tuple[StepFigures, ...] = ()
    missing: tuple[str, ...] = ()
    """Why something is not there, a sentence each."""

    def name_of(self, speaker: int) -> str:
        """The speaker's name; `Speaker N` for one whom nobody names."""
        return self.names.get(speaker, f"Speaker {speaker}")

    def speakers(self) -> tuple[int, ...]:
        """Everybody who is named or speaks, in order."""
        return tuple(sorted({*self.names, *(word.speaker for word in self.words)}))

    def described(self) -> ComparedSide:
        """In numbers, for comparison.json."""
        return ComparedSide(
            origin=self.origin,
            source=self.source,
            id=self.id,
            language=self.language,
            words=len(self.words),
            words_timed=self.words_timed,
            speakers=tuple(self.name_of(speaker) for speaker in self.speakers()),
            events=dict(self.events) if self.events is not None else None,
            steps=self.steps,
        )


def nothing(source: str, why: str) -> Side:
    """A side that there is not: the comparison will be incomplete and say `why`."""
    return Side(SideOrigin.NOTHING, source, words_timed=False, missing=(why,))
