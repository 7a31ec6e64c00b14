"""`spec`: what a person asks for. The docstrings are what `kubectl explain` says."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from multitrack.api.base import Resource, cel, checked, list_map, list_set
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.deletion import ConsentPolicy

__all__ = [
    "Consent",
    "DailySource",
    "Delivery",
    "Diarization",
    "OnTrackFailure",
    "Participant",
    "RecordingJobSpec",
    "S3Source",
    "Scheduling",
    "SecretReference",
    "Source",
    "Steps",
    "Track",
    "Transcription",
    "WebhookTarget",
    "ZulipTarget",
]

Name = Annotated[str, Field(min_length=1, max_length=200)]
FileName = Annotated[str, Field(min_length=1, max_length=1024)]
Bucket = Annotated[
    str,
    Field(
        max_length=63,
        json_schema_extra=checked(
            "self.matches('^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$')",
            "a bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens; "
            "give the name alone, without s3://",
        ),
    ),
]
Prefix = Annotated[
    str,
    Field(
        max_length=1024,
        json_schema_extra=checked(
            "self.matches('^[^/]') && !self.contains('://')",
            "a prefix is a key in the bucket, not a URL, and does not begin with /; "
            "name the bucket in `bucket`",
        ),
    ),
]
Key = Annotated[
    str,
    Field(
        max_length=1024,
        json_schema_extra=checked(
            "self.matches('^[^/]') && !self.contains('://') && !self.endsWith('/')",
            "a track's key names one object: no URL, no / at either end; "
            "name the bucket in `bucket`",
        ),
    ),
]
Term = Annotated[
    str,
    Field(
        max_length=100,
        json_schema_extra=checked(
            "self.matches('^[^,]+$')", "a vocabulary entry is one term, without commas"
        ),
    ),
]
DailyId = Annotated[
    str,
    Field(
        max_length=128,
        json_schema_extra=checked(
            "self.matches('^[A-Za-z0-9][A-Za-z0-9._-]*$')",
            "an id of Daily.co's has letters, digits, dots, hyphens and underscores; "
            "give the id alone, as Daily's API shows it",
        ),
    ),
]
RoomName = Annotated[
    str,
    Field(
        max_length=200,
        json_schema_extra=checked(
            "self.matches('^[^/]+$')",
            "a room's name is what follows the domain in its URL; give the name alone",
        ),
    ),
]
Offset = Annotated[Seconds, Field(ge=0, le=172_800)]
WebhookUrl = Annotated[
    str,
    Field(
        max_length=2048,
        json_schema_extra=checked(
            "self.matches('^https://[^/@?# ]+([/?][^# ]*)?$')",
            "a webhook's address is an https:// URL without user, password or fragment: "
            "https://receiver.example/path",
        ),
    ),
]
SecretName = Annotated[
    str,
    Field(
        max_length=253,
        json_schema_extra=checked(
            "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",
            "secretRef.name is the name of a Secret in the job's namespace, without the namespace",
        ),
    ),
]
SecretKeyName = Annotated[
    str,
    Field(
        max_length=253,
        json_schema_extra=checked(
            "self.matches('^[-._a-zA-Z0-9]+$')",
            "secretRef.key is one of the Secret's keys: letters, digits, dots, hyphens, _",
        ),
    ),
]


class OnTrackFailure(StrEnum):
    """What an unusable track does to the meeting."""

    FAIL = "Fail"
    GAP = "Gap"


class DailySource(Resource):
    """A recording that Daily.co made; what is known beside its id helps where Daily is silent."""

    recording_id: DailyId
    """The recording's id, as Daily's events and API show it."""
    room_name: RoomName | None = None
    """The room that was recorded. Default: what Daily says."""
    meeting_session_id: DailyId | None = None
    """The meeting session, by which participants are looked up. Default: what Daily says."""


class Diarization(StrEnum):
    """On which tracks voices are told apart."""

    AUTO = "Auto"
    NEVER = "Never"
    ALWAYS = "Always"


class S3Source(Resource):
    """All audio files directly below a prefix."""

    bucket: Bucket | None = None
    """The bucket. Default: the installation's."""
    prefix: Prefix
    """Where the tracks lie: `meetings/2026-03-14/`. Names like `Alice.webm` and Daily.co's own
    layout are understood."""


class Track(Resource):
    """One participant's audio file."""

    bucket: Bucket | None = None
    """The bucket. Default: the installation's."""
    key: Key
    """The object's key."""
    name: Name | None = None
    """Who speaks. Default: what the key's last part says."""
    offset: Offset | None = None
    """Seconds from the recording's start to the track's first sample. Default: what the file
    says."""
    shared: bool = False
    """Several people speak on this track."""


class Source(Resource):
    """Where the recording lies. Exactly one."""

    model_config = ConfigDict(
        json_schema_extra={
            "x-kubernetes-validations": [
                cel(
                    "[has(self.daily), has(self.s3), has(self.tracks)]"
                    ".filter(each, each).size() == 1",
                    "name exactly one source: daily, s3 or tracks",
                ),
            ]
        }
    )

    daily: DailySource | None = None
    """A recording that Daily.co made."""
    s3: S3Source | None = None
    """All tracks below a prefix of a bucket."""
    tracks: (
        Annotated[
            tuple[Track, ...],
            Field(min_length=1, max_length=64, json_schema_extra=list_map("key")),
        ]
        | None
    ) = None
    """Tracks one by one."""


class Participant(Resource):
    """What is known about a track whose file name does not say it."""

    file: FileName
    """The file's name, with or without extension, or its whole key."""
    name: Name | None = None
    """Who speaks."""
    offset: Offset | None = None
    """Seconds from the recording's start to the track's first sample."""
    shared: bool = False
    """Several people speak on this track."""


class Transcription(Resource):
    """How speech becomes text."""

    model: Annotated[str, Field(min_length=1, max_length=253)] | None = None
    """Name or folder of the speech model. Default: the profile's."""
    vocabulary: Annotated[
        tuple[Term, ...],
        Field(max_length=200, json_schema_extra=list_set()),
    ] = ()
    """Names and terms to expect."""


class Steps(Resource):
    """Optional steps."""

    mixdown: bool = True
    """Mix all tracks into one MP3."""
    waveform: bool = True
    """Measure the mix for the player. Without a mix there is none."""
    report: bool = True
    """Render report.html."""


class Consent(Resource):
    """What becomes of the audio. The text stays in any case."""

    policy: ConsentPolicy = ConsentPolicy.DELETE_AUDIO_ON_DENIAL
    """`Keep`: it stays, whatever anybody votes. `DeleteAudioOnDenial`: it goes when one person does
    not consent. `DeleteAudio`: it always goes."""
    denied: bool = False
    """Somebody does not consent. Cannot be taken back."""
    grace_after_failure: Annotated[int, Field(ge=0, le=2_592_000)] | None = None
    """Seconds for which denied audio is kept after a failure, so that somebody can try again.
    Default: the installation's, which is a day unless set; 0: not at all."""


class Scheduling(Resource):
    """When and where the job's pods run."""

    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    """Higher first, where Workflows wait for locks or for Argo."""
    queue_name: (
        Annotated[
            str,
            Field(
                max_length=63,
                json_schema_extra=checked(
                    "self.matches('^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$')",
                    "queueName is the name of a LocalQueue: letters, digits, dots, hyphens",
                ),
            ),
        ]
        | None
    ) = None
    """Kueue's LocalQueue for the pods that use a GPU. Default: the profile's."""
    active_deadline_seconds: Annotated[int, Field(ge=60)] | None = None
    """Seconds after which the job is given up, waiting included. Default: the installation's."""


class SecretReference(Resource):
    """One value of a Secret in the job's namespace."""

    name: SecretName
    """The Secret."""
    key: SecretKeyName = "secret"
    """Its key."""


class ZulipTarget(Resource):
    """A Zulip topic; realm and bot are the installation's."""

    enabled: bool = True
    """Whether the meeting is posted, where a stream and a topic are known."""
    stream: Name | None = None
    """The stream, which the bot may post to. Default: the installation's."""
    topic: Name | None = None
    """The topic there. Default: the installation's."""


class WebhookTarget(Resource):
    """A receiver of `transcript.completed`."""

    model_config = ConfigDict(
        json_schema_extra=checked(
            "!has(self.secretRef) || has(self.url)",
            "secretRef goes with a url of the job's own; the installation's receiver has its own",
        )
    )

    enabled: bool = True
    """Whether it is called, where an address is known."""
    url: WebhookUrl | None = None
    """Its address. It can be read by whoever may read the job. Default: the installation's
    receiver."""
    secret_ref: SecretReference | None = None
    """What the deliveries to `url` are signed with. Default: they are not signed."""


class Delivery(Resource):
    """Who is told about the finished meeting."""

    zulip: ZulipTarget = ZulipTarget()
    """A Zulip topic."""
    webhook: WebhookTarget = WebhookTarget()
    """A receiver of yours."""


class RecordingJobSpec(Resource):
    """One recorded meeting to be turned into a transcript."""

    model_config = ConfigDict(
        json_schema_extra={
            "x-kubernetes-validations": [
                cel(
                    "self.source == oldSelf.source",
                    "source cannot be changed; create another RecordingJob",
                    fieldPath=".source",
                ),
                cel(
                    "!oldSelf.cancel || self.cancel",
                    "cancel cannot be taken back; create another RecordingJob",
                    fieldPath=".cancel",
                ),
                cel(
                    "!(has(oldSelf.consent) && has(oldSelf.consent.denied) "
                    "&& oldSelf.consent.denied) || (has(self.consent) "
                    "&& has(self.consent.denied) && self.consent.denied)",
                    "consent.denied cannot be taken back: the audio is deleted",
                    fieldPath=".consent",
                ),
                cel(
                    "self.attempt >= oldSelf.attempt",
                    "attempt can only be raised: each number is one run",
                    fieldPath=".attempt",
                ),
                cel(
                    "self.deliveryAttempt >= oldSelf.deliveryAttempt",
                    "deliveryAttempt can only be raised: each number is one delivery",
                    fieldPath=".deliveryAttempt",
                ),
                cel(
                    "!has(self.source.tracks) || !has(self.participants)",
                    "participants goes with source.daily and source.s3; "
                    "give names and offsets in source.tracks",
                    fieldPath=".participants",
                ),
            ]
        }
    )

    source: Source
    """Where the recording lies. Cannot be changed."""
    title: Annotated[str, Field(max_length=200)] = ""
    """The meeting's title. Default: one is made from what was said."""
    language: Annotated[
        str,
        Field(
            max_length=4,
            json_schema_extra=checked(
                "self.matches('^(auto|[a-z]{2,3})$')",
                "language is `auto` or an ISO 639-1 code such as en or de",
            ),
        ),
    ] = "auto"
    """What is spoken, as an ISO 639-1 code, or `auto`."""
    profile: Annotated[
        str,
        Field(
            max_length=63,
            json_schema_extra=checked(
                "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
                "a profile's name has lower-case letters, digits and hyphens",
            ),
        ),
    ] = "default"
    """One of the installation's profiles: a model, and the nodes that it runs on."""
    participants: Annotated[
        tuple[Participant, ...],
        Field(max_length=64, json_schema_extra=list_map("file")),
    ] = ()
    """Who is on which track, where names of files do not say it."""
    transcription: Transcription = Transcription()
    """How speech becomes text."""
    diarization: Diarization | None = None
    """`Auto`: voices are told apart on tracks that several people share, in recordings of one
    track, and where several voices are heard, if there is a model for it. `Always`: on every track;
    without a model the job fails. `Never`: every track is one person. Default: the profile's, which
    is Auto unless set."""
    voices: (
        Annotated[
            str,
            Field(
                max_length=9,
                json_schema_extra=checked(
                    "self.matches('^(auto|[1-9][0-9]{0,2}(-([1-9][0-9]{0,2})?)?)$')",
                    "voices is `auto`, a number such as 3, or bounds such as 2-5 or 2-",
                ),
            ),
        ]
        | None
    ) = None
    """How many voices there are on each track on which they are told apart: `auto`, a number, or
    bounds. Default: as many as are heard."""
    steps: Steps = Steps()
    """Optional steps."""
    on_track_failure: OnTrackFailure = OnTrackFailure.FAIL
    """`Fail`: one unusable track fails the job, the others' words are kept for a retry.
    `Gap`: the meeting is published without it, and says so."""
    consent: Consent = Consent()
    """What becomes of the audio."""
    delivery: Delivery = Delivery()
    """Who is told about the finished meeting."""
    delivery_attempt: Annotated[int, Field(ge=1, le=999)] = 1
    """Raise it to deliver again what is published; a raised `attempt` delivers by itself."""
    scheduling: Scheduling = Scheduling()
    """When and where the job's pods run."""
    shadow: bool = False
    """Another system processes the recording and its results count: nothing is delivered from here,
    nothing at the source is deleted, and other jobs go first."""
    suspend: bool = False
    """Start nothing new until this is false again; pods that run go on."""
    cancel: bool = False
    """Stop the job for good. What was computed is kept."""
    attempt: Annotated[int, Field(ge=1, le=999)] = 1
    """Raise it to run again. Finished transcription is taken from the run before."""
    force: bool = False
    """When `attempt` is raised during a run: stop that run instead of waiting for its end."""
    ttl_seconds_after_finished: Annotated[int, Field(ge=0)] | None = None
    """Seconds after which a finished job is deleted. Its results stay. Default: it is kept."""
