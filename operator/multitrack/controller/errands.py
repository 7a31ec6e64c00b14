"""What all errands have in common: which run counts, and when one is started again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from multitrack.controller.decision import Decision, StartErrand
from multitrack.controller.observed import WorkflowView
from multitrack.controller.starts import next_start

__all__ = ["REFUSED_AGAIN", "looking_again", "newest_run", "start_again"]

REFUSED_AGAIN = timedelta(seconds=60)
"""An errand whose Workflow is refused is tried again after so long."""


def newest_run(workflows: Sequence[WorkflowView]) -> WorkflowView | None:
    """The one with the highest number: runs of an errand are numbered, and never resubmitted."""
    return max(workflows, key=lambda each: (each.attempt, each.created, each.name), default=None)


def start_again(
    current: WorkflowView, runs: Sequence[WorkflowView], now: datetime
) -> StartErrand | timedelta | None:
    """What becomes of an errand that Argo could not begin: as `next_start`, with what to do."""
    again = next_start(current, runs, now)
    if isinstance(again, int):
        return StartErrand(current.pipeline, current.attempt, again)
    return again


def looking_again(decision: Decision, wait: timedelta) -> Decision:
    """The decision, and another look after a while at the latest."""
    waits = [each for each in (decision.look_again, wait) if each is not None]
    return Decision(decision.status, decision.actions, min(waits))
