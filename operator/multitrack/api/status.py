"""`status`: what has become of a job. Written by the operator alone."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, WithJsonSchema

from multitrack.api.base import Resource, list_map
from multitrack.api.reasons import (
    ConditionStatus,
    ConditionType,
    DeliveryPhase,
    Phase,
    StepPhase,
)
from workflow_templates.contracts.deletion import DeletionScope

__all__ = [
    "Artifacts",
    "AudioStatus",
    "ComparisonStatus",
    "Condition",
    "DeliveryStatus",
    "DeliveryTarget",
    "Failure",
    "RecordingFacts",
    "RecordingJobStatus",
    "StepStatus",
    "TrackStatus",
    "Usage",
    "WorkflowRef",
    "timestamp",
]

Message = Annotated[str, Field(max_length=32768)]


def timestamp(moment: datetime) -> str:
    """A time as Kubernetes writes it: whole seconds, UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


Timestamp = Annotated[
    datetime,
    PlainSerializer(timestamp, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Condition(Resource):
    """One thing that is so, is not so, or is not known."""

    type: ConditionType
    """What this is about."""
    status: ConditionStatus
    """True, False or Unknown."""
    observed_generation: int = 0
    """The spec's generation that this is said of."""
    last_transition_time: Timestamp
    """When `status` last changed."""
    reason: Annotated[
        str, Field(max_length=1024, pattern=r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
    ]
    """One word; the project's docs/troubleshooting.md explains each."""
    message: Message = ""
    """One sentence: what is so, where, and what to do."""


class WorkflowRef(Resource):
    """The Argo Workflow that does the work."""

    name: str
    """Its name, in the job's namespace."""
    uid: str
    """Its uid."""
    url: str | None = None
    """Its page in Argo's UI, where the installation knows the UI's address."""
    deleted: bool = False
    """It is gone: its time was up, or somebody deleted it."""


class TrackStatus(Resource):
    """One track's run of a step."""

    index: Annotated[int, Field(ge=0)]
    """Of the track, as in recording.json."""
    name: str
    """Whose track."""
    phase: StepPhase
    """Where it is."""
    progress: Annotated[int, Field(ge=0, le=100)] | None = None
    """Percent, where the step says how far it is."""
    retries: int = 0
    """Attempts beyond the first."""


class StepStatus(Resource):
    """One step, all its tracks together."""

    name: str
    """As in the pipeline."""
    phase: StepPhase
    """Where it is."""
    done: int = 0
    """How many of its runs have succeeded: tracks, or one."""
    total: int = 1
    """How many there are."""
    progress: Annotated[int, Field(ge=0, le=100)] | None = None
    """Percent of the work, all runs together, where the step says how far it is."""
    start_time: Timestamp | None = None
    """When its first pod started."""
    completion_time: Timestamp | None = None
    """When its last pod ended."""
    retries: int = 0
    """Attempts beyond the first, all runs together."""
    tracks: Annotated[
        tuple[TrackStatus, ...], Field(max_length=64, json_schema_extra=list_map("index"))
    ] = ()
    """In a step that runs once a track: each one, as far as they are known."""
    message: Message | None = None
    """What is wrong, or what it waits for."""
    warnings: Annotated[tuple[str, ...], Field(max_length=32)] = ()
    """What the step found noteworthy, and could live with."""


class Failure(Resource):
    """The step that failed the job: the first one."""

    step: str
    """As in the pipeline."""
    track: str | None = None
    """Whose track, in a step that runs once a track."""
    message: Message
    """What the step said."""
    exit_code: int | None = None
    """2 bad input, 3 refused, 75 temporary; 137 killed, by the node or for memory."""
    pod: str | None = None
    """The last attempt's pod."""
    node: str | None = None
    """Where it ran."""
    logs_url: Annotated[str | None, Field(alias="logsURL")] = None
    """Its log in Argo's UI, where the installation knows the UI's address."""


class RecordingFacts(Resource):
    """What was recorded."""

    duration_seconds: float | None = None
    """Its length, where it is known."""
    tracks: int | None = None
    """How many audio tracks it has."""


class Artifacts(Resource):
    """Where the results lie, as `s3://bucket/key`."""

    prefix: str
    """Everything of this job lies below."""
    manifest: str | None = None
    """manifest.json: what was published, with checksums."""
    transcript: str | None = None
    """transcript.json; `.vtt`, `.srt`, `.txt` and `.md` lie beside it."""
    report: str | None = None
    """report.html, the finished meeting as one page."""
    mixdown: str | None = None
    """mix.mp3."""
    waveform: str | None = None
    """waveform.json."""


class Usage(Resource):
    """What the job has used, all attempts of its Workflow together."""

    cpu_seconds: int = 0
    """Requested CPU cores times seconds."""
    memory_gib_seconds: Annotated[int, Field(alias="memoryGiBSeconds")] = 0
    """Requested memory times seconds."""
    gpu_seconds: int = 0
    """Devices times seconds, while pods ran."""
    audio_seconds: float = 0.0
    """Audio that was transcribed."""
    prompt_tokens: int = 0
    """What the language model read."""
    completion_tokens: int = 0
    """What it wrote."""


class AudioStatus(Resource):
    """What is known of consent, and what was decided about the audio."""

    denied: bool = False
    """Votes deny consent, as they were when they were last counted."""
    counted: str = ""
    """Which votes that was, and at which end of the job."""
    requests: int = 0
    """Entries of the deletion list that were made for this job."""
    requested_at: Timestamp | None = None
    """When all audio was last put on the deletion list."""
    deleted_at: Timestamp | None = None
    """When all audio was found to be gone."""
    expired: DeletionScope | None = None
    """What of the job's own files was put on the deletion list because its time was up."""
    expired_at: Timestamp | None = None
    """When it was."""


class DeliveryTarget(Resource):
    """One of those who are told."""

    name: str
    """`zulip` or `webhook`."""
    phase: DeliveryPhase
    """Where it is."""
    message: Message | None = None
    """What the last try met with."""
    tries: int = 0
    """Tries so far."""
    delivered_at: Timestamp | None = None
    """When it was taken."""


class DeliveryStatus(Resource):
    """The newest delivery of the results."""

    number: int
    """Of the delivery: one more for each raised `spec.attempt` or `spec.deliveryAttempt`."""
    start_time: Timestamp
    """When it began, or when it was found that there is nothing to do."""
    workflow_ref: WorkflowRef | None = None
    """The Argo Workflow that delivers; none where there was nobody to tell."""
    targets: Annotated[
        tuple[DeliveryTarget, ...], Field(max_length=8, json_schema_extra=list_map("name"))
    ] = ()
    """Who is told, one by one."""

    @property
    def goes_on(self) -> bool:
        """Somebody is still to be told."""
        return any(target.phase is DeliveryPhase.DELIVERING for target in self.targets)


class ComparisonStatus(Resource):
    """The comparison of a shadow job with the legacy pipeline."""

    number: int
    """The attempt that was compared."""
    workflow_ref: WorkflowRef | None = None
    """The Argo Workflow that compares."""
    verdict: str | None = None
    """What the comparison came to, in one word."""
    message: Message | None = None
    """The same in a sentence."""
    page: str | None = None
    """comparison.html, as `s3://bucket/key`; comparison.json lies beside it."""


class RecordingJobStatus(Resource):
    """What has become of the job."""

    observed_generation: int = 0
    """The spec's generation that this status is about."""
    phase: Phase = Phase.PENDING
    """The job in one word, for people."""
    step: str | None = None
    """What goes on now, or what failed."""
    progress: str | None = None
    """Runs of steps that have ended, of all that are known: `7/15`."""
    attempt: int = 0
    """The last attempt for which a Workflow was made."""
    retries: int = 0
    """How often somebody had Argo try a finished Workflow again."""
    suspend_requested: bool = False
    """What `spec.suspend` was when it was last passed on."""
    start_time: Timestamp | None = None
    """When the Workflow of this attempt was made."""
    completion_time: Timestamp | None = None
    """When it ended."""
    conditions: Annotated[
        tuple[Condition, ...], Field(max_length=16, json_schema_extra=list_map("type"))
    ] = ()
    """Details, for programs."""
    workflow_ref: WorkflowRef | None = None
    """The Workflow of this attempt."""
    steps: Annotated[
        tuple[StepStatus, ...], Field(max_length=32, json_schema_extra=list_map("name"))
    ] = ()
    """All steps, in the order of the pipeline."""
    failure: Failure | None = None
    """Why the job failed."""
    recording: RecordingFacts | None = None
    """What was recorded."""
    artifacts: Artifacts | None = None
    """Where the results lie."""
    usage: Usage | None = None
    """What the job has used."""
    audio_deleted: bool | None = None
    """True: all audio is gone, in all versions, as a listing has shown. False: it is to go, and is
    still there. Not set: it stays."""
    audio: AudioStatus | None = None
    """What is known of consent, and what was decided about the audio."""
    delivery: DeliveryStatus | None = None
    """The newest delivery; none has begun unless it is there."""
    comparison: ComparisonStatus | None = None
    """Of a shadow job: the newest comparison."""

    def condition(self, kind: ConditionType) -> Condition | None:
        """The condition of that type, if it is there yet."""
        return next((each for each in self.conditions if each.type == kind), None)

    @property
    def is_delivering(self) -> bool:
        """Somebody is still to be told, or will be."""
        said = self.condition(ConditionType.DELIVERED)
        return said is not None and said.status is ConditionStatus.UNKNOWN

    def is_true(self, kind: ConditionType) -> bool:
        """Whether the condition of that type is there and True."""
        condition = self.condition(kind)
        return condition is not None and condition.status is ConditionStatus.TRUE

    def to_patch(self) -> dict[str, Any]:
        """The whole status for a merge patch: null for what it no longer says."""
        return self.model_dump(mode="json", by_alias=True)
