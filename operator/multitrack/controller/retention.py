"""How long a job's own audio files are kept: by age, and by success."""

from datetime import timedelta

from multitrack.controller.settings import RetentionSettings
from workflow_templates.contracts.deletion import DeletionScope

__all__ = ["what_expired"]


def what_expired(
    retention: RetentionSettings,
    before: DeletionScope | None,
    age: timedelta,
    *,
    succeeded: bool,
) -> tuple[DeletionScope | None, timedelta | None]:
    """What is to go now, and when to look again.

    What a failed job has is kept for another try: as long as the setting says, whatever would have
    gone earlier after a success.

    Args:
        retention: The installation's.
        before: What was put on the deletion list already.
        age: Since the job's end.
        succeeded: How it ended.
    """
    due = {
        DeletionScope.COPIES: retention.audio,
        DeletionScope.INTERMEDIATES: retention.intermediates,
    }
    least = 0.0 if succeeded else retention.failed
    waits = {
        scope: timedelta(days=max(days, least) if not succeeded else days) - age
        for scope, days in due.items()
        if days is not None and scope is not before and before is not DeletionScope.COPIES
    }
    expired = next((scope for scope, left in waits.items() if left <= timedelta()), None)
    later = [left for left in waits.values() if left > timedelta()]
    return expired, min(later, default=None) if expired is not DeletionScope.COPIES else None
