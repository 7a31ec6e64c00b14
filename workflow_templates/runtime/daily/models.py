"""What Daily's REST API tells, as far as anybody here wants to know.

Nothing that Daily sends makes these models fail: fields that are unknown are passed over, fields of
an unforeseen shape count as not told. Source: Daily's REST reference, recordings, meetings and
webhooks.
"""

import math
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

__all__ = [
    "DailyParticipant",
    "DailyRecording",
    "DailyTrack",
    "DailyWebhook",
    "RecordingPlace",
    "RecordingType",
    "WebhookState",
]


class RecordingType(StrEnum):
    """What a recording consists of."""

    RAW_TRACKS = "raw-tracks"
    """One file a participant and kind of track."""
    MIXED = "cloud"
    """One file with everybody: `cloud` and `cloud-audio-only`."""
    UNKNOWN = ""
    """Daily names neither tracks nor a file."""


class WebhookState(StrEnum):
    """Whether Daily sends to a webhook."""

    ACTIVE = "ACTIVE"
    FAILED = "FAILED"
    """Switched off after three failures; nothing is sent until it is switched on again."""
    OTHER = "OTHER"


_MIXED_TYPES = ("cloud", "cloud-audio-only")


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _mapping(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _mappings(value: object) -> object:
    """The list's objects; None stays None: it says that Daily does not tell."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else None


Text = Annotated[str | None, BeforeValidator(_text)]
Number = Annotated[float | None, BeforeValidator(_number)]


class _Told(BaseModel):
    """Something that Daily told."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    @classmethod
    def read(cls, told: object) -> Self | None:
        """Read one object; None: it has no id or is no object."""
        try:
            return cls.model_validate(told)
        except ValidationError:
            return None

    @classmethod
    def read_all(cls, told: object) -> tuple[Self, ...]:
        """Read a list; entries that cannot be used are left out."""
        entries: Iterable[Any] = told if isinstance(told, list) else ()
        return tuple(found for entry in entries if (found := cls.read(entry)) is not None)


class DailyTrack(_Told):
    """One file of a raw-tracks recording."""

    type: Text = None
    """`audio` or `video`; the key says more."""
    key: Annotated[
        str, Field(min_length=1, validation_alias=AliasChoices("s3Key", "s3key", "s3_key", "key"))
    ]
    size: Number = None
    """Bytes."""


class RecordingPlace(_Told):
    """Where Daily put a recording."""

    bucket: Text = Field(None, validation_alias="bucket_name")
    region: Text = Field(None, validation_alias="bucket_region")
    endpoint: Text = None
    """None: Amazon's."""
    key: Text = None


class DailyRecording(_Told):
    """One recording."""

    id: Annotated[str, Field(min_length=1, max_length=128)]
    room_name: Text = None
    start_ts: Number = None
    """Unix time, seconds."""
    status: Text = None
    """`finished`, `in-progress`, `canceled`, or what Daily thinks of next."""
    type: Text = None
    duration: Number = None
    """Seconds, whole and approximate; None while Daily does not know it."""
    place: Annotated[RecordingPlace, BeforeValidator(_mapping)] = Field(
        RecordingPlace(), validation_alias="s3"
    )
    file_key: Text = Field(None, validation_alias=AliasChoices("s3key", "s3Key", "s3_key"))
    """The key of the one file, or what all tracks' keys begin with."""
    tracks: Annotated[tuple[DailyTrack, ...] | None, BeforeValidator(_mappings)] = None
    """None: not told; the API key may lack the right."""
    meeting_session_id: Text = Field(None, validation_alias="mtgSessionId")

    @classmethod
    def read(cls, told: object) -> Self | None:
        """Read one recording; tracks without a key are left out."""
        if isinstance(told, dict) and isinstance(told.get("tracks"), list):
            tracks = [each for each in told["tracks"] if DailyTrack.read(each)]
            told = {**told, "tracks": tracks}
        return super().read(told)

    @property
    def kind(self) -> RecordingType:
        """What it consists of; where `type` does not say, tracks and the file's key do."""
        is_raw = self.type == RecordingType.RAW_TRACKS
        if is_raw or (self.tracks and self.type not in _MIXED_TYPES):
            return RecordingType.RAW_TRACKS
        if self.file_key or self.place.key:
            return RecordingType.MIXED
        return RecordingType.UNKNOWN

    @property
    def is_finished(self) -> bool:
        """Daily has written everything and knows how long it is."""
        return self.status == "finished" and self.duration is not None

    @property
    def is_canceled(self) -> bool:
        """There will never be anything to fetch."""
        return self.status in ("canceled", "cancelled")


class DailyParticipant(_Told):
    """One stay of a person in a meeting; whoever comes back has a second one."""

    participant_id: Annotated[str, Field(min_length=1)]
    """The uuid in the keys of their tracks."""
    user_id: Text = None
    """The application's own id of the person, where it gave one."""
    user_name: Text = None
    join_time: Number = None
    """Unix time, seconds."""


def _state(value: object) -> WebhookState:
    # Older answers number the states.
    words = {"0": WebhookState.FAILED, "1": WebhookState.ACTIVE}
    word = str(value).upper()
    if word in (WebhookState.ACTIVE, WebhookState.FAILED):
        return WebhookState(word)
    return words.get(word, WebhookState.OTHER)


class DailyWebhook(_Told):
    """One webhook. Its secret is left where it is."""

    uuid: Annotated[str, Field(min_length=1)]
    url: Annotated[str, Field(min_length=1)]
    state: Annotated[WebhookState, BeforeValidator(_state)] = WebhookState.OTHER
    failed_count: Number = Field(None, validation_alias="failedCount")
