"""Puts the documents of a meeting together as published/transcript.json."""

from multitrack_steps.publication.minutes import Minutes
from workflow_templates.contracts.minutes import ActionItems, Backend, Summary, Title, Topics
from workflow_templates.contracts.published import (
    PublishedActionItems,
    PublishedParticipant,
    PublishedRecording,
    PublishedSegment,
    PublishedSummary,
    PublishedTitle,
    PublishedTranscript,
)
from workflow_templates.contracts.recording import Participant
from workflow_templates.contracts.transcript import Speaker

__all__ = ["assemble"]

_NOBODY = Backend(name="none")
"""Wrote what was left out."""


def assemble(minutes: Minutes) -> PublishedTranscript:
    """One self-contained document; `minutes` has been checked."""
    transcript = minutes.transcript
    names = transcript.names()
    topics = minutes.topics or Topics(recording_id=minutes.recording.id, backend=_NOBODY, topics=())
    title = minutes.title or Title(
        title=minutes.recording.name.strip() or "Untitled Meeting", given=False, backend=_NOBODY
    )
    summary = minutes.summary or Summary(backend=_NOBODY, short="", long="", subjects=())
    action_items = minutes.action_items or ActionItems(backend=_NOBODY, decisions=(), next_steps=())
    return PublishedTranscript(
        recording=PublishedRecording(
            id=minutes.recording.id,
            kind=minutes.recording.kind,
            name=minutes.recording.name,
            started_at=minutes.recording.started_at,
            duration=transcript.duration,
        ),
        title=PublishedTitle(text=title.title, given=title.given, backend=title.backend),
        language=transcript.language,
        participants=_participants(minutes),
        tracks=transcript.tracks,
        topics=topics.topics,
        topics_backend=topics.backend,
        summary=PublishedSummary(
            backend=summary.backend,
            short=summary.short,
            long=summary.long,
            subjects=summary.subjects,
        ),
        action_items=PublishedActionItems(
            backend=action_items.backend,
            decisions=action_items.decisions,
            next_steps=action_items.next_steps,
        ),
        left_out=minutes.left_out,
        segments=tuple(
            PublishedSegment(
                id=segment.id,
                speaker=segment.speaker,
                speaker_name=names[segment.speaker],
                start=segment.start,
                end=segment.end,
                text=segment.text,
                words=segment.words,
            )
            for segment in transcript.segments
        ),
        words=transcript.words,
    )


def _participants(minutes: Minutes) -> tuple[PublishedParticipant, ...]:
    people = {participant.id: participant for participant in minutes.participants.participants}
    return tuple(
        _participant(speaker, people[str(speaker.participant_id)])
        for speaker in minutes.transcript.speakers
    )


def _participant(speaker: Speaker, person: Participant) -> PublishedParticipant:
    """Whoever is known by voice alone has an id of their own, made of the track's owner's."""
    return PublishedParticipant(
        id=f"{person.id}/{speaker.index}" if speaker.voice else person.id,
        name=speaker.name,
        name_known=speaker.named if speaker.voice else person.name_known,
        user_id=None if speaker.voice else person.user_id,
        speaker=speaker.index,
        tracks=speaker.tracks,
        speaking=speaker.speaking,
        likely_participant_id=speaker.likely_participant_id,
    )
