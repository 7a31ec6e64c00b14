"""get-participants: say which track is whose, and list the tracks for the fan-outs."""

from multitrack_steps.context import StepContext
from multitrack_steps.sources.participant_rows import ParticipantRow, parse_rows, row_by_track
from multitrack_steps.sources.profiles import find_profiles
from multitrack_steps.sources.speaker_table import assign_speakers, is_shared
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.recording import (
    Participants,
    Recording,
    SourceKind,
    SourceTrack,
    TrackItem,
    TrackList,
)
from workflow_templates.contracts.results import StepReport
from workflow_templates.runtime.errors import SettingsError

__all__ = ["run"]

_DIARIZATION = ("auto", "never", "always")

_TRANSCODED = frozenset(
    f"audio/{kind}"
    for kind in ("aac", "aacp", "m4a", "mp4", "vnd.wave", "wav", "wave", "x-m4a", "x-wav")
)
"""What Daily writes when it transcodes raw tracks; by itself it records audio/webm."""

_ROUNDING: Seconds = 1.0


def run(context: StepContext) -> StepReport:
    """Write participants.json, tracks.json and two JSON lists of `TrackItem` as output parameters.

    `tracks` has them all, `diarized-tracks` those whose voices are to be told apart: none, all, or
    under `diarization=auto` shared tracks and the only track of a recording; the others are then
    marked for screen-tracks.

    Who took part in a Daily recording is asked of Daily. What it does not tell is no failure: then
    people are "Speaker N".

    Raises:
        BadInputError: recording.json is not usable.
        SettingsError: The participants list is malformed, or speaks of a track that is not there.
        TemporaryError: Daily is away, and there is a further try.
    """
    recording = Recording.read(context.input("recording"))
    rows = row_by_track(parse_rows(context.parameters["participants"]), recording)
    profiles, warnings = find_profiles(
        recording,
        api_url=context.parameters["daily-api-url"],
        is_last_try=context.is_last_attempt,
    )
    participants = _mark_diarized(
        assign_speakers(recording, rows, profiles), recording, context.parameters["diarization"]
    )
    participants.write(context.output("participants"))
    items = tuple(
        _item(recording, track, participants, rows.get(track.index)) for track in recording.tracks
    )
    listed = TrackList(tracks=items)
    listed.write(context.output("track-list"))
    context.write_parameter("tracks", listed.fan_out())
    diarized = {row.track for row in participants.tracks if row.diarized}
    context.write_parameter("diarized-tracks", listed.fan_out(diarized))
    return StepReport(tracks=len(items), warnings=warnings)


def _mark_diarized(
    participants: Participants, recording: Recording, diarization: str
) -> Participants:
    """Say in the table which tracks' voices are told apart."""
    if diarization not in _DIARIZATION:
        raise SettingsError(
            f"get-participants: diarization={diarization!r} is not known; "
            f"use one of: {', '.join(_DIARIZATION)}"
        )
    # Who was alone in a room of Daily's has a microphone of their own all the same.
    only = len(recording.tracks) == 1 and recording.tracks[0].participant_id is None
    auto, always = diarization == "auto", diarization == "always"
    rows = tuple(
        row.model_copy(
            update={
                "diarized": always or (auto and (row.shared or only)),
                "screened": auto and not (row.shared or only),
            }
        )
        for row in participants.tracks
    )
    return participants.model_copy(update={"tracks": rows})


def _item(
    recording: Recording,
    track: SourceTrack,
    participants: Participants,
    row: ParticipantRow | None,
) -> TrackItem:
    speaker = participants.speaker_of_track()[track.index]
    timing = track.timing
    if row is not None and row.offset is not None:
        timing = timing.model_copy(update={"start_offset": row.offset})
    return TrackItem(
        index=track.index,
        name=participants.by_speaker()[speaker].name,
        file=track.origin.name,
        timing=timing,
        transcoded=_is_transcoded(track),
        recording_duration=_end(recording),
        shared=is_shared(track, row),
    )


def _end(recording: Recording) -> Seconds | None:
    """Where the recording ends for certain: Daily rounds its length to a second."""
    if recording.kind is SourceKind.DAILY and recording.duration is not None:
        return recording.duration + _ROUNDING
    return recording.duration


def _is_transcoded(track: SourceTrack) -> bool:
    media_type = (track.content_type or "").partition(";")[0].strip().lower()
    return media_type in _TRANSCODED
