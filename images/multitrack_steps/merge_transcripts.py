"""merge-transcripts: all tracks' words in one order, with speakers, echoes and segments."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from multitrack_steps.context import StepContext
from multitrack_steps.transcript.attribution import attribute_words
from multitrack_steps.transcript.echo import find_echoes
from multitrack_steps.transcript.merging import language_of_most_speech, merge_words, speakers_of
from multitrack_steps.transcript.reading import (
    check_table,
    files_outside_table,
    read_per_track,
    read_screening,
    read_turns,
)
from multitrack_steps.transcript.segmentation import cut_segments
from multitrack_steps.transcript.voices import VoiceTable, assign_voices, name_voices
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.recording import Participants, Recording
from workflow_templates.contracts.results import StepReport
from workflow_templates.contracts.track import Track
from workflow_templates.contracts.transcript import TrackSummary, Transcript, Word
from workflow_templates.contracts.turns import TrackTurns
from workflow_templates.contracts.words import TrackWords
from workflow_templates.runtime.errors import SettingsError

__all__ = ["run"]

_NAMES = TypeAdapter(dict[str, Annotated[str, Field(min_length=1, max_length=200)]])


def run(context: StepContext) -> StepReport:
    """Write transcript.json. No words at all is a result.

    Raises:
        SettingsError: `voice-names` is malformed.
        BadInputError: A document is absent or invalid, or a track of the table has no words file.
    """
    recording = Recording.read(context.input("recording"))
    participants = Participants.read(context.input("participants"))
    check_table(recording, participants)
    tracks = read_per_track(context.input("tracks"), recording, Track, "pad-track")
    words = read_per_track(context.input("words"), recording, TrackWords, "transcribe-track")
    screening = read_screening(context.input("screening"), participants)
    turns = read_turns(context.input("turns"), recording, participants, screening)
    transcript = merge_transcripts(
        recording, participants, tracks, words, turns, _voice_names(context)
    )
    transcript = transcript.model_copy(update={"unscreened": screening.failed})
    transcript.write(context.output("transcript"))
    strangers = files_outside_table(context.input("words"), words)
    return StepReport(
        warnings=tuple(
            f"words/{name} belongs to no track of the recording and was left out"
            for name in strangers[:5]
        ),
        tracks=len(tracks),
    )


def _voice_names(context: StepContext) -> dict[str, str]:
    try:
        return _NAMES.validate_json(context.parameters["voice-names"])
    except ValidationError as error:
        raise SettingsError(
            "merge-transcripts: voice-names is not a JSON object of labels and names, "
            'such as {"Speaker 2": "Dana Lee"}'
        ) from error


def merge_transcripts(
    recording: Recording,
    participants: Participants,
    tracks: Mapping[int, Track],
    words: Mapping[int, TrackWords],
    turns: Mapping[int, TrackTurns],
    voice_names: Mapping[str, str] | None = None,
) -> Transcript:
    """Make the transcript of a recording.

    Args:
        recording: Which tracks there are.
        participants: Whose they are; checked against `recording`.
        tracks: By index; every track of the recording.
        words: By index; every track of the recording.
        turns: By index; the tracks on which voices were to be told apart, and those on which one
            voice is heard.
        voice_names: Names that a person gives to voices, by their labels.
    """
    duration = _duration(recording, tracks)
    labels = _labels_of_words(turns, words)
    table = assign_voices(participants, turns, _levels(labels, words))
    table = name_voices(table, voice_names or {})
    spoken = merge_words(
        words.values(),
        participants.speaker_of_track(),
        duration,
        _speakers_of_words(table, labels),
    )
    echoes = find_echoes(spoken)
    merged = tuple(
        Word(
            text=word.text,
            start=word.start,
            end=word.end,
            speaker=word.speaker,
            track=word.track,
            probability=word.probability,
            echo_of=echoes.get(index),
        )
        for index, word in enumerate(spoken)
    )
    return Transcript(
        recording_id=recording.id,
        duration=duration,
        language=language_of_most_speech(words.values()),
        speakers=speakers_of(table.speakers, merged),
        words=merged,
        segments=cut_segments(recording.id, merged),
        tracks=_summaries(participants, tracks, words, turns),
    )


def _labels_of_words(
    turns: Mapping[int, TrackTurns], words: Mapping[int, TrackWords]
) -> dict[int, list[str]]:
    """For each track whose voices are known, the voice of each word."""
    return {
        track: attribute_words(words[track].words, found.turns)
        for track, found in turns.items()
        if not found.failed and found.turns
    }


def _levels(
    labels: Mapping[int, Sequence[str]], words: Mapping[int, TrackWords]
) -> dict[tuple[int, str], float]:
    """How loud each voice is on each track: the mean level of its words."""
    levels = defaultdict(list)
    for track, spoken in labels.items():
        for word, label in zip(words[track].words, spoken, strict=True):
            levels[track, label].append(word.level)
    return {voice: fmean(heard) for voice, heard in levels.items()}


def _speakers_of_words(
    table: VoiceTable, labels: Mapping[int, Sequence[str]]
) -> dict[int, list[int]]:
    """For each track on which several voices are told apart, the speaker of each word."""
    told = {}
    for track, spoken in labels.items():
        voices = table.speaker_of_voice
        if all((track, label) in voices for label in spoken):
            told[track] = [voices[track, label] for label in spoken]
    return told


def _duration(recording: Recording, tracks: Mapping[int, Track]) -> Seconds:
    if recording.duration is not None:
        return recording.duration
    return max((track.duration for track in tracks.values()), default=0.0)


def _summaries(
    participants: Participants,
    tracks: Mapping[int, Track],
    words: Mapping[int, TrackWords],
    turns: Mapping[int, TrackTurns],
) -> tuple[TrackSummary, ...]:
    speaker_by_track = participants.speaker_of_track()
    return tuple(
        TrackSummary(
            index=index,
            file=track.file,
            speaker=speaker_by_track[index],
            language=language.code if (language := words[index].language) else None,
            offset=track.offset.seconds,
            failed=track.failed or words[index].failed,
            undivided=turns[index].failed if index in turns else None,
        )
        for index, track in tracks.items()
    )
