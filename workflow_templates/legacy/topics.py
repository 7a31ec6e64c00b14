"""A topic with its own words, as the legacy API, its events and its webhook show it."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.minutes import Topic
from workflow_templates.contracts.transcript import Segment, Word
from workflow_templates.legacy.formats import to_stored_webvtt
from workflow_templates.legacy.segments import segments_of, text_of, words_of_topic

__all__ = ["LegacyTopic", "LegacyWord", "legacy_topics", "topic_webvtt"]


class LegacyWord(BaseModel):
    """A word as the legacy API spells it; `text` has its own leading blank."""

    model_config = ConfigDict(frozen=True)

    text: str
    start: Seconds
    end: Seconds
    speaker: int


class LegacyTopic(BaseModel):
    """A stretch of the meeting; times in seconds."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    summary: str
    timestamp: Seconds
    duration: Seconds
    transcript: str
    """What is said in it, on one line."""
    words: tuple[LegacyWord, ...]
    """By start."""


def legacy_topics(
    topics: Sequence[Topic], segments: Sequence[Segment], words: Sequence[Word]
) -> Iterator[LegacyTopic]:
    """All topics in their order, one by one; every word of a segment is in exactly one.

    Args:
        topics: `first_segment` and `last_segment` are places in `segments`.
        segments: Of the whole meeting.
        words: `segments[].words` are places in it.
    """
    for topic in topics:
        own = list(words_of_topic(topic, segments, words))
        yield LegacyTopic(
            id=topic.id,
            title=topic.title,
            summary=topic.summary,
            timestamp=topic.start,
            duration=topic.duration,
            transcript=text_of(own),
            words=tuple(
                LegacyWord(text=word.text, start=word.start, end=word.end, speaker=word.speaker)
                for word in own
            ),
        )


def topic_webvtt(
    topic: Topic,
    segments: Sequence[Segment],
    words: Sequence[Word],
    name_by_speaker: dict[int, str],
    *,
    single_track: bool = False,
) -> str:
    """The topic's part of the stored WebVTT, `<v SpeakerN>`, on the recording's clock."""
    own = words_of_topic(topic, segments, words)
    return to_stored_webvtt(segments_of(own, name_by_speaker, single_track=single_track))
