"""Events that could not be dealt with at once, as objects `inbox/<event id>.json` of the bucket.

An entry says what is still to be done with the event. The operator's inbox loop does it and strikes
it off; an entry with nothing left to do stays only if a person should look at it.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import ValidationError

from workflow_templates.contracts.base import Contract
from workflow_templates.runtime.store import S3Address, S3Store

__all__ = ["Duty", "Inbox", "InboxEntry"]

_PREFIX = "inbox/"
_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class Duty(StrEnum):
    """What is still to be done with an event."""

    JOB = "job"
    """Its recording needs a job."""
    FORWARD = "forward"
    """The other pipeline has to get it."""


class InboxEntry(Contract):
    """One event, exactly as it came."""

    event_id: str
    received_at: datetime
    todo: tuple[Duty, ...]
    """Empty: it is kept for a person to look at."""
    why: str
    """Why it was kept: one sentence."""
    tries: int = 0
    """How often the duties were tried."""
    headers: dict[str, str]
    """Of the request, as far as the other pipeline needs them to check the signature."""
    body: str
    """The request's bytes, base64."""

    @classmethod
    def of(
        cls,
        event_id: str,
        received_at: datetime,
        todo: tuple[Duty, ...],
        why: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Self:
        """Wrap a request."""
        return cls(
            event_id=event_id,
            received_at=received_at,
            todo=todo,
            why=why,
            headers=dict(headers),
            body=b64encode(body).decode(),
        )

    def content(self) -> bytes:
        """The request's bytes."""
        return b64decode(self.body)


class Inbox:
    """The entries in a bucket. Methods block and raise the store's errors."""

    def __init__(self, store: S3Store, bucket: str) -> None:
        self._store = store
        self._bucket = bucket

    def put(self, entry: InboxEntry) -> None:
        """Write an entry; the same event again replaces it."""
        body = entry.model_dump_json(indent=1).encode()
        self._store.write(self._address(entry.event_id), body, content_type="application/json")

    def strike_off(self, entry: InboxEntry) -> None:
        """Remove an entry with which everything is done."""
        self._store.delete(self._address(entry.event_id))

    def entries(self) -> Iterator[InboxEntry]:
        """All entries, those first that came first; what cannot be read is left out."""
        listing = self._store.list(S3Address(self._bucket, _PREFIX))
        found = [self._read(each.address) for each in listing.objects]
        yield from sorted(
            (entry for entry in found if entry is not None), key=lambda entry: entry.received_at
        )

    def _read(self, address: S3Address) -> InboxEntry | None:
        try:
            return InboxEntry.model_validate_json(self._store.read(address))
        except ValidationError:
            return None

    def _address(self, event_id: str) -> S3Address:
        """Ids that are no harmless part of a key become their SHA-256."""
        safe = _SAFE_ID.fullmatch(event_id)
        name = event_id if safe else hashlib.sha256(event_id.encode()).hexdigest()
        return S3Address(self._bucket, f"{_PREFIX}{name}.json")
