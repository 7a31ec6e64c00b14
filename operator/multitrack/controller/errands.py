"""What all errands have in common: which run counts, and when one is started again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from multitrack.controller.decision import Decision, StartErrand
from multitrack.controller.observed import WorkflowView

__all__ = ["REFUSED_AGAIN", "looking_again", "newest_run", "start_again"]

REFUSED_AGAIN = timedelta(seconds=60)
"""An errand whose Workflow is refused is tried again after so long."""

_STARTS = 6
_FIRST_WAIT = timedelta(seconds=2)
"""As for the processing: Argo's cache of templates is behind by moments."""


def newest_run(workflows: Sequence[WorkflowView]) -> WorkflowView | None:
    """The Workflow that counts among those of one pipeline; None without any."""
    return max(workflows, key=lambda each: (each.attempt, each.created, each.name), default=None)


def start_again(
    current: WorkflowView, runs: Sequence[WorkflowView], now: datetime
) -> StartErrand | timedelta | None:
    """What becomes of an errand that Argo could not begin: it did not know the template yet.

    Args:
        current: The run that counts.
        runs: All of its pipeline, for this job.
        now: With time zone.

    Returns:
        A further start, or how long to wait for it; None: it began, or was started often enough.
    """
    starts = sum(each.attempt == current.attempt and each.never_began for each in runs)
    if not current.never_began or starts >= _STARTS:
        return None
    left = (current.finished or current.created) + _FIRST_WAIT * 2 ** (starts - 1) - now
    return (
        left if left > timedelta() else StartErrand(current.pipeline, current.attempt, starts + 1)
    )


def looking_again(decision: Decision, wait: timedelta) -> Decision:
    """The decision, and another look after a while at the latest."""
    waits = [each for each in (decision.look_again, wait) if each is not None]
    return Decision(decision.status, decision.actions, min(waits))
