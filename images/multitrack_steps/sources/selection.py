"""Which of the files at a place are the recording's audio tracks, and in which order.

Files with people's own names: every audio or video file, ordered naturally by name (track 2 before
track 10). A file of zero bytes is a track too: pad-track judges contents.

Daily's layout, as soon as one name is a Daily key: only `cam-audio` keys are tracks, on every path,
because anything else (screen sound, a composed recording beside the tracks) would say the same
words again. They are ordered by the tracks' start, then by participant: the first to join is the
first speaker. A Daily recording without audio tracks is a result: nobody spoke.

Hidden files and sidecars (`.json`, `.txt`, …) are passed over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from multitrack_steps.sources.daily_key import DailyKey, DailyTrackKind, parse_daily_key
from multitrack_steps.sources.event_json import EVENT_JSON_SUFFIX
from multitrack_steps.sources.file_names import (
    has_audio_name,
    is_hidden,
    is_sidecar,
    natural_key,
)
from workflow_templates.contracts.recording import Origin
from workflow_templates.runtime.errors import NoAudioError, SettingsError

__all__ = ["NO_AUDIO_TRACK", "Candidate", "Listing", "Selection", "select_tracks"]

NO_AUDIO_TRACK = "the Daily recording has no audio track"
"""A result, with this warning."""

_NAMED = 3
"""So many names are spelt out in a sentence."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file or object at the place."""

    origin: Origin
    size: int
    """Bytes."""

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.origin.name


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found at a place."""

    candidates: tuple[Candidate, ...]
    folders: tuple[str, ...] = ()
    """Names of sub-folders, which are not descended into."""
    chosen_by_hand: bool = False
    """A person listed these files one by one: an unusual extension is no objection."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The recording's tracks."""

    tracks: tuple[Candidate, ...]
    """In the order of their indices."""
    keys: tuple[DailyKey, ...] = ()
    """In Daily's layout, the key of each track, or of the other files if there is no track."""
    bucket_key: str | None = None
    """In Daily's layout in a bucket, the whole key of one of its files."""
    event_files: tuple[Candidate, ...] = ()
    warnings: tuple[str, ...] = ()
    """One sentence each."""


def select_tracks(listing: Listing, place: str) -> Selection:
    """Choose and order the tracks.

    Args:
        listing: Everything at the place, in any order.
        place: The folder or address, for messages.

    Raises:
        NoAudioError: No audio file is there, nor anything of Daily's.
        SettingsError: Tracks of several Daily recordings lie there.
    """
    visible = [found for found in listing.candidates if not is_hidden(found.name)]
    daily = {found: key for found in visible if (key := parse_daily_key(found.name))}
    if daily:
        return _select_daily(visible, daily, place)
    tracks = [found for found in visible if _is_track(found.name, listing)]
    if not tracks:
        raise NoAudioError(f"{place}: {_what_is_there(listing)}")
    ignored = [found.name for found in visible if found not in tracks]
    warnings = []
    if ignored and listing.chosen_by_hand:
        warnings.append(f"not audio, left out: {_named(ignored)}")
    if listing.folders:
        warnings.append(f"sub-folders were not searched: {_named(listing.folders)}")
    return Selection(
        tuple(sorted(tracks, key=lambda found: natural_key(found.name))), warnings=tuple(warnings)
    )


def _select_daily(
    visible: Sequence[Candidate], daily: dict[Candidate, DailyKey], place: str
) -> Selection:
    starts = sorted({key.recording_start_ms for key in daily.values()})
    if len(starts) > 1:
        raise SettingsError(
            f"{place}: holds {len(starts)} Daily recordings, which started at "
            f"{_named([str(start) for start in starts])}; name the files of one, "
            "or in a bucket its start: s3://bucket/domain/room/START"
        )
    # A downloaded copy (`.webm`) beside the original has the same key and is the same track.
    audio_by_key = {
        key: found for found, key in daily.items() if key.kind is DailyTrackKind.CAM_AUDIO
    }
    keys = sorted(audio_by_key, key=lambda key: (key.track_start_ms, key.participant_id))
    audio = tuple(audio_by_key[key] for key in keys)
    events = tuple(found for found in visible if found.name.endswith(EVENT_JSON_SUFFIX))
    left_out = [
        found.name for found in visible if found not in audio and not is_sidecar(found.name)
    ]
    warnings = []
    if not audio:
        warnings.append(NO_AUDIO_TRACK)
    if left_out:
        warnings.append(f"not a participant's microphone, left out: {_named(left_out)}")
    return Selection(
        audio,
        tuple(keys or daily.values()),
        next(iter(daily)).origin.key,
        events,
        tuple(warnings),
    )


def _is_track(name: str, listing: Listing) -> bool:
    return has_audio_name(name) or (listing.chosen_by_hand and not is_sidecar(name))


def _what_is_there(listing: Listing) -> str:
    if listing.folders:
        return (
            "no audio file; sub-folders are not searched, "
            f"name the one with the tracks: {_named(listing.folders)}"
        )
    there = _named([found.name for found in listing.candidates])
    found = f"no audio file, only {there}" if there else "no audio file, nothing at all"
    return f"{found}; name the folder with one audio file a participant"


def _named(names: Iterable[str]) -> str:
    """A few names and how many more there are, for a sentence."""
    ordered = sorted(names, key=natural_key)
    more = len(ordered) - _NAMED
    return ", ".join(ordered[:_NAMED]) + (f" and {more} more" if more > 0 else "")
