"""Words that people and scripts find in a job's status. Public API.

docs/troubleshooting.md has a heading for every reason: what one sees, why, what to do, whether it
clears by itself.
"""

from enum import StrEnum

__all__ = [
    "ComparedReason",
    "ConditionStatus",
    "ConditionType",
    "ConsentReason",
    "DegradedReason",
    "DeliveredReason",
    "DeliveryPhase",
    "Phase",
    "StepPhase",
    "SucceededReason",
    "TranscriptReason",
    "WorkflowCreatedReason",
]


class Phase(StrEnum):
    """A job in one word, for people; conditions are for programs."""

    PENDING = "Pending"
    """No pod of the job runs yet."""
    RUNNING = "Running"
    SUSPENDED = "Suspended"
    """Waits for `spec.suspend` to be false, or for `argo resume`."""
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    CANCELLED = "Cancelled"
    """Stopped by a person: `spec.cancel`, or stop or terminate in Argo."""
    SKIPPED = "Skipped"
    """A shadow run whose recording the legacy pipeline had already deleted: nothing is wrong."""

    @property
    def is_final(self) -> bool:
        """Nothing more happens unless a person asks for it."""
        return self in (Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED, Phase.SKIPPED)


class StepPhase(StrEnum):
    """Where a step is."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    SKIPPED = "Skipped"
    """Switched off for this job, or made needless by what came before."""

    @property
    def is_final(self) -> bool:
        """The step has ended."""
        return self in (StepPhase.SUCCEEDED, StepPhase.FAILED, StepPhase.SKIPPED)


class DeliveryPhase(StrEnum):
    """Where the delivery to one target is."""

    DELIVERING = "Delivering"
    """Not taken yet; it is tried again."""
    DELIVERED = "Delivered"
    FAILED = "Failed"
    """Given up."""


class ConditionStatus(StrEnum):
    """As Kubernetes spells it."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class ConditionType(StrEnum):
    """What a condition is about."""

    WORKFLOW_CREATED = "WorkflowCreated"
    """Argo has a Workflow for the attempt that the spec asks for."""
    SUCCEEDED = "Succeeded"
    """How the job ended; Unknown while it goes on."""
    TRANSCRIPT_READY = "TranscriptReady"
    """The transcript is published; true even if a later step fails."""
    DEGRADED = "Degraded"
    """The result lacks something that was asked for."""
    CONSENT_ENFORCED = "ConsentEnforced"
    """What people and `spec.consent` ask for is so: the audio is gone, or nobody minds it."""
    DELIVERED = "Delivered"
    """Everybody who was to be told of the results has been."""
    COMPARED = "Compared"
    """A shadow job was measured against the legacy pipeline's result; only where that is set up."""


class WorkflowCreatedReason(StrEnum):
    """Why `WorkflowCreated` has its status."""

    CREATED = "Created"
    """True."""
    UNKNOWN_PROFILE = "UnknownProfile"
    """False. `spec.profile` names none of the installation's; clears when one is added, or the job
    names another."""
    INVALID_REQUEST = "InvalidRequest"
    """False. The job cannot be rendered with the installation's settings; clears when the settings
    or the job change."""
    WORKFLOW_REFUSED = "WorkflowRefused"
    """False. The API server or a policy refuses the Workflow; tried again every minute."""
    NAME_TAKEN = "NameTaken"
    """False, until that object is deleted. A Workflow of the name exists that is not this job's."""
    WAITING_FOR_EARLIER_ATTEMPT = "WaitingForEarlierAttempt"
    """False. The attempt before still runs; clears when it ends."""


class SucceededReason(StrEnum):
    """Why `Succeeded` has its status."""

    PENDING = "Pending"
    """Unknown. The Workflow is about to be created."""
    QUEUED = "Queued"
    """Unknown. The Workflow exists, none of its pods runs yet."""
    INSTALLATION_INCOMPLETE = "InstallationIncomplete"
    """Unknown. Nothing of the job runs, and the installation lacks something that it needs."""
    RUNNING = "Running"
    """Unknown. Pods run."""
    SUSPENDED = "Suspended"
    """Unknown. Nothing new starts until somebody resumes the job."""
    RETRYING = "Retrying"
    """Unknown. Somebody had Argo try a finished Workflow again."""
    POD_CANNOT_START = "PodCannotStart"
    """Unknown, then False. A pod waits for an image, a Secret, a ConfigMap or a volume that is not
    there. The job is stopped when that lasts."""
    COMPLETED = "Completed"
    """True. Every step that the result needs has succeeded."""
    STEP_FAILED = "StepFailed"
    """False. A step failed in all its tries, and gave no other reason."""
    BAD_INPUT = "BadInput"
    """False. A step cannot use what it was given, and trying again would not help."""
    SOURCE_NOT_FOUND = "SourceNotFound"
    """False. No object lies where `spec.source` says."""
    SOURCE_DELETED = "SourceDeleted"
    """False. The recording was there, and somebody has deleted it. A shadow job is Skipped then."""
    NO_AUDIO = "NoAudio"
    """False. There are objects, and none of them is audio."""
    TRACK_UNREADABLE = "TrackUnreadable"
    """False. A track holds no decodable audio."""
    TRACK_OFFSET = "TrackOffset"
    """False. A track claims to start before or after its recording."""
    MODEL_UNAVAILABLE = "ModelUnavailable"
    """False. The speech model is not in the image, not on the volume and cannot be downloaded."""
    LANGUAGE_UNSUPPORTED = "LanguageUnsupported"
    """False. The model does not speak the recording's language."""
    SETTINGS = "Settings"
    """False. A step was told something that it does not understand."""
    REFUSED = "Refused"
    """False. Storage or another system refused: rights, bucket or key."""
    TEMPORARY = "Temporary"
    """False. Another system was away for longer than the tries lasted."""
    LANGUAGE_MODEL = "LanguageModel"
    """False. The language model was away, or did not answer in the asked form, in all tries."""
    STORAGE_UNAVAILABLE = "StorageUnavailable"
    """False. Argo could not fetch or keep a step's files, in all its tries: the bucket is not
    there, refuses, or was away for too long."""
    STORAGE_FULL = "StorageFull"
    """False. A pod ran out of disk."""
    OUT_OF_MEMORY = "OutOfMemory"
    """False. A step was killed for using more memory than its limit, in all its tries."""
    DEADLINE_EXCEEDED = "DeadlineExceeded"
    """False. The job, or a step, took longer than it may."""
    WORKFLOW_ERROR = "WorkflowError"
    """False. Argo could not carry the Workflow on."""
    WORKFLOW_DELETED = "WorkflowDeleted"
    """False. Somebody deleted the Workflow before it ended."""
    CANCELLED = "Cancelled"
    """False. `spec.cancel` is set."""
    STOPPED = "Stopped"
    """False. Somebody stopped the Workflow in Argo."""
    TERMINATED = "Terminated"
    """False. Somebody terminated the Workflow in Argo."""


class TranscriptReason(StrEnum):
    """Why `TranscriptReady` has its status."""

    PUBLISHED = "Published"
    """True."""
    NOT_YET = "NotYet"
    """Unknown. The steps that make it go on."""
    NOT_PUBLISHED = "NotPublished"
    """False. The job ended before the transcript was published."""


class DegradedReason(StrEnum):
    """Why `Degraded` has its status."""

    NOTHING_MISSING = "NothingMissing"
    """False."""
    OPTIONAL_STEP_FAILED = "OptionalStepFailed"
    """True. The mix, the waveform or the report could not be made; the transcript is whole."""
    TRACK_GAP = "TrackGap"
    """True. A track was unusable and `spec.onTrackFailure` is Gap: its words are missing."""


class ConsentReason(StrEnum):
    """Why `ConsentEnforced` has its status."""

    NOT_NEEDED = "NotNeeded"
    """True. `spec.consent.policy` is Keep."""
    NOBODY_DENIES = "NobodyDenies"
    """True. Nobody has denied consent, as far as votes were counted."""
    ENFORCED = "Enforced"
    """True. The audio is gone, in all versions; a listing has shown it."""
    WAITING_FOR_END = "WaitingForEnd"
    """False, or Unknown without a denial. The audio goes when the run has ended."""
    WAITING_FOR_RETRY = "WaitingForRetry"
    """False, or Unknown without a denial. The run has failed; the audio is kept until the moment
    that the message names, so that somebody can try again."""
    DELETING = "Deleting"
    """False. What is to go is written down, and is being deleted."""
    REFUSED = "Refused"
    """False. A right is missing, an object is locked, or Daily's key is; the message names it.
    Tried again, at the latest every hour."""
    UNVERIFIED = "Unverified"
    """False. The deletion did not come to its end, or a listing still showed audio; tried again."""
    VOTES_UNKNOWN = "VotesUnknown"
    """Unknown. The votes cannot be read, and nothing is taken for consent; tried again."""


class DeliveredReason(StrEnum):
    """Why `Delivered` has its status."""

    NOT_YET = "NotYet"
    """Unknown. The transcript is not published yet, or `spec.suspend` holds everything."""
    DELIVERING = "Delivering"
    """Unknown. The delivery goes on, or is about to begin; the message says whom it waits for."""
    CANNOT_START = "DeliveryCannotStart"
    """Unknown. The delivery's Workflow cannot be made; it is tried again every minute."""
    DELIVERED = "Delivered"
    """True. Every target has taken the results."""
    NOTHING_TO_DELIVER = "NothingToDeliver"
    """True. Neither the job nor the installation names anybody to tell."""
    DISABLED = "DeliveryDisabled"
    """False. A job with `spec.shadow` delivers nothing."""
    NOT_PUBLISHED = "NotPublished"
    """False. The job ended before there was anything to deliver."""
    SETTINGS = "Settings"
    """False. A target is not described well enough, or may not be called: a missing credential, an
    address in a private network."""
    REFUSED = "Refused"
    """False. A target refuses for good."""
    UNDELIVERABLE = "Undeliverable"
    """False. A target was away for all 30 tries, or for 30 hours."""
    STOPPED = "DeliveryStopped"
    """False. Somebody stopped the delivery's Workflow in Argo."""
    DELETED = "DeliveryDeleted"
    """False. Somebody deleted the delivery's Workflow before it ended."""


class ComparedReason(StrEnum):
    """Why `Compared` has its status."""

    NOT_YET = "NotYet"
    """Unknown. The transcript is not published yet."""
    COMPARING = "Comparing"
    """Unknown. The comparison is about to begin, or waits for the legacy pipeline's transcript."""
    COMPARED = "Compared"
    """True. The message holds the verdict; `status.comparison.page` is the whole comparison."""
    INCOMPLETE = "ComparisonIncomplete"
    """False. The legacy pipeline's transcript could not be had, or lacks what is compared."""
    FAILED = "ComparisonFailed"
    """False. The comparison's Workflow failed, was stopped, or was deleted before its end."""
