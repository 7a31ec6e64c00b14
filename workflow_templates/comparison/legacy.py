"""A legacy transcript as a side, read from the shapes of its REST API; ours has the same.

Read with tolerance: what is absent or of another form is not known, and never an error by itself.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from workflow_templates.comparison.side import Side, SideSegment, SideTopic, SideWord
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.comparison import SideOrigin
from workflow_templates.runtime.errors import BadInputError

__all__ = ["LegacyAnswer", "LegacyTopic", "legacy_side", "read_answer", "read_topics"]

_MILLISECONDS = 1000
_Time = Annotated[Seconds, Field(allow_inf_nan=False)]


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Word(_Lenient):
    text: str
    start: _Time
    end: _Time
    speaker: int = 0


class _Segment(_Lenient):
    text: str
    start: _Time
    end: _Time | None = None
    speaker: int = 0
    speaker_name: str | None = None


class LegacyTopic(_Lenient):
    """One of GET …/topics, with words where the version shows them."""

    title: str = ""
    timestamp: _Time = 0.0
    duration: float | None = None
    words: tuple[_Word, ...] = ()
    segments: tuple[_Segment, ...] = ()


class _Participant(_Lenient):
    speaker: int | None = None
    name: str = ""


def _rows(value: object) -> object:
    """Some versions answer null for an empty list."""
    return () if value is None else value


class LegacyAnswer(_Lenient):
    """GET /v1/transcripts/{id}; the row's own fields, whichever version shows them."""

    id: str
    status: str | None = None
    duration: float | None = None
    """Milliseconds."""
    title: str | None = None
    short_summary: str | None = None
    long_summary: str | None = None
    source_language: str | None = None
    recording_id: str | None = None
    created_at: str | None = None
    participants: Annotated[tuple[_Participant, ...], BeforeValidator(_rows)] = ()
    topics: tuple[LegacyTopic, ...] | None = None
    events: tuple[dict[str, Any], ...] | None = None
    transcript_format: str | None = None
    transcript: str | tuple[_Segment, ...] | None = None


def read_answer(content: object, source: str) -> LegacyAnswer:
    """The answer, checked.

    Raises:
        BadInputError: Not a transcript of the legacy API, or one of a version that is not known.
    """
    try:
        return LegacyAnswer.model_validate(content)
    except ValidationError as error:
        raise _unknown_version(error, source) from error


def read_topics(content: object, source: str) -> tuple[LegacyTopic, ...]:
    """GET …/topics, with or without words.

    Raises:
        BadInputError: As for `read_answer`.
    """
    try:
        return tuple(LegacyTopic.model_validate(each) for each in _list(content))
    except (ValidationError, TypeError) as error:
        raise _unknown_version(error, source) from error


def legacy_side(
    answer: LegacyAnswer,
    source: str,
    *,
    topics: Sequence[LegacyTopic] | None = None,
    formats: Mapping[str, str] | None = None,
) -> Side:
    """What a legacy transcript says.

    Args:
        answer: The transcript; in the format `json` where that could be had.
        source: For people.
        topics: Where they were asked for apart.
        formats: Text by the format's name, where they were asked for.

    Raises:
        BadInputError: It holds no words in a form that is known.
    """
    parts = tuple(topics) if topics is not None else answer.topics
    segments = answer.transcript if isinstance(answer.transcript, tuple) else None
    words = tuple(_words(parts or ()))
    timed = bool(words)
    if segments is None and parts:
        segments = tuple(segment for topic in parts for segment in topic.segments) or None
    if segments is None and not words and parts != ():
        raise BadInputError(
            f"{source}: the legacy transcript has neither segments nor topics with words; "
            "fetch it with ?transcript_format=json"
        )
    if not words:
        words = tuple(word for segment in _closed(segments or ()) for word in _placed(segment))
    return Side(
        origin=SideOrigin.LEGACY,
        source=source,
        id=answer.id,
        recording_id=answer.recording_id,
        language=answer.source_language,
        duration=answer.duration / _MILLISECONDS if answer.duration else None,
        names=_names(answer, segments or ()),
        words=tuple(sorted(words, key=lambda word: word.start)),
        words_timed=timed,
        segments=tuple(_closed(segments)) if segments is not None else None,
        topics=_timed_topics(parts) if parts is not None else None,
        title=answer.title,
        short_summary=answer.short_summary,
        long_summary=answer.long_summary,
        formats=formats or _own_format(answer),
        events=_counted(answer.events),
    )


def _list(content: object) -> list[object]:
    if not isinstance(content, list):
        raise TypeError("not a list")
    return content


def _unknown_version(error: Exception, source: str) -> BadInputError:
    detail = str(error)
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        detail = f"{'.'.join(str(part) for part in first['loc']) or 'answer'}: {first['msg']}"
    return BadInputError(
        f"{source}: not a transcript as the legacy API gives it ({detail}); "
        "is this its address, and a version that Multitrack knows?"
    )


def _words(topics: Sequence[LegacyTopic]) -> Iterator[SideWord]:
    for topic in topics:
        for word in topic.words:
            if text := word.text.strip():
                yield SideWord(text, word.start, word.end, word.speaker)


def _closed(segments: Sequence[_Segment]) -> Iterator[SideSegment]:
    """Segments with an end: their own, else about as long as it takes to say the text."""
    for segment in segments:
        end = segment.end
        if end is None:
            end = segment.start + 0.06 * len(segment.text)
        yield SideSegment(segment.speaker, segment.start, end, segment.text)


def _placed(segment: SideSegment) -> Iterator[SideWord]:
    """A segment's words, each as long as its letters; good for finding them, not for timing."""
    texts = segment.text.split()
    letters = sum(len(text) + 1 for text in texts)
    place = 0
    for text in texts:
        start = segment.start + (segment.end - segment.start) * place / letters
        place += len(text) + 1
        end = segment.start + (segment.end - segment.start) * place / letters
        yield SideWord(text, start, end, segment.speaker)


def _names(answer: LegacyAnswer, segments: Sequence[_Segment]) -> dict[int, str]:
    said = {each.speaker: each.speaker_name for each in segments if each.speaker_name}
    listed = {
        each.speaker: each.name
        for each in answer.participants
        if each.speaker is not None and each.name
    }
    return {**said, **listed}


def _timed_topics(topics: Sequence[LegacyTopic]) -> tuple[SideTopic, ...]:
    """Topics in order; each lasts until the next: the legacy leaves their duration 0."""
    ordered = sorted(topics, key=lambda topic: topic.timestamp)
    ends = [topic.timestamp for topic in ordered[1:]]
    last = ordered[-1] if ordered else None
    if last is not None:
        spoken = [word.end for word in last.words]
        ends.append(max([last.timestamp + (last.duration or 0.0), *spoken]))
    return tuple(
        SideTopic(topic.title, topic.timestamp, end)
        for topic, end in zip(ordered, ends, strict=True)
    )


def _own_format(answer: LegacyAnswer) -> dict[str, str]:
    if answer.transcript_format and isinstance(answer.transcript, str):
        return {answer.transcript_format: answer.transcript}
    return {}


def _counted(events: Sequence[Mapping[str, Any]] | None) -> dict[str, int] | None:
    if events is None:
        return None
    return dict(sorted(Counter(str(each.get("event", "?")) for each in events).items()))
