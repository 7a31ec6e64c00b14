"""Works the deletion list: each entry's audio is deleted by a Workflow, until a proof says so.

An entry outlives everything: the job, its Workflows, the operator. A crash between two steps
repeats the later one: the Workflow has one name, a deletion of what is gone finds nothing, and an
entry is struck off only once the job, if it is still there, has been told.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from multitrack.controller.loops.deletion_workflows import DeletionTry, DeletionWorkflows
from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.settings import DeletionsSettings
from multitrack.controller.observed import WorkflowView
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.deletion import DeletionRequest
from workflow_templates.runtime.deletions import DeletionList
from workflow_templates.runtime.errors import MultitrackError

__all__ = ["Deletions"]

_log = logging.getLogger("multitrack.loops")

_LONGEST_PAUSE = timedelta(hours=1)


class Deletions:
    """Brings every entry one step further at each look."""

    name = "deletions"

    def __init__(
        self,
        entries: DeletionList,
        workflows: DeletionWorkflows,
        settings: DeletionsSettings,
        metrics: LoopMetrics,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the parts.

        Args:
            entries: Of the installation's bucket.
            workflows: Where deletions run.
            settings: Of this loop.
            metrics: The loops'.
            clock: With time zone.
        """
        self._entries = entries
        self._workflows = workflows
        self._metrics = metrics
        self._clock = clock
        self._noted: set[tuple[str, str]] = set()
        self._first_pause = timedelta(seconds=settings.first_pause)
        self.interval: Seconds = settings.interval

    async def once(self) -> None:
        """Look at every entry; one that cannot go on keeps none of the others.

        Raises:
            TemporaryError: The API server or the bucket is away; the entries wait.
        """
        entries, unreadable = await asyncio.to_thread(self._entries.pending)
        waits: MultitrackError | None = None
        left = 0
        for entry in entries:
            try:
                left += not await self._advance(entry)
            except MultitrackError as error:
                _log.warning("deletion waits", extra={"entry": entry.id, "error": str(error)})
                waits, left = error, left + 1
        self._metrics.deletions_pending.set(left + len(unreadable))
        oldest = min((_moment(each.requested_at) for each in entries), default=None)
        age = (self._clock() - oldest).total_seconds() if oldest and left else 0.0
        self._metrics.deletions_oldest.set(max(0.0, age))
        for key in unreadable:
            _log.error("not an entry of the deletion list; mend or delete it", extra={"key": key})
        if waits is not None and waits.retryable:
            raise waits

    async def _advance(self, entry: DeletionRequest) -> bool:
        """Whether the entry is done with."""
        if await asyncio.to_thread(self._entries.proof, entry):
            await self._conclude(entry)
            return True
        if await self._workflows.is_busy(entry):
            return False
        tries = await self._workflows.tries(entry)
        if self._is_due(entry, tries):
            number = max((each.workflow.attempt for each in tries), default=0) + 1
            await self._workflows.start(entry, number)
        return False

    async def _conclude(self, entry: DeletionRequest) -> None:
        """Tell the jobs, then strike the entry off: in this order nothing is forgotten."""
        if not entry.is_expiry:
            await self._workflows.tell_jobs(entry)
        await asyncio.to_thread(self._entries.strike_off, entry)
        self._metrics.deletions.labels(outcome="done").inc()
        _log.info("deletion done", extra={"entry": entry.id, "because": entry.because})

    def _is_due(self, entry: DeletionRequest, tries: Sequence[DeletionTry]) -> bool:
        """One at a time; after a failure later each time."""
        if not all(each.workflow.is_finished for each in tries):
            return False
        own = [each.workflow for each in tries if each.is_for_entry]
        if not own:
            return True
        self._note_failure(entry, own[-1])
        pause = min(self._first_pause * 2.0 ** min(len(own) - 1, 12), _LONGEST_PAUSE)
        return (own[-1].finished or own[-1].created) + pause <= self._clock()

    def _note_failure(self, entry: DeletionRequest, last: WorkflowView) -> None:
        if (entry.id, last.name) not in self._noted:
            self._noted.add((entry.id, last.name))
            self._metrics.deletions.labels(outcome="failed").inc()
            extra = {"entry": entry.id, "workflow": last.name}
            _log.error("deletion failed and is tried again", extra=extra)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
