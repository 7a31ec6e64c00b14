"""The four formats in which the legacy API hands out a transcript, and the stored WebVTT."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.legacy.segments import (
    LegacySegment,
    is_single_track,
    segments_of,
    spoken_words,
    words_of_topic,
)
from workflow_templates.runtime.wording import clock, stopwatch

__all__ = [
    "SegmentRow",
    "TextFormat",
    "names_of",
    "to_rows",
    "to_stored_webvtt",
    "to_text",
    "to_text_timestamped",
    "to_webvtt_named",
    "transcript_segments",
]


class TextFormat(StrEnum):
    """Names as in the legacy API's `transcript_format`."""

    TEXT = "text"
    """`Name: text`, one line a segment."""
    TEXT_TIMESTAMPED = "text-timestamped"
    """`[MM:SS] Name: text`; minutes are not wrapped to hours."""
    WEBVTT_NAMED = "webvtt-named"
    """WebVTT with `<v Name>`."""
    JSON = "json"
    """A list of {speaker, speaker_name, text, start, end}."""


class SegmentRow(BaseModel):
    """One segment of the format `json`."""

    model_config = ConfigDict(frozen=True)

    speaker: int
    speaker_name: str
    text: str
    start: Seconds
    end: Seconds


def names_of(transcript: PublishedTranscript) -> dict[int, str]:
    """Name by speaker."""
    return {person.speaker: person.name for person in transcript.participants}


def transcript_segments(transcript: PublishedTranscript) -> tuple[LegacySegment, ...]:
    """The whole meeting, cut as the legacy pipeline does: every topic by itself, in their order."""
    names, single_track = names_of(transcript), is_single_track(transcript)
    if not transcript.topics:
        return segments_of(spoken_words(transcript), names, single_track=single_track)
    return tuple(
        segment
        for topic in transcript.topics
        for segment in segments_of(
            words_of_topic(topic, transcript.segments, transcript.words),
            names,
            single_track=single_track,
        )
    )


def to_text(segments: Sequence[LegacySegment]) -> str:
    """`Name: text`, one line a segment; empty without words."""
    return "\n".join(f"{segment.speaker_name}: {segment.text}" for segment in segments)


def to_text_timestamped(segments: Sequence[LegacySegment]) -> str:
    """`[MM:SS] Name: text`, one line a segment; empty without words."""
    return "\n".join(
        f"[{stopwatch(segment.start)}] {segment.speaker_name}: {segment.text}"
        for segment in segments
    )


def to_webvtt_named(segments: Sequence[LegacySegment]) -> str:
    """WebVTT that names its voices: `<v Alice>`."""
    return _webvtt(segments, [segment.speaker_name for segment in segments])


def to_stored_webvtt(segments: Sequence[LegacySegment]) -> str:
    """WebVTT that numbers its voices: `<v Speaker0>`; what the legacy row and webhook carry."""
    return _webvtt(segments, [f"Speaker{segment.speaker}" for segment in segments])


def to_rows(segments: Sequence[LegacySegment]) -> list[SegmentRow]:
    """The format `json`."""
    return [
        SegmentRow(
            speaker=segment.speaker,
            speaker_name=segment.speaker_name,
            text=segment.text,
            start=segment.start,
            end=segment.end,
        )
        for segment in segments
    ]


def _webvtt(segments: Sequence[LegacySegment], voices: Sequence[str]) -> str:
    cues = [
        f"{clock(segment.start, '.')} --> {clock(segment.end, '.')}\n"
        f"<v {_escape(voice)}>{_escape(segment.text)}\n"
        for segment, voice in zip(segments, voices, strict=True)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _escape(text: str) -> str:
    """What means something in WebVTT, as character references; so "-->" cannot appear either."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
