"""Which of several Workflows counts, and when one that Argo could not begin is started again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from multitrack.controller.observed import WorkflowView

__all__ = ["newest", "next_start"]

_STARTS = 6
_FIRST_WAIT = timedelta(seconds=2)
"""A Workflow that Argo could not begin is started again after 2, 4, 8, 16 and 32 seconds: its cache
of templates is behind by moments where the API server is busy."""


def newest(workflows: Sequence[WorkflowView]) -> WorkflowView | None:
    """The Workflow that counts: `argo resubmit` and new attempts make further ones."""
    return max(workflows, key=lambda each: (each.created, each.attempt, each.name), default=None)


def next_start(
    current: WorkflowView, workflows: Sequence[WorkflowView], now: datetime
) -> int | timedelta | None:
    """What becomes of a Workflow that Argo could not begin; nothing of it has run.

    Args:
        current: The one that counts.
        workflows: All of its pipeline, for this job.
        now: With time zone.

    Returns:
        The number of a further start, or how long to wait for it; None: it began, or was started
        often enough.
    """
    starts = sum(each.attempt == current.attempt and each.never_began for each in workflows)
    if not current.never_began or starts >= _STARTS:
        return None
    left = (current.finished or current.created) + _FIRST_WAIT * 2 ** (starts - 1) - now
    return left if left > timedelta() else starts + 1
