"""A recording that Daily made: its REST API says which files it has, a bucket holds them."""

import asyncio
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from multitrack_steps.sources.bucket import InBuckets, candidate_of
from multitrack_steps.sources.daily_access import DailyAccess
from multitrack_steps.sources.daily_key import DailyTrackKind, parse_daily_key
from multitrack_steps.sources.event_json import EVENT_JSON_SUFFIX
from multitrack_steps.sources.facts import RecordingFacts
from multitrack_steps.sources.selection import Candidate, Listing
from workflow_templates.contracts.recording import Origin, SourceKind
from workflow_templates.runtime.daily.address import DailyAddress
from workflow_templates.runtime.daily.client import DailyClient
from workflow_templates.runtime.daily.models import DailyRecording, RecordingType
from workflow_templates.runtime.errors import (
    MultitrackError,
    SourceDeletedError,
    SourceNotFoundError,
    TemporaryError,
)
from workflow_templates.runtime.store import S3Address, S3Object, S3Store
from workflow_templates.runtime.store_errors import ObjectMissingError
from workflow_templates.runtime.store_versions import has_been_deleted, has_deleted_below

__all__ = ["DailyPlace"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://daily.co/recording")
_MEETING_TIME = re.compile(r"-[0-9]{14}$")
"""What applications append to a room's name to have one room a meeting: `-YYYYMMDDHHMMSS`."""


@dataclass(frozen=True, slots=True)
class DailyPlace(InBuckets):
    """The files of one recording."""

    store: S3Store
    bucket: str
    recording: DailyRecording
    facts: RecordingFacts
    kind = SourceKind.DAILY

    @classmethod
    def open(cls, address: DailyAddress, access: DailyAccess) -> Self:
        """Ask Daily for the recording, and set up the store.

        Raises:
            SourceNotFoundError: The recording was cancelled.
            SettingsError: Nobody names the bucket, or an address is no URL.
            RefusedError: Daily knows no such recording, or refuses the key; the role is refused.
            TemporaryError: Daily is away or busy, or has not finished the recording yet.
        """
        recording = asyncio.run(_ask(address, access))
        bucket = access.bucket_of(recording)
        return cls(access.store_of(recording.place), bucket, recording, _facts(recording, address))

    @property
    def copier(self) -> None:
        """Nobody: Daily's bucket is read with credentials that may write nowhere."""

    @property
    def address(self) -> str:
        """As a source names it."""
        return f"daily:{self.recording.id}"

    @property
    def name(self) -> str:
        """The room's, without the meeting's time."""
        return _MEETING_TIME.sub("", self.facts.room_name or "") or "recording"

    def list(self) -> Listing:
        """Find the files that Daily names.

        Raises:
            SourceDeletedError: One of them was there, and somebody has deleted it.
            TemporaryError: One of them is not in the bucket yet.
        """
        if self.recording.kind is RecordingType.MIXED:
            key = self.recording.file_key or self.recording.place.key or ""
            return Listing((candidate_of(self._head(key)),), chosen_by_hand=True)
        if self.recording.tracks is None:
            return self._list_by_prefix()
        keys = dict.fromkeys(track.key for track in self.recording.tracks)
        found = tuple(self._candidate(key) for key in keys)
        return Listing((*found, *self._event_file(found)), chosen_by_hand=True)

    def _candidate(self, key: str) -> Candidate:
        """A track's file; of those that are not taken, only the name counts."""
        name = key.rpartition("/")[2]
        parsed = parse_daily_key(name)
        if parsed is not None and parsed.kind is not DailyTrackKind.CAM_AUDIO:
            return Candidate(Origin(name=name, bucket=self.bucket, key=key), 0)
        return candidate_of(self._head(key))

    def _event_file(self, files: Sequence[Candidate]) -> Iterator[Candidate]:
        """The event JSON of the recording; rooms have it switched on, or not."""
        beginning = self.recording.file_key
        if not beginning and files:
            folder, _, name = (files[0].origin.key or "").rpartition("/")
            beginning = f"{folder}/{name.partition('-')[0]}"
        if not beginning:
            return
        # It is a help, never a condition.
        with suppress(MultitrackError):
            event_file = S3Address(self.bucket, f"{beginning}{EVENT_JSON_SUFFIX}")
            yield candidate_of(self.store.head(event_file))

    def _head(self, key: str) -> S3Object:
        address = S3Address(self.bucket, key)
        try:
            return self.store.head(address)
        except ObjectMissingError as error:
            self.store.check_bucket(self.bucket)
            if has_been_deleted(self.store, address):
                raise SourceDeletedError(
                    f"{address}: Daily names it, and it was deleted; nothing can be processed"
                ) from error
            raise TemporaryError(
                f"{address}: Daily names it, and it is not there yet; try again later"
            ) from error

    def _list_by_prefix(self) -> Listing:
        """Daily does not say which tracks there are: take what lies under the recording's key."""
        if not self.recording.file_key:
            raise TemporaryError(
                f"{self.address}: Daily does not say yet which files it has; try again later"
            )
        prefix = S3Address(self.bucket, self.recording.file_key)
        found = self.store.list(prefix, descend=False).objects
        if not found:
            if has_deleted_below(self.store, prefix):
                raise SourceDeletedError(f"{prefix}: its tracks were deleted")
            raise TemporaryError(f"{prefix}: no track is there yet; try again later")
        return Listing(tuple(candidate_of(each) for each in found), chosen_by_hand=True)


async def _ask(address: DailyAddress, access: DailyAccess) -> DailyRecording:
    async with DailyClient.connect(access.api_url) as client:
        recording = await client.recording(address.recording_id)
    if recording.is_canceled:
        raise SourceNotFoundError(f"{address}: Daily says that it was cancelled; there is nothing")
    # Where only the length is missing and nobody comes back, the tracks themselves decide.
    is_ready = recording.is_finished or (access.is_last_try and recording.status == "finished")
    if not is_ready or recording.kind is RecordingType.UNKNOWN:
        raise TemporaryError(
            f"{address}: Daily has not finished it yet (status {recording.status or 'not told'}, "
            f"length {recording.duration or 'not told'}); try again later"
        )
    return recording


def _facts(recording: DailyRecording, address: DailyAddress) -> RecordingFacts:
    started_at = None
    if recording.start_ts is not None:
        started_at = datetime.fromtimestamp(recording.start_ts, UTC).isoformat(
            timespec="milliseconds"
        )
    return RecordingFacts(
        id=_as_uuid(recording.id),
        room_name=recording.room_name or address.room_name or None,
        started_at=started_at,
        duration=recording.duration,
        meeting_session_id=recording.meeting_session_id or address.meeting_session_id or None,
        is_mixed=recording.kind is RecordingType.MIXED,
    )


def _as_uuid(recording_id: str) -> str:
    """Daily's ids are uuids already; whatever else it thinks of gets one of its own."""
    try:
        return str(uuid.UUID(recording_id))
    except ValueError:
        return str(uuid.uuid5(_NAMESPACE, recording_id))
