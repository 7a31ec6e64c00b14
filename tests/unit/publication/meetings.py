"""Builders of published meetings; a test names only what it is about."""

from collections.abc import Sequence

from workflow_templates.contracts.minutes import Backend, Decision, NextStep, Subject, Topic
from workflow_templates.contracts.published import (
    PublishedActionItems,
    PublishedParticipant,
    PublishedRecording,
    PublishedSegment,
    PublishedSummary,
    PublishedTitle,
    PublishedTranscript,
)
from workflow_templates.contracts.recording import SourceKind
from workflow_templates.contracts.transcript import Word

BACKEND = Backend(name="extractive")


def a_line(
    text: str | Sequence[str], start: float, *, speaker: int = 0, seconds: float = 2.0
) -> list[Word]:
    """Words of a segment; a text is cut at its blanks."""
    texts = [f" {part}" for part in text.split(" ")] if isinstance(text, str) else list(text)
    length = seconds / max(1, len(texts))
    return [
        Word(
            text=part,
            start=start + place * length,
            end=start + (place + 1) * length,
            speaker=speaker,
            track=speaker,
            probability=0.9,
        )
        for place, part in enumerate(texts)
    ]


def a_meeting(
    *lines: list[Word],
    names: Sequence[str] = ("Alice", "Ben"),
    title: str = "Weekly",
    topics: Sequence[Topic] = (),
    short: str = "",
    subjects: Sequence[Subject] = (),
    decisions: Sequence[Decision] = (),
    next_steps: Sequence[NextStep] = (),
    started_at: str | None = None,
    echoes: Sequence[Word] = (),
) -> PublishedTranscript:
    """One segment a line, in the given order, which must be by start."""
    words = sorted(
        [*(word for line in lines for word in line), *echoes], key=lambda word: word.start
    )
    place = {id(word): index for index, word in enumerate(words)}
    segments = [
        PublishedSegment(
            id=f"s{number}",
            speaker=line[0].speaker,
            speaker_name=names[line[0].speaker],
            start=line[0].start,
            end=line[-1].end,
            text="".join(word.text for word in line).strip(),
            words=tuple(place[id(word)] for word in line),
        )
        for number, line in enumerate(lines)
    ]
    return PublishedTranscript(
        recording=PublishedRecording(
            id="r",
            kind=SourceKind.FOLDER,
            name="folder",
            started_at=started_at,
            duration=max((word.end for word in words), default=0.0),
        ),
        title=PublishedTitle(text=title, given=False, backend=BACKEND),
        language="en",
        participants=tuple(
            PublishedParticipant(
                id=f"p{index}",
                name=name,
                name_known=True,
                user_id=None,
                speaker=index,
                tracks=(index,),
                speaking=1.0,
            )
            for index, name in enumerate(names)
        ),
        tracks=(),
        topics=tuple(topics),
        topics_backend=BACKEND,
        summary=PublishedSummary(backend=BACKEND, short=short, long="", subjects=tuple(subjects)),
        action_items=PublishedActionItems(
            backend=BACKEND, decisions=tuple(decisions), next_steps=tuple(next_steps)
        ),
        segments=tuple(segments),
        words=tuple(words),
    )
