"""What is to be deleted, and what became of it: no word of it is speech."""

from enum import StrEnum

from workflow_templates.contracts.base import Contract, Document

__all__ = [
    "ConsentPolicy",
    "DeletedObject",
    "DeletionAudit",
    "DeletionRequest",
    "DeletionScope",
    "KeptAudio",
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


class DeletionScope(StrEnum):
    """How much of a meeting's audio goes. Whatever is in it goes in all versions."""

    ALL = "All"
    """The originals at their source, and everything that the job made of them."""
    COPIES = "Copies"
    """The job's own files: a shadow job's, whose originals are another system's to delete, or those
    whose time is up."""
    INTERMEDIATES = "Intermediates"
    """Copies of the tracks, padded audio and excerpts; the mix and its waveform stay."""


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
    scope: DeletionScope = DeletionScope.ALL
    """How much goes."""
    is_expiry: bool = False
    """Nobody minds the audio, but its time is up."""
    sources: tuple[SourceObject, ...] = ()
    """Originals that recording.json may not name: composed video, tracks of a job that failed."""
    source: tuple[str, ...] = ()
    """Where the job looked for its recording, as get-recording is told: asked again where there is
    no recording.json."""
    prefixes: tuple[str, ...] = ()
    """`s3://bucket/jobs/<uid>/` of further runs on the same recording: shadow copies."""
    namespace: str = ""
    """Of the job; the deletion runs there, whether or not the job is still there."""
    job_name: str = ""
    profile: str = ""
    """The job's; empty, or no longer known: the installation's own settings."""
    subject: str = ""
    """Whose votes: Daily's recording id, or the job's uid."""
    policy: ConsentPolicy = ConsentPolicy.DELETE_AUDIO_ON_DENIAL
    """The job's."""


class KeptAudio(Document):
    """deletions/kept/<job uid>.json: a job is deleted, and its audio is still there.

    Later votes and the installation's retention find it here.
    """

    request: DeletionRequest
    """What to delete when it comes to that."""
    ended_at: str
    """When the job ended, ISO 8601, UTC."""
    succeeded: bool
    expired: DeletionScope | None = None
    """What was put on the deletion list because its time was up."""


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
    request_id: str | None = None
    """Of the deletion list's entry that this fulfils; None: the job's own last step."""
    scope: DeletionScope = DeletionScope.ALL
    """How much was to go."""
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
    """All of `scope` is gone, in all versions: a listing after the deletion found nothing."""
    deleted: tuple[DeletedObject, ...] = ()
    remaining: tuple[RemainingObject, ...] = ()
    kept: tuple[str, ...] = ()
    """Keys of the text, which stays."""
