"""Where the audio of a meeting lies: its originals, and what the job made of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from multitrack_steps.sources.daily_key import parse_daily_key
from multitrack_steps.sources.file_names import has_audio_name
from workflow_templates.catalog import CATALOG
from workflow_templates.contracts.deletion import DeletionScope, SourceObject
from workflow_templates.contracts.recording import Recording, SourceKind
from workflow_templates.runtime.errors import SettingsError
from workflow_templates.runtime.store import S3Address

__all__ = [
    "COMPOSED",
    "TRACKS",
    "AudioPlace",
    "is_text_of_job",
    "job_place",
    "source_places",
]

_FOR_PEOPLE = frozenset({"mix.mp3", "waveform.json", "published/report.html"})
"""Audio that people are given. All other is an intermediate: only another run would need it."""

_JOB_PREFIX = re.compile(r"jobs/[^/]+/")
_LOGS = "logs/"
TRACKS = r"-[^/]*-(?:cam|screen)-[^/]*(?<!\.json)"
"""How Daily goes on after a recording's start: every participant's audio, camera and screen."""

COMPOSED = r"(?:\.(?:mp4|webm|m4a|mp3))?"
"""How it goes on where everything is in one file."""


@dataclass(frozen=True, slots=True)
class AudioPlace:
    """Keys that begin with a prefix, and which of them are audio."""

    prefix: S3Address
    is_job: bool = False
    """Of a job: text stays. Else whatever `pattern` matches goes."""
    is_daily: bool = False
    """In Daily's bucket, with its endpoint and credentials."""
    pattern: str = ""
    """Of whole keys."""
    is_of_recordings: bool = False
    """Of those that match only what is named like audio, video or a track of Daily's."""
    only: tuple[str, ...] = ()
    """Of a job: what keys begin with that go; empty: all that is no text."""

    def holds(self, key: str) -> bool:
        """Whether the object of that key goes."""
        if self.is_job:
            relative = key.removeprefix(self.prefix.key)
            return not is_text_of_job(relative) and relative.startswith(self.only or "")
        name = key.rpartition("/")[2]
        is_meant = not self.is_of_recordings or has_audio_name(name) or parse_daily_key(name)
        return bool(is_meant) and re.fullmatch(self.pattern, key) is not None

    @classmethod
    def of_object(cls, source: SourceObject) -> Self:
        """One object, with all its versions."""
        address = S3Address(source.bucket, source.key)
        return cls(address, is_daily=source.daily, pattern=re.escape(source.key))


def is_text_of_job(key: str) -> bool:
    """Whether a key below a job's prefix is text that stays; what nobody declared, is not."""
    return key.startswith(_LOGS) or any(
        key.startswith(kept) if kept.endswith("/") else key == kept for kept in _TEXT
    )


def job_place(address: str, scope: DeletionScope = DeletionScope.ALL) -> AudioPlace:
    """Everything below a job's prefix, or its intermediates.

    Raises:
        SettingsError: Not `s3://bucket/jobs/UID/`: nothing wider is ever deleted from.
    """
    prefix = S3Address.parse(address)
    if not _JOB_PREFIX.fullmatch(prefix.key):
        raise SettingsError(f"{address}: not a job's files; write s3://bucket/jobs/UID/")
    only = _INTERMEDIATES if scope is DeletionScope.INTERMEDIATES else ()
    return AudioPlace(prefix, is_job=True, only=only)


def source_places(recording: Recording) -> tuple[AudioPlace, ...]:
    """The originals: every chosen track, and in Daily's layout whatever was recorded beside it.

    That is every participant's audio, camera and screen of the same recording, and a composed
    video that began with it.

    Raises:
        SettingsError: A track lies on a disk, where nobody but its owner deletes.
    """
    is_daily = recording.kind is SourceKind.DAILY
    return tuple(dict.fromkeys(_source_places(recording, is_daily=is_daily)))


def _source_places(recording: Recording, *, is_daily: bool) -> Iterator[AudioPlace]:
    for track in recording.tracks:
        origin = track.origin
        if origin.bucket is None or origin.key is None:
            raise SettingsError(
                f"{origin.path or origin.name}: lies on a disk and not in a bucket; delete it there"
            )
        yield AudioPlace.of_object(
            SourceObject(bucket=origin.bucket, key=origin.key, daily=is_daily)
        )
        folder, slash, name = origin.key.rpartition("/")
        if (parsed := parse_daily_key(name)) is not None:
            start = f"{folder}{slash}{parsed.recording_start_ms}"
            yield AudioPlace(
                S3Address(origin.bucket, start),
                is_daily=is_daily,
                pattern=f"{re.escape(start)}(?:{TRACKS}|{COMPOSED})",
            )


def _declared_keys(*, holds_audio: bool) -> Iterator[str]:
    """Of outputs with or without speech: whole keys, or what keys of a fan-out begin with."""
    for step in CATALOG:
        for artifact in step.outputs:
            if artifact.holds_audio is holds_audio:
                yield artifact.key.partition("{")[0]


_TEXT = frozenset(_declared_keys(holds_audio=False))
_INTERMEDIATES = tuple(sorted({*_declared_keys(holds_audio=True)} - _FOR_PEOPLE))
