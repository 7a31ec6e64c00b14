"""The error tree. Every error that leaves a step, the CLI or an engine is one of these.

MultitrackError                 1   a bug, or something nobody foresaw: retried
├── BadInputError               2   what was handed in is wrong; the same bytes fail again
│   ├── SourceNotFoundError         the named folder, file or prefix does not exist
│   │   └── SourceDeletedError      it was there, and somebody has deleted it
│   ├── NoAudioError                it exists and holds no audio track
│   ├── TrackUnreadableError        a track holds no decodable audio
│   ├── TrackOffsetError            a track starts before or after its recording
│   ├── ModelUnavailableError       a speech model cannot be found or loaded
│   ├── LanguageUnsupportedError    the chosen model does not speak the recording's language
│   └── SettingsError               an option, setting or file of settings is wrong
├── RefusedError                3   another system said no for good (401, 403, 404, 413)
└── TemporaryError             75   another system is away or busy; trying again helps
    ├── LanguageModelError          an LLM endpoint is down, over its limit or answers nonsense
    └── StorageFullError            no space left where outputs are written

The number is the process exit code, the contract with Argo's retry expression and with scripts. 64
and 65 are Argo's own.
"""

from enum import IntEnum, StrEnum
from pathlib import Path

__all__ = [
    "BadInputError",
    "ExitCode",
    "FailureReason",
    "LanguageModelError",
    "LanguageUnsupportedError",
    "ModelUnavailableError",
    "MultitrackError",
    "NoAudioError",
    "RefusedError",
    "SettingsError",
    "SourceDeletedError",
    "SourceNotFoundError",
    "StorageFullError",
    "TemporaryError",
    "TrackOffsetError",
    "TrackUnreadableError",
]


class ExitCode(IntEnum):
    """How a step, and `multitrack run`, end."""

    DONE = 0
    """Everything that was asked for exists."""
    BUG = 1
    """Nobody foresaw this; Argo tries again."""
    BAD_INPUT = 2
    """Final: the input is wrong."""
    REFUSED = 3
    """Final: another system refused for good."""
    TEMPORARY = 75
    """Try again later (sysexits.h: EX_TEMPFAIL)."""
    INTERRUPTED = 130
    """Ctrl-C; what was computed is kept."""


class FailureReason(StrEnum):
    """Why something failed, as a stable word for status fields, metrics and scripts."""

    UNEXPECTED = "Unexpected"
    BAD_INPUT = "BadInput"
    SOURCE_NOT_FOUND = "SourceNotFound"
    SOURCE_DELETED = "SourceDeleted"
    NO_AUDIO = "NoAudio"
    TRACK_UNREADABLE = "TrackUnreadable"
    TRACK_OFFSET = "TrackOffset"
    MODEL_UNAVAILABLE = "ModelUnavailable"
    LANGUAGE_UNSUPPORTED = "LanguageUnsupported"
    SETTINGS = "Settings"
    REFUSED = "Refused"
    TEMPORARY = "Temporary"
    LANGUAGE_MODEL = "LanguageModel"
    STORAGE_FULL = "StorageFull"


class MultitrackError(Exception):
    """The root. Its text is one sentence: what is wrong, where, and what to do."""

    exit_code = ExitCode.BUG
    reason = FailureReason.UNEXPECTED

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later."""
        return self.exit_code not in (ExitCode.BAD_INPUT, ExitCode.REFUSED)


class BadInputError(MultitrackError):
    """What was handed in is wrong. Final."""

    exit_code = ExitCode.BAD_INPUT
    reason = FailureReason.BAD_INPUT


class SourceNotFoundError(BadInputError):
    """The named folder, file or prefix does not exist."""

    reason = FailureReason.SOURCE_NOT_FOUND


class SourceDeletedError(SourceNotFoundError):
    """The named object or prefix was there, and somebody has deleted it."""

    reason = FailureReason.SOURCE_DELETED


class NoAudioError(BadInputError):
    """The source exists and holds no audio track."""

    reason = FailureReason.NO_AUDIO


class TrackUnreadableError(BadInputError):
    """A track holds no decodable audio. Retrying reads the same bytes again."""

    reason = FailureReason.TRACK_UNREADABLE

    def __init__(self, track: str | Path, detail: str) -> None:
        super().__init__(
            f"{Path(track).name}: no decodable audio ({detail}); "
            "record or export the track again, or go on without it (on-track-failure: gap)"
        )


class TrackOffsetError(BadInputError):
    """A track claims to start before its recording began or after it ended."""

    reason = FailureReason.TRACK_OFFSET


class ModelUnavailableError(BadInputError):
    """A model cannot be found or loaded."""

    reason = FailureReason.MODEL_UNAVAILABLE


class LanguageUnsupportedError(BadInputError):
    """The chosen model does not speak the recording's language."""

    reason = FailureReason.LANGUAGE_UNSUPPORTED


class SettingsError(BadInputError):
    """An option, setting or file of settings is wrong."""

    reason = FailureReason.SETTINGS


class RefusedError(MultitrackError):
    """Another system refused for good: 401, 403, 404, 413, NoSuchKey, AccessDenied."""

    exit_code = ExitCode.REFUSED
    reason = FailureReason.REFUSED


class TemporaryError(MultitrackError):
    """Another system is away or busy; the same call may succeed later."""

    exit_code = ExitCode.TEMPORARY
    reason = FailureReason.TEMPORARY


class LanguageModelError(TemporaryError):
    """An LLM endpoint is down, over its limit, or does not answer in the asked form."""

    reason = FailureReason.LANGUAGE_MODEL


class StorageFullError(TemporaryError):
    """No space is left where outputs are written."""

    reason = FailureReason.STORAGE_FULL

    def __init__(self, folder: str | Path) -> None:
        super().__init__(f"{folder}: no space left on the device; free some and run again")
