"""get-recording: find a recording's audio tracks and copy them into the job.

`source` names a folder, files, a prefix in a bucket, or a recording of Daily's; `selection` says
what counts as a track. The tracks go to `source/<i>` (`copies` says how), recording.json says where
each came from. The originals are never touched.
"""

from multitrack_steps.context import StepContext
from multitrack_steps.sources.copies import open_copies
from multitrack_steps.sources.daily_access import DailyAccess
from multitrack_steps.sources.daily_key import DailyKey, room_of
from multitrack_steps.sources.event_json import EventLog, parse_event_json
from multitrack_steps.sources.identity import (
    daily_recording_id,
    md5_of_file,
    recording_id_of_contents,
)
from multitrack_steps.sources.place import Place, open_place
from multitrack_steps.sources.selection import NO_AUDIO_TRACK, Selection, select_tracks
from workflow_templates.contracts.recording import Recording, SourceTrack, TimingHints
from workflow_templates.contracts.results import StepReport

__all__ = ["run"]

_LONGEST_EVENT_JSON = 16 << 20
"""Bytes. Daily writes up to 50 MB; parsing that would not fit the step's memory."""


def run(context: StepContext) -> StepReport:
    """Write recording.json, `source/<i>` and the output parameter `duration` (empty: unknown).

    Raises:
        SourceNotFoundError: The folder, file or prefix does not exist.
        NoAudioError: It holds no audio track. (A Daily recording may be empty.)
        SettingsError: The source is not understood, names a file twice, or holds two recordings.
        RefusedError: The bucket or Daily refuses for good.
        TemporaryError: The bucket or Daily is away or busy, or an object is still to come.
    """
    place = open_place(
        context.parameters["source"],
        s3_endpoint_url=context.parameters["s3-endpoint-url"],
        daily=DailyAccess.of(context.parameters, is_last_try=context.is_last_attempt),
    )
    selection = _select(place)
    events, warnings = _read_events(place, selection)
    tracks = _copy_tracks(context, place, selection, events)
    recording = _describe(context, place, selection, tracks)
    recording.write(context.output("recording"))
    context.write_parameter(
        "duration", "" if recording.duration is None else str(recording.duration)
    )
    return StepReport(warnings=(*selection.warnings, *warnings), tracks=len(tracks))


def _select(place: Place) -> Selection:
    listing = place.list()
    if place.facts.id and not listing.candidates:
        return Selection((), warnings=(NO_AUDIO_TRACK,))
    return select_tracks(listing, place.address)


def _read_events(place: Place, selection: Selection) -> tuple[EventLog, list[str]]:
    """Event files are a help, never a condition: an unusable one is named and left out."""
    log = EventLog()
    warnings = []
    for file in selection.event_files:
        if file.size > _LONGEST_EVENT_JSON:
            warnings.append(f"{file.name}: ignored, larger than {_LONGEST_EVENT_JSON >> 20} MiB")
            continue
        try:
            log |= parse_event_json(place.read(file))
        except (ValueError, RecursionError) as error:
            warnings.append(f"{file.name}: ignored, not usable event JSON ({error})")
    return log, warnings


def _copy_tracks(
    context: StepContext, place: Place, selection: Selection, events: EventLog
) -> tuple[SourceTrack, ...]:
    copies = open_copies(place, context.output("sources"), context.parameters["copy-to"])
    total = sum(track.size for track in selection.tracks)
    copied = 0
    tracks = []
    for index, candidate in enumerate(selection.tracks):
        found = place.identify(candidate)
        size = copies.bring(found, index)
        track = SourceTrack(index=index, origin=found.origin, size=size)
        key = selection.keys[index] if selection.keys else None
        if place.facts.is_mixed:
            # The one file begins when the recording does.
            timing = TimingHints(start_offset=0.0)
            track = track.model_copy(update={"shared": True, "timing": timing})
        tracks.append(track if key is None else _with_daily_facts(track, key, events))
        copied += candidate.size
        context.report_progress(copied, total)
    return tuple(tracks)


def _with_daily_facts(track: SourceTrack, key: DailyKey, events: EventLog) -> SourceTrack:
    start = events.media.get(key)
    return track.model_copy(
        update={
            "participant_id": key.participant_id,
            "display_name": events.names.get(key.participant_id),
            "timing": TimingHints(
                key_offset=key.offset, event_offset=start.offset if start else None
            ),
            "content_type": start.content_type if start else None,
        }
    )


def _describe(
    context: StepContext, place: Place, selection: Selection, tracks: tuple[SourceTrack, ...]
) -> Recording:
    given_name = context.parameters["name"].strip()
    facts = place.facts
    room = room_of(selection.bucket_key or "")
    room_name = facts.room_name or (room.rpartition("/")[2] if room else None)
    started_at = selection.keys[0].recording_started_at if selection.keys else facts.started_at
    return Recording(
        id=facts.id or _id(context, selection, tracks),
        kind=place.kind,
        name=given_name or (place.name if facts.id else room_name or place.name),
        started_at=started_at,
        duration=facts.duration,
        meeting_session_id=facts.meeting_session_id,
        room_name=room_name,
        tracks=tracks,
    )


def _id(context: StepContext, selection: Selection, tracks: tuple[SourceTrack, ...]) -> str:
    if selection.keys:
        return daily_recording_id(selection.keys, room_of(selection.bucket_key or ""))
    return recording_id_of_contents(
        (track.origin.name, track.size, _content(context, track)) for track in tracks
    )


def _content(context: StepContext, track: SourceTrack) -> str:
    return track.origin.etag or md5_of_file(context.output("sources") / str(track.index))
