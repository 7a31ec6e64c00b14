"""Our own results as sides: a published transcript, and what lies around it."""

from collections.abc import Iterable
from pathlib import Path

from workflow_templates.comparison.side import Side, SideSegment, SideTopic, SideWord
from workflow_templates.contracts.comparison import SideOrigin, StepFigures
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.track import Track
from workflow_templates.legacy.formats import (
    TextFormat,
    to_text,
    to_text_timestamped,
    to_webvtt_named,
    transcript_segments,
)

__all__ = ["read_tracks", "side_of"]


def side_of(
    meeting: PublishedTranscript,
    source: str,
    *,
    tracks: Iterable[Track] = (),
    steps: tuple[StepFigures, ...] = (),
) -> Side:
    """A published meeting as a side; its segments are cut by the legacy's rule.

    Args:
        meeting: As finalize wrote it.
        source: For people: where it was read.
        tracks: pad-track's findings, for recorded gaps.
        steps: How long each step took.
    """
    segments = transcript_segments(meeting)
    speaker_of_track = {track.index: track.speaker for track in meeting.tracks}
    gaps: dict[int, tuple[tuple[float, float], ...]] = {}
    for track in tracks:
        if (speaker := speaker_of_track.get(track.index)) is not None:
            own = tuple((gap.start, gap.end) for gap in track.gaps)
            gaps[speaker] = (*gaps.get(speaker, ()), *own)
    return Side(
        origin=SideOrigin.MULTITRACK,
        source=source,
        id=meeting.recording.id,
        recording_id=meeting.recording.id,
        started_at=meeting.recording.started_at,
        language=meeting.language,
        duration=meeting.recording.duration,
        names={person.speaker: person.name for person in meeting.participants},
        words=tuple(
            SideWord(word.text.strip(), word.start, word.end, word.speaker)
            for word in meeting.words
            if word.echo_of is None and word.text.strip()
        ),
        segments=tuple(
            SideSegment(segment.speaker, segment.start, segment.end, segment.text)
            for segment in segments
        ),
        topics=tuple(
            SideTopic(topic.title, topic.start, topic.start + topic.duration)
            for topic in meeting.topics
        ),
        title=meeting.title.text,
        short_summary=meeting.summary.short,
        long_summary=meeting.summary.long,
        gaps=gaps,
        formats={
            TextFormat.TEXT.value: to_text(segments),
            TextFormat.TEXT_TIMESTAMPED.value: to_text_timestamped(segments),
            TextFormat.WEBVTT_NAMED.value: to_webvtt_named(segments),
        },
        steps=steps,
    )


def read_tracks(folder: Path) -> tuple[Track, ...]:
    """pad-track's findings, `<i>.json` in a folder; () where there is none.

    Raises:
        BadInputError: A file there is not of that kind.
    """
    return tuple(Track.read(file) for file in sorted(folder.glob("*.json")))
