"""Brings the words of all tracks into one order, each with its speaker."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from multitrack_steps.transcript.voices import SpeakerRow
from workflow_templates.contracts.base import Seconds
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
    voice_known: bool = False
    """The speaker was told by their voice, not by the track alone."""


def merge_words(
    tracks: Iterable[TrackWords],
    speaker_by_track: Mapping[int, int],
    duration: Seconds,
    speaker_by_word: Mapping[int, Sequence[int]] | None = None,
) -> list[SpokenWord]:
    """All words of all tracks by start; equal starts by track, then as the track has them.

    Args:
        tracks: Any order.
        speaker_by_track: Has every track.
        speaker_by_word: For tracks on which voices were told apart: each word's speaker.
        duration: Of the recording. Word times are kept within 0..duration: a model may put the
            last word a few hundredths of a second past the end of its audio.
    """
    told = speaker_by_word or {}
    words = [
        SpokenWord(
            text=word.text,
            start=(start := min(max(word.start, 0.0), duration)),
            end=min(max(word.end, start), duration),
            speaker=speaker,
            track=track.index,
            probability=word.probability,
            level=word.level,
            voice_known=track.index in told,
        )
        for track in tracks
        for word, speaker in zip(
            track.words,
            told.get(track.index) or [speaker_by_track[track.index]] * len(track.words),
            strict=True,
        )
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


def speakers_of(rows: Iterable[SpeakerRow], words: Sequence[Word]) -> tuple[Speaker, ...]:
    """Every row as a speaker; who said nothing is there too.

    Args:
        rows: Ordered by index.
        words: Attributed, echoes marked.
    """
    speaking: defaultdict[int, Seconds] = defaultdict(float)
    for word in words:
        if word.echo_of is None:
            speaking[word.speaker] += word.end - word.start
    return tuple(
        Speaker(
            index=row.index,
            name=row.name,
            participant_id=row.participant_id,
            tracks=row.tracks,
            speaking=round(speaking[row.index], 3),
            voice=row.voice,
            named=row.named,
            likely_participant_id=row.likely_participant_id,
        )
        for row in rows
    )
