"""`source/<i>`: the job's own copies of the tracks, made with as few bytes on the way as possible.

Where the bucket's server can copy into the job by itself, no byte passes through this step, and
Argo has nothing to upload; what an earlier try has copied stays. Elsewhere a track is downloaded,
unless an earlier run on this machine left the same object.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from multitrack_steps.sources.local import link_or_copy
from multitrack_steps.sources.place import Place
from multitrack_steps.sources.selection import Candidate
from workflow_templates.contracts.recording import Recording
from workflow_templates.runtime.errors import BadInputError, RefusedError
from workflow_templates.runtime.store import S3Address, S3Object, S3Store

__all__ = ["Copies", "open_copies"]

_S3 = "s3://"
_ORIGIN_ETAG = "origin-etag"
"""Metadata of a copy: a copy in parts has another ETag than its original."""


class Copies(Protocol):
    """Where tracks go."""

    def bring(self, track: Candidate, index: int) -> int:
        """Make `source/<index>` the track's bytes.

        Returns:
            Their number.

        Raises:
            MultitrackError: As `Place.fetch`.
        """


def open_copies(place: Place, folder: Path, copy_to: str) -> Copies:
    """Decide how tracks of a place get into the job.

    Args:
        place: Where they lie.
        folder: `source/` among the step's outputs; made where anything is written to it.
        copy_to: The step's parameter: empty, `s3://bucket/jobs/UID/`, or a folder with an earlier
            run's files.

    Raises:
        SettingsError: `copy_to` begins like an S3 address and is none.
    """
    if not copy_to.startswith(_S3):
        return _Downloads(place, folder, _Earlier.of(Path(copy_to)) if copy_to else None)
    downloads = _Downloads(place, folder, None)
    if place.copier is None:
        return downloads
    return _ServerCopies(place.copier, S3Address.parse(copy_to), downloads)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The files of an earlier run, untouched since."""

    files: Path
    recording: Recording

    @classmethod
    def of(cls, files: Path) -> "_Earlier | None":
        try:
            return cls(files, Recording.read(files / "recording.json"))
        except BadInputError:
            return None

    def copy_of(self, track: Candidate) -> Path | None:
        """The file of the same object: same key, size, ETag and version."""
        if track.origin.etag is None:
            return None
        for earlier in self.recording.tracks:
            file = self.files / "source" / str(earlier.index)
            if (earlier.origin, earlier.size) == (track.origin, track.size) and file.is_file():
                return file if file.stat().st_size == track.size else None
        return None


@dataclass(frozen=True, slots=True)
class _Downloads:
    place: Place
    folder: Path
    earlier: _Earlier | None

    def bring(self, track: Candidate, index: int) -> int:
        """As `Copies`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / str(index)
        if self.earlier is not None and (file := self.earlier.copy_of(track)):
            link_or_copy(file, target)
        else:
            self.place.fetch(track, target)
        return target.stat().st_size


@dataclass(slots=True)
class _ServerCopies:
    """Copies within one server. Refused there, tracks are downloaded: that needs fewer rights."""

    store: S3Store
    job: S3Address
    downloads: _Downloads
    refused: bool = False

    def bring(self, track: Candidate, index: int) -> int:
        """As `Copies`."""
        target = S3Address(self.job.bucket, f"{self.job.key}source/{index}")
        if not self.refused:
            try:
                self._bring(track, target)
            except RefusedError:
                self.refused = True
            else:
                return track.size
        return self.downloads.bring(track, index)

    def _bring(self, track: Candidate, target: S3Address) -> None:
        origin = track.origin
        etag = origin.etag or ""
        if not _is_copy(self._look(target), track):
            source = S3Address(str(origin.bucket), str(origin.key))
            self.store.copy(source, target, if_etag=etag, metadata={_ORIGIN_ETAG: etag})

    def _look(self, target: S3Address) -> S3Object | None:
        from workflow_templates.runtime.store_errors import (  # noqa: PLC0415 - imports botocore
            ObjectMissingError,
        )

        try:
            return self.store.head(target)
        except ObjectMissingError:
            return None


def _is_copy(found: S3Object | None, track: Candidate) -> bool:
    if found is None or found.size != track.size:
        return False
    return track.origin.etag in (found.etag, found.metadata.get(_ORIGIN_ETAG))
