"""The legacy pipeline's ways to cut a meeting, topic by topic.

Of several tracks: each speaker alone, then by start. Of one track on which several speak: in the
order of its words, where the speaker changes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.minutes import Topic
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.transcript import Segment, Word
from workflow_templates.runtime.wording import one_line

__all__ = [
    "LegacySegment",
    "is_single_track",
    "segments_of",
    "spoken_words",
    "text_of",
    "words_of_topic",
]

_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！")  # noqa: RUF001 - other scripts' marks
LONGEST_TEXT = 1000
"""Characters; speech without sentence ends is cut at the word that reaches it."""

LONG_TURN = 120
"""Characters of a turn on a single track beyond which it is cut at the next sentence end."""


@dataclass(frozen=True, slots=True)
class LegacySegment:
    """About a sentence of one speaker. Others may talk in between."""

    speaker: int
    speaker_name: str
    start: Seconds
    end: Seconds
    text: str
    """On one line, not empty."""


def spoken_words(transcript: PublishedTranscript) -> tuple[Word, ...]:
    """All words that are no echoes, by start: the legacy pipeline does not know echoes."""
    return tuple(word for word in transcript.words if word.echo_of is None)


def words_of_topic(
    topic: Topic, segments: Sequence[Segment], words: Sequence[Word]
) -> Iterator[Word]:
    """A topic's words by start. Echoes are in no segment, so they are in no topic.

    Args:
        topic: `first_segment` and `last_segment` are places in `segments`.
        segments: Of the whole meeting.
        words: `segments[].words` are places in it.
    """
    indices = sorted(
        index
        for segment in segments[topic.first_segment : topic.last_segment + 1]
        for index in segment.words
    )
    return (words[index] for index in indices)


def is_single_track(transcript: PublishedTranscript) -> bool:
    """Whether several people speak on the meeting's only track."""
    return len(transcript.tracks) == 1 and len(transcript.participants) > 1


def segments_of(
    words: Iterable[Word], name_by_speaker: dict[int, str], *, single_track: bool = False
) -> tuple[LegacySegment, ...]:
    """Cut words as the legacy pipeline does; sort by start.

    Args:
        words: In the order of their start; without echoes.
        name_by_speaker: Of everybody who speaks.
        single_track: Cut where the speaker changes, or at a sentence end past `LONG_TURN`. Else
            every speaker's words by themselves, at sentence ends or at `LONGEST_TEXT`.
    """
    parts = _turns(tuple(words)) if single_track else _sentences_by_speaker(words)
    segments = [
        LegacySegment(
            speaker=part[0].speaker,
            speaker_name=one_line(name_by_speaker[part[0].speaker]),
            start=part[0].start,
            end=max(word.end for word in part),
            text=text,
        )
        for part in parts
        if (text := text_of(part))
    ]
    return tuple(sorted(segments, key=lambda segment: segment.start))


def text_of(words: Sequence[Word]) -> str:
    """The words joined by the blanks that they bring along, on one line."""
    return one_line("".join(word.text for word in words))


def _sentences_by_speaker(words: Iterable[Word]) -> Iterator[Sequence[Word]]:
    by_speaker: dict[int, list[Word]] = {}
    for word in words:
        by_speaker.setdefault(word.speaker, []).append(word)
    for _, own in sorted(by_speaker.items()):
        yield from _sentences(own)


def _turns(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    first = length = 0
    for place, word in enumerate(words):
        if place > first and word.speaker != words[first].speaker:
            yield words[first:place]
            first, length = place, 0
        length += len(word.text)
        if length > LONG_TURN and _ends_sentence(word):
            yield words[first : place + 1]
            first, length = place + 1, 0
    if first < len(words):
        yield words[first:]


def _ends_sentence(word: Word) -> bool:
    return word.text.rstrip().endswith(_SENTENCE_ENDS)


def _sentences(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    first = length = 0
    for place, word in enumerate(words, start=1):
        length += len(word.text)
        if _ends_sentence(word) or length >= LONGEST_TEXT:
            yield words[first:place]
            first, length = place, 0
    if first < len(words):
        yield words[first:]
