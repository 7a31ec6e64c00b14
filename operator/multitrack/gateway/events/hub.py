"""Every followed job's channel, fed by one watch per namespace."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

from multitrack.api.recording_job import RecordingJob
from multitrack.cluster.client import Cluster
from multitrack.gateway.events.channel import Channel
from multitrack.gateway.events.event import Event
from multitrack.gateway.events.job_watch import watch_namespace
from multitrack.gateway.events.mailbox import Mailbox
from multitrack.gateway.events.results import Result
from workflow_templates.runtime.errors import MultitrackError, RefusedError, TemporaryError

__all__ = ["Hub"]

_log = logging.getLogger(__name__)

_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds between tries to read a result while the store is away."""
_FORGET_AFTER = 300.0
"""Seconds for which a channel that nobody follows still knows what it told."""

Key = tuple[str, str]
ReadFile = Callable[[RecordingJob, str], bytes]
"""Blocks; raises `MultitrackError`s."""


class Hub:
    """Followers come and go; `run` keeps their channels up to date."""

    def __init__(self, cluster: Cluster, namespaces: Sequence[str], read: ReadFile) -> None:
        self._cluster = cluster
        self._namespaces = namespaces
        self._read = read
        self._channels: dict[Key, Channel] = {}
        self._reading: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Watch until cancelled; followers are then told to connect elsewhere."""
        try:
            async with asyncio.TaskGroup() as watches:
                for namespace in self._namespaces:
                    watches.create_task(
                        watch_namespace(
                            self._cluster,
                            namespace,
                            self._on_job,
                            partial(self._on_gone, namespace),
                        )
                    )
        finally:
            for task in self._reading:
                task.cancel()
            for channel in self._channels.values():
                channel.stop()

    @asynccontextmanager
    async def follow(
        self, namespace: str, name: str, since: str | None = None
    ) -> AsyncIterator[Mailbox]:
        """Follow a job for the length of a block.

        Raises:
            NotFoundError: There is no such job.
            ClusterError: The API server is away or refuses.
        """
        key = (namespace, name)
        channel = self._channels.get(key)
        if channel is None or channel.job is None:
            job = RecordingJob.from_body(await self._cluster.get_job(namespace, name))
            channel = self._channels.setdefault(key, Channel())
            self._change(channel, job)
        mailbox = channel.open(since)
        try:
            yield mailbox
        finally:
            channel.leave(mailbox)
            if not channel.is_followed:
                asyncio.get_running_loop().call_later(_FORGET_AFTER, self._forget, key, channel)

    def _forget(self, key: Key, channel: Channel) -> None:
        if not channel.is_followed and self._channels.get(key) is channel:
            del self._channels[key]

    def _on_job(self, job: RecordingJob) -> None:
        if channel := self._channels.get(job.key):
            self._change(channel, job)

    def _on_gone(self, namespace: str, name: str) -> None:
        if channel := self._channels.pop((namespace, name), None):
            channel.end()

    def _change(self, channel: Channel, job: RecordingJob) -> None:
        if due := channel.change(job):
            task = asyncio.create_task(self._tell_results(channel, job, due))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)

    async def _tell_results(
        self, channel: Channel, job: RecordingJob, due: Sequence[Result]
    ) -> None:
        for result in due:
            events = await self._events_of(job, result)
            channel.tell_result(job, result, events)

    async def _events_of(self, job: RecordingJob, result: Result) -> tuple[Event, ...]:
        """Nothing where a file is gone: consent may have been withdrawn."""
        for pause in (*_PAUSES, None):
            try:
                return await asyncio.to_thread(result.told, lambda key: self._read(job, key))
            except RefusedError:
                return ()
            except TemporaryError as error:
                if pause is None:
                    _note(job, result, error)
                    return ()
                await asyncio.sleep(pause)
            except MultitrackError as error:
                _note(job, result, error)
                return ()
        return ()


def _note(job: RecordingJob, result: Result, error: MultitrackError) -> None:
    _log.warning(
        "a result cannot be told",
        extra={"job": job.name, "step": result.step, "error": str(error)},
    )
