"""What is to be deleted, and what became of it: no word of it is speech."""

from enum import StrEnum

from workflow_templates.contracts.base import Contract, Document

__all__ = [
    "ConsentPolicy",
    "DeletedObject",
    "DeletionAudit",
    "DeletionRequest",
    "RemainingObject",
    "SourceObject",
]


class ConsentPolicy(StrEnum):
    """What becomes of a meeting's audio."""

    KEEP = "Keep"
    """It stays, whatever anybody votes."""
    DELETE_AUDIO_ON_DENIAL = "DeleteAudioOnDenial"
    """It goes when one person does not consent."""
    DELETE_AUDIO = "DeleteAudio"
    """It always goes."""


class SourceObject(Contract):
    """An original, with all its versions."""

    bucket: str
    key: str
    daily: bool = False
    """It lies in Daily's bucket, which has an endpoint, credentials or a role of its own."""


class DeletionRequest(Document):
    """deletions/pending/<id>.json: written before anything is deleted, struck off when all is gone.

    It holds everything that a deletion needs, so that neither the job nor its files have to last.
    """

    id: str
    job_uid: str
    because: str
    """One sentence: who does not consent, or which policy."""
    requested_at: str
    """ISO 8601, UTC."""
    sources: tuple[SourceObject, ...] = ()
    """Originals that recording.json may not name: composed video, tracks of a job that failed."""
    prefixes: tuple[str, ...] = ()
    """`s3://bucket/jobs/<uid>/` of further runs on the same recording: shadow copies."""


class DeletedObject(Contract):
    """An object that is gone."""

    address: str
    """`s3://bucket/key`."""
    versions: int
    """How many versions and delete markers there were."""


class RemainingObject(Contract):
    """An object that is still there."""

    address: str
    because: str
    """One sentence that names key and right."""


class DeletionAudit(Document):
    """consent/audit.json, made by cleanup-consent: the proof. It says "gone" of nothing unseen."""

    job_uid: str
    recording_id: str | None
    """None: the job failed before it knew."""
    policy: ConsentPolicy
    because: str
    """Why the audio goes or stays, in one sentence."""
    votes: tuple[str, ...] = ()
    """Ids of the votes that were read."""
    started_at: str
    """ISO 8601, UTC."""
    ended_at: str
    audio_deleted: bool
    """All of it is gone, in all versions: a listing after the deletion found nothing."""
    deleted: tuple[DeletedObject, ...] = ()
    remaining: tuple[RemainingObject, ...] = ()
    kept: tuple[str, ...] = ()
    """Keys of the text, which stays."""
