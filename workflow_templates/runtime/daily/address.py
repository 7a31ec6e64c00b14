"""`daily:RECORDING-ID`: how a source names a recording of Daily.co's."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, quote, urlencode

from workflow_templates.runtime.errors import SettingsError

__all__ = ["DAILY_SCHEME", "DailyAddress"]

DAILY_SCHEME = "daily:"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_ROOM, _SESSION = "room", "session"


@dataclass(frozen=True, slots=True)
class DailyAddress:
    """A recording's id, and what else is known of it: `daily:ID?room=NAME&session=ID`."""

    recording_id: str
    room_name: str = ""
    """Empty: what Daily says."""
    meeting_session_id: str = ""
    """Empty: what Daily says."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the address.

        Raises:
            SettingsError: Another scheme, no id, or something that cannot be one.
        """
        name, _, query = text.removeprefix(DAILY_SCHEME).partition("?")
        known = parse_qs(query, keep_blank_values=True)
        session = known.pop(_SESSION, [""])[-1]
        room = known.pop(_ROOM, [""])[-1]
        ids = [name, session] if session else [name]
        if not text.startswith(DAILY_SCHEME) or known or not all(map(_ID.fullmatch, ids)):
            raise SettingsError(
                f"{text!r}: not a Daily recording; write daily: and the recording's id"
            )
        return cls(name, room, session)

    def __str__(self) -> str:
        known = {_ROOM: self.room_name, _SESSION: self.meeting_session_id}
        query = urlencode({name: value for name, value in known.items() if value}, quote_via=quote)
        return f"{DAILY_SCHEME}{self.recording_id}" + (f"?{query}" if query else "")
