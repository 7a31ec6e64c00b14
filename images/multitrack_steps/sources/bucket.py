"""Recordings in a bucket: all objects below one prefix, with or without Daily's layout.

`s3://bucket/domain/room` means the folder: objects directly below `domain/room/`, nothing deeper.
If that is empty, it means every key that starts so, within the same folder: one object, or with
`…/room/1700000000000` one of several recordings of a room.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from multitrack_steps.sources.facts import RecordingFacts
from multitrack_steps.sources.selection import Candidate, Listing
from workflow_templates.contracts.recording import Origin, SourceKind
from workflow_templates.runtime.errors import (
    SettingsError,
    SourceDeletedError,
    SourceNotFoundError,
)
from workflow_templates.runtime.store import S3Address, S3Listing, S3Object, S3Store
from workflow_templates.runtime.store_versions import has_deleted_below

__all__ = ["BucketObjects", "BucketPrefix", "InBuckets", "candidate_of"]


class InBuckets:
    """What all places in buckets have in common."""

    __slots__ = ()

    store: S3Store
    facts = RecordingFacts()

    def read(self, candidate: Candidate) -> bytes:
        """Read a small object whole."""
        return self.store.read(_address(candidate.origin))

    @property
    def copier(self) -> S3Store | None:
        """Whoever reads the objects; a right that is missing shows when it is used."""
        return self.store

    def identify(self, candidate: Candidate) -> Candidate:
        """Learn one object's version, for a later deletion, and its size and ETag as of now."""
        head = self.store.head(_address(candidate.origin))
        origin = candidate.origin.model_copy(update={"version": head.version, "etag": head.etag})
        return Candidate(origin, head.size)

    def fetch(self, candidate: Candidate, target: Path) -> None:
        """Download one object."""
        self.store.download(_address(candidate.origin), target)


@dataclass(frozen=True, slots=True)
class BucketObjects(InBuckets):
    """Objects that a person listed, of one bucket or several."""

    store: S3Store
    objects: tuple[S3Address, ...]
    kind = SourceKind.S3

    @classmethod
    def open(cls, addresses: Sequence[str], *, endpoint_url: str) -> Self:
        """Read the addresses and set up the store; nothing is asked of it yet.

        Raises:
            SettingsError: Not an S3 address, the same one twice, or a broken endpoint.
        """
        objects = tuple(S3Address.parse(address) for address in addresses)
        for address in objects:
            if not address.key or address.key.endswith("/"):
                raise SettingsError(f"{address}: a prefix among several tracks; name one object")
            if objects.count(address) > 1:
                raise SettingsError(f"{address}: listed twice; name every track once")
        return cls(S3Store.open(endpoint_url=endpoint_url), objects)

    @property
    def address(self) -> str:
        """As they were given."""
        return ", ".join(map(str, self.objects))

    @property
    def name(self) -> str:
        """The folder that all objects share, or `recording`."""
        folders = {each.key.rpartition("/")[0] for each in self.objects}
        return (folders.pop().rpartition("/")[2] if len(folders) == 1 else "") or "recording"

    def list(self) -> Listing:
        """The objects, in the order in which they were listed; each has to be there."""
        found = [self.store.head(address) for address in self.objects]
        return Listing(tuple(candidate_of(each) for each in found), chosen_by_hand=True)


@dataclass(frozen=True, slots=True)
class BucketPrefix(InBuckets):
    """A prefix and the store that knows it. Errors of the store pass through, see `S3Store`."""

    store: S3Store
    prefix: S3Address
    kind = SourceKind.S3

    @classmethod
    def open(cls, address: str, *, endpoint_url: str) -> Self:
        """Read the address and set up the store; nothing is asked of it yet.

        Raises:
            SettingsError: Not an S3 address, or a broken endpoint.
        """
        return cls(S3Store.open(endpoint_url=endpoint_url), S3Address.parse(address))

    @property
    def address(self) -> str:
        """As it was given."""
        return str(self.prefix)

    @property
    def name(self) -> str:
        """The prefix's last part, or the bucket."""
        return self.prefix.key.rstrip("/").rpartition("/")[2] or self.prefix.bucket

    def list(self) -> Listing:
        """Find the objects.

        Raises:
            SourceDeletedError: Objects lay there, and somebody has deleted them.
            SourceNotFoundError: No key starts with the prefix.
        """
        found = self._find()
        objects = [each for each in found.objects if not each.address.key.endswith("/")]
        if not objects and not found.folders:
            if has_deleted_below(self.store, self.prefix):
                raise SourceDeletedError(f"{self.prefix}: what lay there was deleted")
            raise SourceNotFoundError(f"{self.prefix}: no object there; check bucket and prefix")
        return Listing(
            tuple(candidate_of(each) for each in objects),
            tuple(folder.rstrip("/").rpartition("/")[2] for folder in found.folders),
        )

    def _find(self) -> S3Listing:
        folder = self._as_folder()
        inside = self.store.list(folder, descend=False)
        if inside.objects or inside.folders or folder == self.prefix:
            return inside
        return S3Listing(self.store.list(self.prefix, descend=False).objects)

    def _as_folder(self) -> S3Address:
        key = self.prefix.key
        return S3Address(self.prefix.bucket, key if not key or key.endswith("/") else f"{key}/")


def candidate_of(found: S3Object) -> Candidate:
    """An object as something that may be a track."""
    address = found.address
    origin = Origin(
        name=address.key.rpartition("/")[2],
        bucket=address.bucket,
        key=address.key,
        etag=found.etag,
    )
    return Candidate(origin, found.size)


def _address(origin: Origin) -> S3Address:
    if origin.bucket is None or origin.key is None:
        raise ValueError(f"{origin.name}: not in a bucket")
    return S3Address(origin.bucket, origin.key)
