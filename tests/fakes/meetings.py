"""Builders of transcripts and topics: what a meeting would have left, made in memory."""

from collections.abc import Sequence
from itertools import pairwise

from workflow_templates.contracts.minutes import Backend, Topic, Topics
from workflow_templates.contracts.transcript import Segment, Speaker, Transcript, Word

__all__ = ["Line", "a_long_transcript", "a_transcript", "topics_of"]

_REMARK = (
    "Remark number {number} is about subject {subject}, and it goes on for as long as people "
    "usually speak without a pause, which is some thirty words in all."
)

Line = tuple[str, str, float, float]
"""Speaker, text, start, end."""


def a_transcript(lines: Sequence[Line], language: str | None = "en") -> Transcript:
    """One segment a line; its words share its time evenly."""
    names = sorted({name for name, *_ in lines})
    words: list[Word] = []
    segments: list[Segment] = []
    for number, (name, text, start, end) in enumerate(lines):
        speaker = names.index(name)
        spoken = _words(text, start, end, speaker)
        indices = tuple(range(len(words), len(words) + len(spoken)))
        words += spoken
        segments.append(
            Segment(
                id=f"s{number}", speaker=speaker, start=start, end=end, text=text, words=indices
            )
        )
    return Transcript(
        recording_id="recording",
        duration=max((end for *_, end in lines), default=0.0),
        language=language,
        speakers=tuple(
            Speaker(index=index, name=name, participant_id=None, tracks=(index,), speaking=1.0)
            for index, name in enumerate(names)
        ),
        words=tuple(words),
        segments=tuple(segments),
        tracks=(),
    )


def _words(text: str, start: float, end: float, speaker: int) -> list[Word]:
    parts = text.split()
    length = (end - start) / len(parts)
    return [
        Word(
            text=f" {part}",
            start=start + position * length,
            end=start + (position + 1) * length,
            speaker=speaker,
            track=speaker,
            probability=1.0,
        )
        for position, part in enumerate(parts)
    ]


def a_long_transcript(minutes: int) -> Transcript:
    """Five segments and some 130 words a minute: a usual rate of speech."""
    return a_transcript(
        [
            (
                ("Ann", "Bob")[number % 2],
                _REMARK.format(number=number, subject=number // 40),
                number * 12.0,
                number * 12.0 + 11.0,
            )
            for number in range(minutes * 5)
        ]
    )


def topics_of(transcript: Transcript, starts: Sequence[int]) -> Topics:
    bounds = [*starts, len(transcript.segments)]
    return Topics(
        recording_id="recording",
        backend=Backend(name="openai"),
        topics=tuple(
            Topic(
                id=f"t{first}",
                title=f"Subject {number}",
                summary=f"They spoke about subject {number}.",
                start=transcript.segments[first].start,
                duration=10.0,
                first_segment=first,
                last_segment=after - 1,
            )
            for number, (first, after) in enumerate(pairwise(bounds))
        ),
    )
