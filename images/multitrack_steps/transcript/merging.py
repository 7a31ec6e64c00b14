"""Brings the words of all tracks into one order, each with its speaker."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.recording import Participants
from workflow_templates.contracts.transcript import Speaker, Word
from workflow_templates.contracts.words import TrackWords

__all__ = ["SpokenWord", "language_of_most_speech", "merge_words", "speakers_of"]


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word with its speaker, before echoes are known."""

    text: str
    start: Seconds
    end: Seconds
    speaker: int
    track: int
    probability: float
    level: float
    """RMS level, dBFS."""


def merge_words(
    tracks: Iterable[TrackWords], speaker_by_track: Mapping[int, int], duration: Seconds
) -> list[SpokenWord]:
    """All words of all tracks by start; equal starts by track, then as the track has them.

    Args:
        tracks: Any order.
        speaker_by_track: Has every track.
        duration: Of the recording. Word times are kept within 0..duration: a model may put the
            last word a few hundredths of a second past the end of its audio.
    """
    words = [
        SpokenWord(
            text=word.text,
            start=(start := min(max(word.start, 0.0), duration)),
            end=min(max(word.end, start), duration),
            speaker=speaker_by_track[track.index],
            track=track.index,
            probability=word.probability,
            level=word.level,
        )
        for track in tracks
        for word in track.words
    ]
    words.sort(key=lambda word: (word.start, word.track))
    return words


def language_of_most_speech(tracks: Iterable[TrackWords]) -> str | None:
    """The language with most seconds of speech; of equals the first by code; or None."""
    speech: defaultdict[str, Seconds] = defaultdict(float)
    for track in tracks:
        if track.language is not None and track.speech > 0:
            speech[track.language.code] += track.speech
    return min(speech, key=lambda code: (-speech[code], code), default=None)


def speakers_of(participants: Participants, words: Sequence[Word]) -> tuple[Speaker, ...]:
    """Every participant as a speaker, by index; who said nothing is there too."""
    speaking: defaultdict[int, Seconds] = defaultdict(float)
    for word in words:
        if word.echo_of is None:
            speaking[word.speaker] += word.end - word.start
    tracks = defaultdict(list)
    for row in participants.tracks:
        tracks[row.speaker].append(row.track)
    return tuple(
        Speaker(
            index=participant.speaker,
            name=participant.name,
            participant_id=participant.id,
            tracks=tuple(tracks[participant.speaker]),
            speaking=round(speaking[participant.speaker], 3),
        )
        for participant in sorted(participants.participants, key=lambda person: person.speaker)
    )
