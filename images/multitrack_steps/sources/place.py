"""What a place is where recordings lie; `open_place` finds out which kind a source names."""

import json
from pathlib import Path
from typing import Protocol

from multitrack_steps.sources.daily_access import DailyAccess
from multitrack_steps.sources.facts import RecordingFacts
from multitrack_steps.sources.file_names import has_audio_name
from multitrack_steps.sources.local import LocalFiles, LocalFolder
from multitrack_steps.sources.selection import Candidate, Listing
from workflow_templates.contracts.recording import SourceKind
from workflow_templates.runtime.daily.address import DAILY_SCHEME, DailyAddress
from workflow_templates.runtime.errors import SettingsError, SourceNotFoundError
from workflow_templates.runtime.store import S3Store

__all__ = ["Place", "open_place"]

_S3 = "s3://"


class Place(Protocol):
    """A folder, files, a prefix in a bucket, a Daily recording. Nothing there is ever changed."""

    @property
    def kind(self) -> SourceKind:
        """For recording.json."""

    @property
    def address(self) -> str:
        """As a person would write it, for messages."""

    @property
    def name(self) -> str:
        """The recording's name, if nobody gives one."""

    @property
    def facts(self) -> RecordingFacts:
        """What the place itself knows of the recording."""

    def list(self) -> Listing:
        """Find everything at the place.

        Raises:
            SourceNotFoundError: Nothing is there.
        """

    def read(self, candidate: Candidate) -> bytes:
        """Read a small file whole."""

    @property
    def copier(self) -> S3Store | None:
        """Who could copy files on their own server; None: nobody, they have to come here."""

    def identify(self, candidate: Candidate) -> Candidate:
        """The file with everything that is known of it now: size, version, ETag."""

    def fetch(self, candidate: Candidate, target: Path) -> None:
        """Copy one file to `target`, replacing it in one move."""


def open_place(source: str, *, s3_endpoint_url: str, daily: DailyAccess) -> Place:
    """Read the parameter `source`.

    Args:
        source: JSON list: one folder, several files, one `s3://bucket/prefix`, several objects, or
            one `daily:RECORDING-ID`.
        s3_endpoint_url: Empty: the environment decides.
        daily: How Daily and its bucket are reached.

    Raises:
        SettingsError: None of these, or the same file twice.
        SourceNotFoundError: A named file or folder does not exist, Daily's recording was cancelled.
        RefusedError: Daily refuses for good.
        TemporaryError: Daily is away or busy, or has not finished the recording yet.
    """
    places = _parse(source)
    if any(place.startswith(DAILY_SCHEME) for place in places):
        if len(places) > 1:
            raise SettingsError("source: a Daily recording goes alone; name nothing beside it")
        # Neither HTTP client nor boto3 is imported where Daily has no part.
        from multitrack_steps.sources.daily import DailyPlace  # noqa: PLC0415

        return DailyPlace.open(DailyAddress.parse(places[0]), daily)
    if any(place.startswith(_S3) for place in places):
        if not all(place.startswith(_S3) for place in places):
            raise SettingsError("source: files and S3 addresses do not mix; name either")
        # boto3 is slow to import, and most runs need no bucket.
        from multitrack_steps.sources.bucket import BucketObjects, BucketPrefix  # noqa: PLC0415

        if len(places) > 1 or has_audio_name(places[0]):
            return BucketObjects.open(places, endpoint_url=s3_endpoint_url)
        return BucketPrefix.open(places[0], endpoint_url=s3_endpoint_url)
    paths = [Path(place) for place in places]
    for path in paths:
        if not path.exists():
            raise SourceNotFoundError(_absent(path))
    if len(paths) == 1 and paths[0].is_dir():
        return LocalFolder(paths[0].absolute())
    if folders := [path for path in paths if path.is_dir()]:
        raise SettingsError(
            f"{folders[0]}: a folder among several sources; name one folder, or only files"
        )
    return LocalFiles.of(paths)


def _parse(source: str) -> list[str]:
    try:
        places = json.loads(source)
    except json.JSONDecodeError as error:
        raise SettingsError(
            f'source: not a JSON list ({error}); write ["folder"] or ["s3://bucket/prefix"]'
        ) from error
    if not isinstance(places, list) or not places:
        raise SettingsError('source: not a list of places; write ["folder"]')
    if not all(isinstance(place, str) and place for place in places):
        raise SettingsError("source: every place is a path or an S3 address, as text")
    return places


def _absent(path: Path) -> str:
    if path.is_symlink():
        return f"{path}: a link to {path.readlink()}, which does not exist; mend the link"
    return f"{path}: there is no such file or folder; check the path"
