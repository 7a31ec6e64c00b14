"""Which of Daily's recordings have had a job: one empty object each, in the installation's bucket.

A job may be deleted, by a person or because its time is up, while Daily still lists its recording;
without these marks the next restart of the operator would make it again.
"""

import asyncio
import re
from datetime import datetime, timedelta
from urllib.parse import quote, unquote

from workflow_templates.runtime.store import S3Address, S3Store

__all__ = ["SeenRecordings"]

_PREFIX = "seen/daily/"
_MARK = re.compile(r"[0-9]{8}T[0-9]{6}Z-.+")


class SeenRecordings:
    """The marks, and a copy of them in memory that is read once."""

    def __init__(self, store: S3Store, bucket: str) -> None:
        self._store = store
        self._bucket = bucket
        self._started: dict[str, datetime] | None = None

    async def load(self) -> None:
        """Read the marks, if they have not been read yet; errors are the store's."""
        if self._started is None:
            listing = await asyncio.to_thread(self._store.list, self._address(""))
            marks = (each.address.key.removeprefix(_PREFIX) for each in listing.objects)
            self._started = dict(_read(mark) for mark in marks if _MARK.fullmatch(mark))

    def __contains__(self, recording_id: str) -> bool:
        return recording_id in (self._started or {})

    async def add(self, recording_id: str, started: datetime) -> None:
        """Mark a recording that has a job; `load` goes first."""
        if self._started is None:
            raise ValueError("the marks have not been read yet")
        address = self._address(_mark(recording_id, started))
        await asyncio.to_thread(self._store.write, address, b"")
        self._started[recording_id] = started

    async def forget_before(self, moment: datetime) -> None:
        """Delete marks of recordings that are too old to be looked at again."""
        marks = self._started or {}
        for recording_id, started in list(marks.items()):
            if started < moment - timedelta(days=1):
                address = self._address(_mark(recording_id, started))
                await asyncio.to_thread(self._store.delete, address)
                del marks[recording_id]

    def _address(self, mark: str) -> S3Address:
        return S3Address(self._bucket, f"{_PREFIX}{mark}")


def _mark(recording_id: str, started: datetime) -> str:
    return f"{started:%Y%m%dT%H%M%SZ}-{quote(recording_id, safe='')}"


def _read(mark: str) -> tuple[str, datetime]:
    moment, _, recording = mark.partition("-")
    return unquote(recording), datetime.fromisoformat(moment)
