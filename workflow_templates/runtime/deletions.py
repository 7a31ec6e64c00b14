"""The deletion list in the bucket: what is to go, what is kept for now, and the proofs."""

from collections.abc import Iterator

from pydantic import ValidationError

from workflow_templates.contracts.deletion import DeletionAudit, DeletionRequest, KeptAudio
from workflow_templates.runtime.job_files import job_address
from workflow_templates.runtime.store import S3Address, S3Object, S3Store
from workflow_templates.runtime.store_errors import ObjectMissingError

__all__ = ["DeletionList"]

_PENDING, _KEPT, _DONE = "deletions/pending/", "deletions/kept/", "deletions/done/"
_JSON = "application/json"


class DeletionList:
    """The entries of a bucket. Methods block and raise the store's errors."""

    def __init__(self, store: S3Store, bucket: str) -> None:
        self.store = store
        self.bucket = bucket
        self._notes: dict[str, tuple[str, KeptAudio | None]] = {}
        """By key: ETag and what was read, so that a note is read once."""

    def address(self, request: DeletionRequest) -> S3Address:
        """Where an entry lies."""
        return S3Address(self.bucket, f"{_PENDING}{request.id}.json")

    def add(self, request: DeletionRequest) -> bool:
        """Write an entry down, unless it is there; says whether it was written."""
        body = request.model_dump_json(indent=1).encode()
        return self.store.write_new(self.address(request), body, content_type=_JSON)

    def pending(self) -> tuple[list[DeletionRequest], list[str]]:
        """All entries, the oldest first, and the keys of those that cannot be read."""
        found: list[DeletionRequest] = []
        unreadable: list[str] = []
        for each in self.store.list(S3Address(self.bucket, _PENDING)).objects:
            try:
                found.append(DeletionRequest.model_validate_json(self.store.read(each.address)))
            except ValidationError:
                unreadable.append(each.address.key)
            except ObjectMissingError:
                continue  # struck off meanwhile
        return sorted(found, key=lambda request: (request.requested_at, request.id)), unreadable

    def strike_off(self, request: DeletionRequest) -> None:
        """Remove an entry with which everything is done."""
        self.store.delete(self.address(request))

    def proof(self, request: DeletionRequest) -> DeletionAudit | None:
        """The audit that says that all of the entry is gone."""
        prefix = S3Address(self.bucket, f"{_DONE}{request.job_uid}/")
        for found in reversed(self.store.list(prefix).objects):
            try:
                audit = DeletionAudit.model_validate_json(self.store.read(found.address))
            except ValidationError:
                continue
            if audit.request_id == request.id and audit.audio_deleted:
                return audit
        return None

    def keep(self, kept: KeptAudio) -> None:
        """Note what is still there of a job that goes; the same job again replaces it."""
        body = kept.model_dump_json(indent=1).encode()
        self.store.write(self._kept(kept), body, content_type=_JSON)

    def kept(self) -> Iterator[KeptAudio]:
        """All such notes, as they are now; one that cannot be read is left out."""
        found = self.store.list(S3Address(self.bucket, _KEPT)).objects
        self._notes = {each.address.key: (each.etag, self._note(each)) for each in found}
        yield from (note for _, note in self._notes.values() if note is not None)

    def _note(self, found: S3Object) -> KeptAudio | None:
        etag, known = self._notes.get(found.address.key, ("", None))
        if etag == found.etag:
            return known
        try:
            return KeptAudio.model_validate_json(self.store.read(found.address))
        except (ValidationError, ObjectMissingError):
            return None

    def forget(self, kept: KeptAudio) -> None:
        """Remove a note of what is no longer there, or is on the list."""
        self.store.delete(self._kept(kept))

    def is_published(self, job_uid: str) -> bool:
        """Whether the job has a manifest, so that there is a report to draw again."""
        try:
            self.store.head(job_address(self.bucket, job_uid, "manifest.json"))
        except ObjectMissingError:
            return False
        return True

    def _kept(self, kept: KeptAudio) -> S3Address:
        return S3Address(self.bucket, f"{_KEPT}{kept.request.job_uid}.json")
