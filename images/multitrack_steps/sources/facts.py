"""What a place knows of a recording beside its files."""

from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds

__all__ = ["RecordingFacts"]


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """Empty for places that hold nothing but files."""

    id: str | None = None
    """The platform's own id of the recording, as a uuid."""
    room_name: str | None = None
    started_at: str | None = None
    """ISO 8601, UTC."""
    duration: Seconds | None = None
    meeting_session_id: str | None = None
    is_mixed: bool = False
    """One file holds everybody: its start is the recording's, and it is no one person's track."""
