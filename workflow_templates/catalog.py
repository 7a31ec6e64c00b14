"""The step catalog: what each step reads, writes, needs and is told.

A step is a pure function from files to files, started as
`multitrack-step NAME --inputs DIR --outputs DIR --param name=value …`. Inside both folders files
lie under the same
keys as in the job's prefix of the bucket (`words/2.json`), so one description serves pods and one
machine.
"""

from dataclasses import dataclass
from enum import StrEnum

from workflow_templates.contracts.base import Seconds

__all__ = [
    "CATALOG",
    "Artifact",
    "Image",
    "JobSecret",
    "Parameter",
    "Resources",
    "RetryClass",
    "Step",
    "step_named",
]


class Image(StrEnum):
    """Which container image runs a step: images/<value>."""

    EDGE = "edge"
    """Talks to the outside; holds source credentials; decodes nothing."""
    MEDIA = "media"
    TRANSCRIBE = "transcribe"
    DIARIZE = "diarize"
    LANGUAGE = "language"


class RetryClass(StrEnum):
    """How often and how soon a failed step is tried again."""

    QUICK = "quick"
    """Reads small files, computes for seconds."""
    MEDIA = "media"
    """Minutes of CPU on untrusted media: a second try helps after a lost node only."""
    GPU = "gpu"
    """Expensive; tried again after node loss and out-of-memory."""
    REMOTE = "remote"
    """Waits for somebody else's service."""
    DELIVERY = "delivery"
    """Tells others, who may be away for a day."""

    @property
    def tries(self) -> int:
        """Attempts in all."""
        return {self.QUICK: 3, self.MEDIA: 3, self.GPU: 4, self.REMOTE: 6, self.DELIVERY: 30}[self]

    @property
    def first_delay(self) -> Seconds:
        """Seconds before the second attempt; doubled for each further one."""
        return {
            self.QUICK: 2.0,
            self.MEDIA: 5.0,
            self.GPU: 10.0,
            self.REMOTE: 5.0,
            self.DELIVERY: 60.0,
        }[self]

    @property
    def longest_delay(self) -> Seconds:
        """The delay grows no further than this, in seconds."""
        return {
            self.QUICK: 10.0,
            self.MEDIA: 60.0,
            self.GPU: 120.0,
            self.REMOTE: 300.0,
            self.DELIVERY: 3600.0,
        }[self]


@dataclass(frozen=True, slots=True)
class Resources:
    """What one run of a step may use, per pod, and when it is given up."""

    cpu: str
    """Kubernetes quantity."""
    memory_mib: int
    """Request and limit; does not grow with the recording's length."""
    deadline: Seconds
    """Fixed part of the time one attempt may take."""
    deadline_per_recorded_second: float = 0.0
    """Added for each second of the recording."""
    gpu: bool = False


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file, or all files below a prefix, under the job's keys."""

    name: str
    key: str
    """`transcript.json`; `audio/{index}.flac` in a fan-out; `words/` for all files below."""
    optional: bool = False
    """May be absent: the step does its work without it."""
    context_only: bool = False
    """The step says in its report when it left this input unread: it is then not counted."""
    holds_audio: bool = False
    """Speech can be heard or seen in it: it goes when somebody does not consent."""

    @property
    def is_prefix(self) -> bool:
        """Whether the key names all files below it."""
        return self.key.endswith("/")

    def key_for(self, index: int | None) -> str:
        """The key in one branch of a fan-out (`index`), or outside any (None)."""
        return self.key if index is None else self.key.format(index=index)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A short string that a step is told."""

    name: str
    default: str | None
    """None: required."""
    help: str
    fingerprinted: bool = True
    """False for what cannot change the output: threads, places, names for display."""


@dataclass(frozen=True, slots=True)
class JobSecret:
    """A credential that a job may take from a Secret that it names."""

    variable: str
    """Of the step's `secrets`."""
    parameter: str
    """The job parameters `<parameter>-name` and `<parameter>-key` say which Secret it is."""

    @property
    def name_parameter(self) -> str:
        """The job parameter with the Secret's name."""
        return f"{self.parameter}-name"

    @property
    def key_parameter(self) -> str:
        """The job parameter with its key."""
        return f"{self.parameter}-key"


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the catalog."""

    name: str
    summary: str
    """One line, for `multitrack steps` and the Argo UI."""
    version: int
    """Raised when the same inputs give another output."""
    image: Image
    inputs: tuple[Artifact, ...]
    outputs: tuple[Artifact, ...]
    parameters: tuple[Parameter, ...]
    resources: Resources
    retry: RetryClass
    output_parameters: tuple[str, ...] = ()
    """Small values written as files `parameters/<name>` below the outputs folder."""
    talks_to_outside: bool = False
    secrets: tuple[str, ...] = ()
    """Names of environment variables that hold credentials."""
    job_secrets: tuple[JobSecret, ...] = ()
    """Those of them that a job may take from a Secret of its own."""
    reads_source: bool = False
    """Its outputs depend on more than its declared inputs: never taken from an earlier run."""
    decodes_media: bool = False
    """Reads bytes that anyone may have made: never beside a secret."""


_ON_TRACK_FAILURE = Parameter(
    "on-track-failure", "fail", "fail, or gap: go on and mark an unusable track as a gap"
)
_DIARIZATION = Parameter(
    "diarization",
    "auto",
    "auto: shared and single tracks, and where several voices are heard; never; always",
)
_TRACK = Parameter("track", None, "the track's entry of the fan-out list, as JSON")
_LANGUAGE_MODEL = (
    Parameter("backend", "auto", "extractive, openai, or auto: openai if an endpoint is set"),
    Parameter("llm-base-url", "", "address of an OpenAI-compatible endpoint"),
    Parameter("llm-model", "", "the model to ask for there"),
    Parameter("llm-context", "16384", "tokens the model can hold, prompt and answer together"),
    Parameter("llm-requests-per-second", "10", "shared limit of one step", fingerprinted=False),
    Parameter("llm-concurrency", "8", "requests under way at once", fingerprinted=False),
    Parameter("llm-timeout", "300", "seconds one answer may take", fingerprinted=False),
)
_LLM_SECRETS = ("MULTITRACK_LLM_API_KEY",)
_S3_SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_STORAGE_SECRETS = (
    "MULTITRACK_STORAGE_AWS_ACCESS_KEY_ID",
    "MULTITRACK_STORAGE_AWS_SECRET_ACCESS_KEY",
    "MULTITRACK_STORAGE_AWS_SESSION_TOKEN",
)
_DAILY_API_KEY = ("MULTITRACK_DAILY_API_KEY",)
_DAILY_BUCKET_SECRETS = (
    "MULTITRACK_DAILY_AWS_ACCESS_KEY_ID",
    "MULTITRACK_DAILY_AWS_SECRET_ACCESS_KEY",
    "MULTITRACK_DAILY_AWS_SESSION_TOKEN",
)
_DAILY_API_URL = Parameter(
    "daily-api-url", "https://api.daily.co/v1", "address of Daily's REST API", fingerprinted=False
)
_DAILY_BUCKET = (
    Parameter("daily-bucket", "", "Daily's bucket, where Daily does not name it"),
    Parameter("daily-bucket-region", "", "its region, where Daily does not name it"),
    Parameter("daily-endpoint-url", "", "its S3 endpoint, if Daily names none and not Amazon's"),
    Parameter("daily-assume-role", "", "ARN of the role that reads it; empty: none is assumed"),
)

GET_RECORDING = Step(
    name="get-recording",
    summary="Find the recording's audio tracks and copy them into the job",
    version=2,
    image=Image.EDGE,
    inputs=(),
    outputs=(
        Artifact("recording", "recording.json"),
        # Absent where the bucket's server has copied all of it.
        Artifact("sources", "source/", holds_audio=True, optional=True),
    ),
    output_parameters=("duration",),
    parameters=(
        Parameter(
            "source", None, "JSON list: a folder, files, s3://bucket/prefix, or daily:RECORDING-ID"
        ),
        Parameter("s3-endpoint-url", "", "S3 endpoint, if it is not Amazon's"),
        Parameter("name", "", "the recording's name, if not its folder's"),
        Parameter(
            "copy-to",
            "",
            "the job's files: s3://bucket/jobs/UID/ on the same server, or a folder of an earlier "
            "run; empty: copy all anew",
            fingerprinted=False,
        ),
        _DAILY_API_URL,
        *_DAILY_BUCKET,
    ),
    resources=Resources(cpu="100m", memory_mib=256, deadline=1800),
    retry=RetryClass.REMOTE,
    talks_to_outside=True,
    reads_source=True,
    secrets=(*_S3_SECRETS, *_DAILY_API_KEY, *_DAILY_BUCKET_SECRETS),
)
GET_PARTICIPANTS = Step(
    name="get-participants",
    summary="Say which track is whose",
    version=3,
    image=Image.EDGE,
    inputs=(Artifact("recording", "recording.json"),),
    outputs=(
        Artifact("participants", "participants.json"),
        Artifact("track-list", "tracks.json"),
    ),
    output_parameters=("tracks", "diarized-tracks"),
    parameters=(
        Parameter("participants", "[]", "JSON list of {name, file, offset, shared}"),
        _DIARIZATION,
        _DAILY_API_URL,
    ),
    resources=Resources(cpu="100m", memory_mib=256, deadline=600),
    retry=RetryClass.REMOTE,
    talks_to_outside=True,
    secrets=_DAILY_API_KEY,
)
PAD_TRACK = Step(
    name="pad-track",
    summary="Put a track on the recording's clock, silence where it has no audio",
    version=2,
    image=Image.MEDIA,
    inputs=(Artifact("source", "source/{index}"),),
    outputs=(
        Artifact("audio", "audio/{index}.flac", holds_audio=True),
        Artifact("track", "track/{index}.json"),
        Artifact("probe", "probe/{index}.flac", holds_audio=True),
        Artifact("spread", "spread/{index}.flac", holds_audio=True),
    ),
    parameters=(_TRACK, _ON_TRACK_FAILURE),
    resources=Resources(cpu="1", memory_mib=512, deadline=300, deadline_per_recorded_second=0.1),
    retry=RetryClass.MEDIA,
    decodes_media=True,
)
TRANSCRIBE_TRACK = Step(
    name="transcribe-track",
    summary="Turn a track's speech into words with times",
    version=2,
    image=Image.TRANSCRIBE,
    inputs=(
        Artifact("audio", "audio/{index}.flac"),
        Artifact("track-timing", "track/{index}.json"),
        Artifact("probes", "probe/", context_only=True),
        Artifact("earlier", "words/{index}.json", optional=True, context_only=True),
    ),
    outputs=(Artifact("words", "words/{index}.json"),),
    parameters=(
        _TRACK,
        _ON_TRACK_FAILURE,
        Parameter("transcription-backend", "faster-whisper", "faster-whisper, or openai"),
        Parameter("model", "auto", "name, folder or package of the speech model"),
        Parameter("language", "auto", "ISO 639-1 code, or auto"),
        Parameter("vocabulary", "", "names and terms to expect, separated by commas"),
        Parameter("decoding", "batched", "batched, or sequential: slower, with context"),
        Parameter("device", "auto", "cpu, cuda or auto"),
        Parameter("compute-type", "auto", "int8 on cpu, float16 on cuda unless set"),
        Parameter("threads", "0", "CPU threads; 0 = all cores", fingerprinted=False),
        Parameter("batch-size", "8", "stretches of speech decoded at once", fingerprinted=False),
        Parameter("transcription-base-url", "", "OpenAI-compatible transcription endpoint"),
    ),
    resources=Resources(
        cpu="2", memory_mib=4096, deadline=900, deadline_per_recorded_second=1.0, gpu=True
    ),
    retry=RetryClass.GPU,
    secrets=("MULTITRACK_TRANSCRIPTION_API_KEY",),
)
SCREEN_TRACKS = Step(
    name="screen-tracks",
    summary="Find tracks on which more than one voice is heard",
    version=2,
    image=Image.DIARIZE,
    inputs=(
        Artifact("participants", "participants.json"),
        Artifact("track-list", "tracks.json"),
        Artifact("spreads", "spread/"),
        Artifact("earlier", "screening.json", optional=True, context_only=True),
    ),
    outputs=(Artifact("screening", "screening.json"),),
    output_parameters=("diarized-tracks",),
    parameters=(),
    resources=Resources(cpu="500m", memory_mib=1536, deadline=1800),
    retry=RetryClass.QUICK,
)
DIARIZE_TRACK = Step(
    name="diarize-track",
    summary="Tell the voices on a track apart",
    version=1,
    image=Image.DIARIZE,
    inputs=(
        Artifact("audio", "audio/{index}.flac"),
        Artifact("track-timing", "track/{index}.json"),
        Artifact("earlier", "turns/{index}.json", optional=True, context_only=True),
    ),
    outputs=(Artifact("turns", "turns/{index}.json"),),
    parameters=(
        _TRACK,
        _ON_TRACK_FAILURE,
        _DIARIZATION,
        Parameter("diarization-model", "auto", "folder, hub name or package of the model"),
        Parameter("voices", "auto", "voices on a track: auto, a number, or LEAST-MOST"),
        Parameter("device", "auto", "cpu, cuda or auto"),
        Parameter("threads", "0", "CPU threads; 0 = all cores", fingerprinted=False),
    ),
    resources=Resources(
        cpu="2", memory_mib=3072, deadline=900, deadline_per_recorded_second=1.0, gpu=True
    ),
    retry=RetryClass.GPU,
    secrets=("HF_TOKEN",),
)
MIXDOWN_TRACKS = Step(
    name="mixdown-tracks",
    summary="Mix all tracks into one MP3",
    version=1,
    image=Image.MEDIA,
    inputs=(Artifact("sources", "source/"), Artifact("tracks", "track/")),
    outputs=(Artifact("mix", "mix.mp3", holds_audio=True),),
    parameters=(Parameter("bitrate-kbps", "64", "MP3 bit rate, kbit/s, mono"),),
    resources=Resources(cpu="1", memory_mib=512, deadline=600, deadline_per_recorded_second=0.3),
    retry=RetryClass.MEDIA,
    decodes_media=True,
)
GENERATE_WAVEFORM = Step(
    name="generate-waveform",
    summary="Measure 255 peaks of the mix for the player",
    version=1,
    image=Image.MEDIA,
    inputs=(Artifact("mix", "mix.mp3"),),
    outputs=(Artifact("waveform", "waveform.json", holds_audio=True),),
    parameters=(),
    resources=Resources(cpu="1", memory_mib=256, deadline=120, deadline_per_recorded_second=0.05),
    retry=RetryClass.MEDIA,
    decodes_media=True,
)
MERGE_TRANSCRIPTS = Step(
    name="merge-transcripts",
    summary="Bring all tracks' words together, by time and speaker",
    version=2,
    image=Image.LANGUAGE,
    inputs=(
        Artifact("recording", "recording.json"),
        Artifact("participants", "participants.json"),
        Artifact("tracks", "track/"),
        Artifact("words", "words/"),
        Artifact("screening", "screening.json", optional=True),
        Artifact("turns", "turns/", optional=True),
    ),
    outputs=(Artifact("transcript", "transcript.json"),),
    parameters=(
        Parameter("voice-names", "{}", 'names for voices: {"Speaker 2": "Dana Lee"}, JSON'),
    ),
    resources=Resources(cpu="500m", memory_mib=1024, deadline=300),
    retry=RetryClass.QUICK,
)
DETECT_TOPICS = Step(
    name="detect-topics",
    summary="Divide the meeting into topics",
    version=1,
    image=Image.LANGUAGE,
    inputs=(Artifact("transcript", "transcript.json"),),
    outputs=(Artifact("topics", "topics.json"),),
    parameters=_LANGUAGE_MODEL,
    resources=Resources(
        cpu="500m", memory_mib=1024, deadline=900, deadline_per_recorded_second=0.5
    ),
    retry=RetryClass.REMOTE,
    talks_to_outside=True,
    secrets=_LLM_SECRETS,
)
GENERATE_TITLE = Step(
    name="generate-title",
    summary="Name the meeting in at most ten words",
    version=1,
    image=Image.LANGUAGE,
    inputs=(Artifact("topics", "topics.json"),),
    outputs=(Artifact("title", "title.json"),),
    parameters=(
        Parameter("title", "", "a title given by a person; kept as it is"),
        *_LANGUAGE_MODEL,
    ),
    resources=Resources(cpu="500m", memory_mib=1024, deadline=900),
    retry=RetryClass.REMOTE,
    talks_to_outside=True,
    secrets=_LLM_SECRETS,
)
GENERATE_SUMMARY = Step(
    name="generate-summary",
    summary="Summarise: a recap, and a text by subject",
    version=2,
    image=Image.LANGUAGE,
    inputs=(Artifact("transcript", "transcript.json"), Artifact("topics", "topics.json")),
    outputs=(Artifact("summary", "summary.json"),),
    parameters=_LANGUAGE_MODEL,
    resources=Resources(
        cpu="500m", memory_mib=1024, deadline=900, deadline_per_recorded_second=0.5
    ),
    retry=RetryClass.REMOTE,
    talks_to_outside=True,
    secrets=_LLM_SECRETS,
)
EXTRACT_ACTION_ITEMS = Step(
    name="extract-action-items",
    summary="List what was decided and who does what next",
    version=1,
    image=Image.LANGUAGE,
    inputs=(
        Artifact("transcript", "transcript.json"),
        Artifact("participants", "participants.json"),
    ),
    outputs=(Artifact("action-items", "action_items.json"),),
    parameters=_LANGUAGE_MODEL,
    resources=Resources(
        cpu="500m", memory_mib=1024, deadline=900, deadline_per_recorded_second=0.5
    ),
    retry=RetryClass.REMOTE,
    talks_to_outside=True,
    secrets=_LLM_SECRETS,
)
FINALIZE = Step(
    name="finalize",
    summary="Validate and publish the transcript in every format",
    version=2,
    image=Image.LANGUAGE,
    inputs=(
        Artifact("recording", "recording.json"),
        Artifact("participants", "participants.json"),
        Artifact("tracks", "track/"),
        Artifact("transcript", "transcript.json"),
        # Absent where a run on one machine leaves their steps out.
        Artifact("topics", "topics.json", optional=True),
        Artifact("title", "title.json", optional=True),
        Artifact("summary", "summary.json", optional=True),
        Artifact("action-items", "action_items.json", optional=True),
    ),
    outputs=(
        Artifact("manifest", "manifest.json"),
        Artifact("transcript-json", "published/transcript.json"),
        Artifact("transcript-vtt", "published/transcript.vtt"),
        Artifact("transcript-srt", "published/transcript.srt"),
        Artifact("transcript-txt", "published/transcript.txt"),
        Artifact("transcript-md", "published/transcript.md"),
    ),
    parameters=(),
    resources=Resources(cpu="500m", memory_mib=1024, deadline=300),
    retry=RetryClass.QUICK,
)
RENDER_REPORT = Step(
    name="render-report",
    summary="Write report.html, the finished meeting as one page",
    version=1,
    image=Image.LANGUAGE,
    inputs=(
        Artifact("manifest", "manifest.json"),
        Artifact("transcript", "published/transcript.json"),
        Artifact("mix", "mix.mp3", optional=True),
        Artifact("waveform", "waveform.json", optional=True),
    ),
    outputs=(Artifact("report", "published/report.html", holds_audio=True),),
    parameters=(
        Parameter("audio-href", "mix.mp3", "where the page finds its sound; empty: no player"),
    ),
    resources=Resources(cpu="500m", memory_mib=1024, deadline=300),
    retry=RetryClass.QUICK,
)

CLEANUP_CONSENT = Step(
    name="cleanup-consent",
    summary="Delete all audio of a meeting that somebody does not consent to, and prove it",
    version=1,
    image=Image.EDGE,
    inputs=(
        Artifact("recording", "recording.json", optional=True),
        Artifact("manifest", "manifest.json", optional=True),
    ),
    outputs=(Artifact("audit", "consent/audit.json"),),
    output_parameters=("audio-deleted",),
    parameters=(
        Parameter("job-address", "", "where the job's files lie: s3://bucket/jobs/UID/"),
        Parameter(
            "consent-policy", "DeleteAudioOnDenial", "Keep, DeleteAudioOnDenial or DeleteAudio"
        ),
        Parameter("consent-denied", "false", "true: the job itself says that somebody denies"),
        Parameter("consent-subject", "", "whose votes: Daily's recording id; empty: the job's uid"),
        Parameter("deletion-scope", "All", "All; Copies: no originals; or Intermediates"),
        Parameter("deletion-address", "", "s3://… of what is to be deleted, where that is decided"),
        Parameter("s3-endpoint-url", "", "S3 endpoint, if it is not Amazon's"),
        _DAILY_API_URL,
        *_DAILY_BUCKET,
    ),
    resources=Resources(cpu="100m", memory_mib=256, deadline=1800),
    retry=RetryClass.REMOTE,
    talks_to_outside=True,
    reads_source=True,
    secrets=(*_S3_SECRETS, *_DAILY_API_KEY, *_DAILY_BUCKET_SECRETS, *_STORAGE_SECRETS),
)
_LINK = Parameter("link", "", "address at which people read the meeting")
_AUTHORITIES = ("MULTITRACK_CA_CERTIFICATES",)
"""Certificates of private authorities, as PEM."""
_CREATED_AT = Parameter(
    "created-at", "", "ISO 8601: the meeting's date, where the recording tells none"
)
POST_ZULIP = Step(
    name="post-zulip",
    summary="Post the meeting's summary to a Zulip topic, or edit the message there",
    version=1,
    image=Image.EDGE,
    inputs=(
        Artifact("transcript", "published/transcript.json"),
        Artifact("earlier", "delivery/zulip.json", optional=True),
    ),
    outputs=(Artifact("message", "delivery/zulip.json"),),
    parameters=(
        Parameter("zulip-url", "", "the realm: https://zulip.example"),
        Parameter("zulip-bot-email", "", "the bot that posts"),
        Parameter("zulip-stream", "", "name of the stream"),
        Parameter("zulip-topic", "", "the topic there"),
        Parameter("zulip-timeout", "30", "seconds one answer may take"),
        _LINK,
        _CREATED_AT,
    ),
    resources=Resources(cpu="100m", memory_mib=256, deadline=300),
    retry=RetryClass.DELIVERY,
    talks_to_outside=True,
    secrets=("MULTITRACK_ZULIP_API_KEY", *_AUTHORITIES),
    reads_source=True,
)
SEND_WEBHOOK = Step(
    name="send-webhook",
    summary="Tell a receiver that the meeting is finished",
    version=1,
    image=Image.EDGE,
    inputs=(
        Artifact("transcript", "published/transcript.json"),
        Artifact("earlier", "delivery/webhook.json", optional=True),
    ),
    outputs=(Artifact("delivery", "delivery/webhook.json"),),
    parameters=(
        Parameter("webhook-url", "", "the receiver: https://receiver.example/path"),
        Parameter("webhook-event", "transcript.completed", "transcript.completed, or test"),
        Parameter("webhook-allowed-private", "", "own networks that may be called: 10.0.0.0/8"),
        Parameter("webhook-timeout", "30", "seconds to connect, and again to answer"),
        Parameter("webhook-signed", "auto", "true, false, or auto: if the secret is there"),
        Parameter("delivery-id", "", "job and delivery number; decides the event's id"),
        Parameter("transcript-id", "", "the meeting's id for the receiver; empty: the recording's"),
        Parameter("room-id", "", "the room's id for the receiver; empty: its name"),
        _LINK,
        _CREATED_AT,
    ),
    resources=Resources(cpu="100m", memory_mib=512, deadline=300),
    retry=RetryClass.DELIVERY,
    talks_to_outside=True,
    secrets=("MULTITRACK_WEBHOOK_SECRET", *_AUTHORITIES),
    job_secrets=(JobSecret("MULTITRACK_WEBHOOK_SECRET", "webhook-secret"),),
    reads_source=True,
)

COMPARE_RUN = Step(
    name="compare-run",
    summary="Compare the meeting with what the legacy pipeline made of it",
    version=1,
    image=Image.LANGUAGE,
    inputs=(
        Artifact("transcript", "published/transcript.json"),
        Artifact("tracks", "track/", optional=True),
    ),
    outputs=(
        Artifact("comparison", "comparison/comparison.json"),
        Artifact("page", "comparison/comparison.html"),
    ),
    output_parameters=("verdict", "sentence"),
    parameters=(
        Parameter("legacy-url", "", "the legacy API: https://legacy.example"),
        Parameter("legacy-transcript-id", "", "its transcript; empty: found by the recording"),
        Parameter("legacy-recording-id", "", "the recording's id there; empty: the same as here"),
        Parameter(
            "legacy-transcript-url",
            "",
            "URL of a transcript, with {legacy_url}, {recording_id}, {transcript_id} filled in",
        ),
        Parameter("legacy-topics-url", "", "URL of its topics, likewise; {transcript_url} too"),
        Parameter("legacy-timeout", "30", "seconds one answer may take"),
        Parameter("comparison-settings", "{}", "limits of the verdict, JSON"),
        Parameter("own-steps", "[]", "JSON list of {name, seconds, cost} of our own steps"),
    ),
    resources=Resources(cpu="500m", memory_mib=1024, deadline=900),
    retry=RetryClass.DELIVERY,
    talks_to_outside=True,
    secrets=("MULTITRACK_LEGACY_API_TOKEN",),
    reads_source=True,
)

CATALOG: tuple[Step, ...] = (
    GET_RECORDING,
    GET_PARTICIPANTS,
    PAD_TRACK,
    TRANSCRIBE_TRACK,
    SCREEN_TRACKS,
    DIARIZE_TRACK,
    MIXDOWN_TRACKS,
    GENERATE_WAVEFORM,
    MERGE_TRANSCRIPTS,
    DETECT_TOPICS,
    GENERATE_TITLE,
    GENERATE_SUMMARY,
    EXTRACT_ACTION_ITEMS,
    FINALIZE,
    CLEANUP_CONSENT,
    RENDER_REPORT,
    POST_ZULIP,
    SEND_WEBHOOK,
    COMPARE_RUN,
)
"""Every step there is, in the order in which a job meets them."""


def step_named(name: str) -> Step:
    """The catalog's entry.

    Raises:
        KeyError: No step has that name.
    """
    for step in CATALOG:
        if step.name == name:
            return step
    raise KeyError(name)
