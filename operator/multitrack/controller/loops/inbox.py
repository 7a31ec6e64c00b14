"""The inbox: events that the gateway could only keep become jobs, or are handed on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.loops.polling import MakeJob
from multitrack.controller.loops.settings import InboxSettings
from multitrack.intake.events import read_event
from multitrack.intake.inbox import Duty, Inbox, InboxEntry
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.errors import (
    MultitrackError,
    RefusedError,
    SettingsError,
    TemporaryError,
)

__all__ = ["HandOn", "InboxLoop"]

_log = logging.getLogger("multitrack.loops")

HandOn = Callable[[bytes, Mapping[str, str]], Awaitable[None]]
"""Delivers an event's bytes and headers to the legacy pipeline."""


class InboxLoop:
    """Does what entries say is still to be done, and strikes off what is done.

    What another system refuses for good stays in the inbox with the reason, for a person to look
    at. A crash between doing and striking off does it twice: a job has one name, and the legacy
    pipeline knows Daily's redeliveries.
    """

    name = "inbox"

    def __init__(
        self,
        inbox: Inbox,
        make_job: MakeJob,
        hand_on: HandOn | None,
        settings: InboxSettings,
        metrics: LoopMetrics,
        *,
        falls_back: bool = False,
    ) -> None:
        """Take the parts.

        Args:
            inbox: Of the installation's bucket.
            make_job: Makes a recording's job.
            hand_on: None: the installation knows no legacy pipeline.
            settings: Of this loop.
            metrics: The loops'.
            falls_back: A job that the cluster refuses is left to the legacy pipeline.
        """
        self._inbox = inbox
        self._make_job = make_job
        self._hand_on = hand_on
        self._metrics = metrics
        self._falls_back = falls_back
        self.interval: Seconds = settings.interval

    async def once(self) -> None:
        """Try every duty of every entry once.

        Raises:
            TemporaryError: Something is away; the entries wait.
        """
        entries = await asyncio.to_thread(lambda: list(self._inbox.entries()))
        waits: MultitrackError | None = None
        left = dict.fromkeys(("job", "forward", "none"), 0)
        for entry in entries:
            after, error = await self._try(entry) if entry.todo else (entry, None)
            waits = error or waits
            if after is not None:
                left[after.todo[0].value if after.todo else "none"] += 1
        for todo, count in left.items():
            self._metrics.inbox.labels(todo=todo).set(count)
        if waits is not None:
            raise waits

    async def _try(self, entry: InboxEntry) -> tuple[InboxEntry | None, MultitrackError | None]:
        """What is left of the entry, and what it waits for."""
        todo: list[Duty] = []
        why, waits, is_kept = entry.why, None, False
        for duty in entry.todo:
            try:
                await self._do(duty, entry)
            except TemporaryError as error:
                todo.append(duty)
                why, waits = str(error), error
            except MultitrackError as error:
                why = str(error)
                is_rescued = duty is Duty.JOB and self._falls_back and self._hand_on is not None
                if is_rescued and Duty.FORWARD not in entry.todo:
                    todo.append(Duty.FORWARD)
                else:
                    is_kept = True
                    _log.error(
                        "event stays in the inbox", extra={"event": entry.event_id, "error": why}
                    )
        if not todo and not is_kept:
            await asyncio.to_thread(self._inbox.strike_off, entry)
            return None, None
        after = entry.model_copy(update={"todo": tuple(todo), "why": why, "tries": entry.tries + 1})
        await asyncio.to_thread(self._inbox.put, after)
        return after, waits

    async def _do(self, duty: Duty, entry: InboxEntry) -> None:
        if duty is Duty.FORWARD:
            if self._hand_on is None:
                raise SettingsError("there is no legacy pipeline to hand the event on to")
            await self._hand_on(entry.content(), entry.headers)
            return
        recording = read_event(entry.content()).recording
        if recording is None:
            raise RefusedError("the event names no recording that can be processed")
        await self._make_job(recording)
        _log.info("job made of a kept event", extra={"event": entry.event_id})
