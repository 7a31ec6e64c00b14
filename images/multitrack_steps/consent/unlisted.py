"""Originals of a job that failed before it had a recording.json: found by what it was told."""

import asyncio
import re
from collections.abc import Iterator, Sequence

from multitrack_steps.consent.places import COMPOSED, TRACKS, AudioPlace, source_places
from multitrack_steps.sources.daily_access import DailyAccess
from multitrack_steps.sources.file_names import has_audio_name
from workflow_templates.contracts.deletion import SourceObject
from workflow_templates.contracts.recording import Origin, Recording, SourceKind, SourceTrack
from workflow_templates.runtime.daily.address import DAILY_SCHEME, DailyAddress
from workflow_templates.runtime.daily.client import DailyClient
from workflow_templates.runtime.daily.models import DailyRecording
from workflow_templates.runtime.errors import TemporaryError
from workflow_templates.runtime.store import S3Address

__all__ = ["unlisted_places"]


def unlisted_places(source: Sequence[str], daily: DailyAccess) -> tuple[AudioPlace, ...]:
    """Where the originals lie that the job was told to process.

    By prefix and not by listing: old versions of what is no longer listed go, too.

    Args:
        source: As get-recording is told.
        daily: How Daily is asked for the keys of a recording.

    Raises:
        MultitrackError: The address is none, or Daily does not say where the recording lies;
            nothing is taken for gone then.
    """
    if source and source[0].startswith(DAILY_SCHEME):
        return tuple(_daily_places(DailyAddress.parse(source[0]), daily))
    return tuple(_s3_places([S3Address.parse(each) for each in source]))


def _daily_places(address: DailyAddress, access: DailyAccess) -> Iterator[AudioPlace]:
    recording = asyncio.run(_ask(address, access))
    if recording.is_canceled:
        return
    bucket = access.bucket_of(recording)
    keys = [track.key for track in recording.tracks or ()]
    beginning = recording.file_key or recording.place.key or ""
    if not keys and not beginning:
        raise TemporaryError(f"{address}: Daily does not say which files it has; try again later")
    yield from source_places(_as_recording(bucket, keys))
    if beginning:
        start = re.escape(beginning)
        yield AudioPlace(
            S3Address(bucket, beginning), is_daily=True, pattern=f"{start}(?:{TRACKS}|{COMPOSED})"
        )


async def _ask(address: DailyAddress, access: DailyAccess) -> DailyRecording:
    async with DailyClient.connect(access.api_url) as client:
        return await client.recording(address.recording_id)


def _as_recording(bucket: str, keys: Sequence[str]) -> Recording:
    tracks = tuple(
        SourceTrack(
            index=index,
            origin=Origin(name=key.rpartition("/")[2], bucket=bucket, key=key),
            size=0,
        )
        for index, key in enumerate(keys)
    )
    return Recording(id="", kind=SourceKind.DAILY, name="", tracks=tracks)


def _s3_places(addresses: Sequence[S3Address]) -> Iterator[AudioPlace]:
    for address in addresses:
        name = address.key.rpartition("/")[2]
        if len(addresses) > 1 or has_audio_name(name):
            yield AudioPlace.of_object(SourceObject(bucket=address.bucket, key=address.key))
            continue
        folder = f"{address.key}/" if name else address.key
        yield AudioPlace(
            S3Address(address.bucket, folder),
            pattern=f"{re.escape(folder)}[^/]+",
            is_of_recordings=True,
        )
        if name.isdigit():  # one of several recordings of a room, in Daily's layout
            start = re.escape(address.key)
            yield AudioPlace(address, pattern=f"{start}(?:{TRACKS}|{COMPOSED})")
