"""Reads what a fan-out left, one file a track, against the table of what there must be."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from workflow_templates.contracts.recording import Participants, Recording
from workflow_templates.contracts.screening import Screening
from workflow_templates.contracts.track import Track
from workflow_templates.contracts.turns import TrackTurns
from workflow_templates.contracts.words import TrackWords
from workflow_templates.runtime.errors import BadInputError

__all__ = ["check_table", "files_outside_table", "read_per_track", "read_screening", "read_turns"]

_PerTrack = TypeVar("_PerTrack", Track, TrackTurns, TrackWords)


def check_table(recording: Recording, participants: Participants) -> None:
    """Make sure that participants.json speaks of this recording, and of all its tracks.

    Raises:
        BadInputError: Another recording, a track without a row, or a row without a participant.
    """
    if participants.recording_id != recording.id:
        raise BadInputError(
            f"participants.json belongs to the recording {participants.recording_id!r}, "
            f"recording.json to {recording.id!r}; run get-participants again"
        )
    rows = [row.track for row in participants.tracks]
    if sorted(rows) != sorted(track.index for track in recording.tracks):
        raise BadInputError(
            f"participants.json names the tracks {sorted(rows)}, recording.json has "
            f"{sorted(track.index for track in recording.tracks)}; run get-participants again"
        )
    known = participants.by_speaker()
    for row in participants.tracks:
        if row.speaker not in known:
            raise BadInputError(
                f"participants.json: track {row.track} belongs to speaker {row.speaker}, who is no "
                "participant; run get-participants again"
            )


def read_per_track(
    folder: Path, recording: Recording, contract: type[_PerTrack], made_by: str
) -> dict[int, _PerTrack]:
    """Read `<folder>/<index>.json` of every track of the recording; by track index, ascending.

    Args:
        folder: Where the fan-out's files lie.
        recording: Says which tracks there must be.
        contract: What each file is.
        made_by: The step that makes it, for the message.

    Raises:
        BadInputError: A track's file is absent, invalid, or another track's: none may go missing
            silently.
    """
    indices = [track.index for track in recording.tracks]
    return _read_each(folder, recording, indices, contract, made_by)


def read_screening(file: Path, participants: Participants) -> Screening:
    """What screen-tracks heard on the tracks that it was to listen to; nothing if it was left out.

    What an earlier run heard on other tracks is left alone.

    Raises:
        BadInputError: The file is invalid.
    """
    wanted = {row.track for row in participants.tracks if row.screened}
    if not wanted or not file.is_file():
        return Screening()
    screening = Screening.read(file)
    tracks = tuple(track for track in screening.tracks if track.index in wanted)
    return screening.model_copy(update={"tracks": tracks})


def read_turns(
    folder: Path, recording: Recording, participants: Participants, screening: Screening
) -> dict[int, TrackTurns]:
    """Read `<folder>/<index>.json` of every track that was to be diarized; by track index.

    A track without a file, because diarize-track was left out, stays undivided and says so. Files
    of other tracks are of an earlier run and left alone. A track on which screen-tracks heard one
    voice has that voice, and no turns.

    Raises:
        BadInputError: A file is invalid, or another track's.
    """
    chosen = {row.track for row in participants.tracks if row.diarized} | screening.several
    wanted = sorted(chosen)
    there = [index for index in wanted if (folder / f"{index}.json").is_file()]
    found = _read_each(folder, recording, there, TrackTurns, "diarize-track")
    left_out = {index: _left_out(index) for index in wanted if index not in found}
    return _of_one_voice(screening) | found | left_out


def _of_one_voice(screening: Screening) -> dict[int, TrackTurns]:
    """So that a voice on another track is known to be this participant's."""
    return {
        track.index: TrackTurns(
            index=track.index,
            model="",
            embedding_model=screening.embedding_model,
            turns=(),
            voices=track.voices,
        )
        for track in screening.tracks
        if len(track.voices) == 1
    }


def _left_out(index: int) -> TrackTurns:
    return TrackTurns(
        index=index,
        model="",
        embedding_model="",
        turns=(),
        voices=(),
        failed="diarize-track was left out",
    )


def _read_each(
    folder: Path,
    recording: Recording,
    indices: Iterable[int],
    contract: type[_PerTrack],
    made_by: str,
) -> dict[int, _PerTrack]:
    source_by_index = {track.index: track for track in recording.tracks}
    documents = {}
    for source in (source_by_index[index] for index in sorted(indices)):
        file = folder / f"{source.index}.json"
        if not file.is_file():
            raise BadInputError(
                f"track {source.index} ({source.origin.name}) has no {folder.name}/{file.name}; "
                f"run {made_by} for it again"
            )
        document = contract.read(file)
        if document.index != source.index:
            raise BadInputError(
                f"{folder.name}/{file.name} says that it is of track {document.index}; "
                f"run {made_by} for track {source.index} ({source.origin.name}) again"
            )
        documents[source.index] = document
    return documents


def files_outside_table(folder: Path, indices: Iterable[int]) -> tuple[str, ...]:
    """Names of the JSON files in `folder` of none of the tracks: an earlier run left them."""
    known = {f"{index}.json" for index in indices}
    return tuple(sorted(file.name for file in folder.glob("*.json") if file.name not in known))
