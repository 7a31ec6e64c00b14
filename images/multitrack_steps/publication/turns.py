"""Groups segments into turns: what one person says until somebody else does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.minutes import Topic
from workflow_templates.contracts.published import PublishedSegment, PublishedTranscript
from workflow_templates.contracts.transcript import Word

__all__ = ["Chapter", "Turn", "chapters", "text_of"]

LONGEST_PAUSE: Seconds = 5.0
"""After a longer silence the same person's next words are a turn of their own."""
LONGEST_TURN = 700
"""Characters; a monologue is broken at the next segment, so that there are times to go by."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Consecutive segments of one speaker."""

    speaker: int
    speaker_name: str
    segments: tuple[PublishedSegment, ...]
    """At least one."""

    @property
    def start(self) -> Seconds:
        """Of the first segment."""
        return self.segments[0].start

    @property
    def end(self) -> Seconds:
        """Of the last words."""
        return max(segment.end for segment in self.segments)

    @property
    def words(self) -> tuple[int, ...]:
        """Indices in `PublishedTranscript.words`."""
        return tuple(index for segment in self.segments for index in segment.words)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A topic with its turns; without a topic where none was found."""

    topic: Topic | None
    turns: tuple[Turn, ...]


def chapters(transcript: PublishedTranscript) -> tuple[Chapter, ...]:
    """The whole transcript by topics and turns; none for a meeting without words."""
    if not transcript.topics:
        turns = tuple(_turns(transcript.segments))
        return (Chapter(None, turns),) if turns else ()
    return tuple(
        Chapter(
            topic,
            tuple(_turns(transcript.segments[topic.first_segment : topic.last_segment + 1])),
        )
        for topic in transcript.topics
    )


def text_of(turn: Turn, words: Sequence[Word]) -> str:
    """The turn's words, joined by the blanks that they bring along."""
    return "".join(words[index].text for index in turn.words).strip()


def _turns(segments: Sequence[PublishedSegment]) -> Iterator[Turn]:
    turn: list[PublishedSegment] = []
    for segment in segments:
        if turn and not _belongs(segment, turn):
            yield _turn(turn)
            turn = []
        turn.append(segment)
    if turn:
        yield _turn(turn)


def _belongs(segment: PublishedSegment, turn: Sequence[PublishedSegment]) -> bool:
    return (
        segment.speaker == turn[0].speaker
        and segment.start - turn[-1].end <= LONGEST_PAUSE
        and sum(len(earlier.text) for earlier in turn) < LONGEST_TURN
    )


def _turn(segments: Sequence[PublishedSegment]) -> Turn:
    return Turn(segments[0].speaker, segments[0].speaker_name, tuple(segments))
