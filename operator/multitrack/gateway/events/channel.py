"""One job's events: what was told, what can be replayed, and who follows."""

from collections import deque
from collections.abc import Iterator, Sequence

from multitrack.api.recording_job import RecordingJob
from multitrack.gateway.events.changes import (
    dag_event,
    duration_event,
    events_between,
    is_same_run,
    status_event,
)
from multitrack.gateway.events.event import Event
from multitrack.gateway.events.mailbox import CloseCode, Mailbox
from multitrack.gateway.events.results import RESULTS, Result, due_results

__all__ = ["Channel"]

_REMEMBERED = 512
"""Events after which a follower can go on from the last one it saw."""


class Channel:
    """Turns a job's versions into events. Does no I/O: whoever feeds it reads the results."""

    def __init__(self) -> None:
        self.job: RecordingJob | None = None
        """As last told."""
        self._results: dict[str, Sequence[Event]] = {}
        """By step."""
        self._told: deque[Event] = deque(maxlen=_REMEMBERED)
        self._mailboxes: set[Mailbox] = set()

    @property
    def is_followed(self) -> bool:
        """Whether anyone listens."""
        return bool(self._mailboxes)

    def change(self, job: RecordingJob) -> tuple[Result, ...]:
        """Tell what has changed; returns which results are to be read and told.

        A version that is not newer than the one before says nothing.
        """
        if self.job is not None and not _is_newer(job, self.job):
            return ()
        due = due_results(self.job, job)
        if not is_same_run(self.job, job):
            self._results.clear()
        told = events_between(self.job, job)
        self.job = job
        self._tell(told)
        return due

    def tell_result(self, job: RecordingJob, result: Result, events: Sequence[Event]) -> None:
        """Tell what a step has made, unless another run has begun since or it was told before."""
        if not is_same_run(self.job, job) or self._results.get(result.step) == events:
            return
        self._results[result.step] = events
        self._tell(events)

    def end(self) -> None:
        """The job is gone."""
        self._close_all(CloseCode.NOT_FOUND)

    def stop(self) -> None:
        """The gateway stops."""
        self._close_all(CloseCode.GOING_AWAY)

    def open(self, since: str | None) -> Mailbox:
        """A mailbox with what is to be told first.

        Args:
            since: Id of the last event that the follower saw; None: it saw none.
        """
        mailbox = Mailbox(self._missed(since))
        self._mailboxes.add(mailbox)
        return mailbox

    def leave(self, mailbox: Mailbox) -> None:
        """Send nothing more there."""
        self._mailboxes.discard(mailbox)

    def _missed(self, since: str | None) -> list[Event]:
        told = list(self._told)
        place = next((place for place, each in enumerate(told) if each.id == since), None)
        if since is not None and place is not None:
            return told[place + 1 :]
        return list(self._replay(with_status=since is not None))

    def _replay(self, *, with_status: bool) -> Iterator[Event]:
        """Results and the newest DAG_STATUS, as the legacy pipeline replays what it has stored.

        Args:
            with_status: The follower was here before, and we do not know what it missed.
        """
        if self.job is None:
            return
        if with_status:
            yield status_event(self.job)
        if duration := duration_event(self.job):
            yield duration
        for result in RESULTS:
            yield from self._results.get(result.step, ())
        yield dag_event(self.job)

    def _tell(self, events: Sequence[Event]) -> None:
        self._told.extend(events)
        for mailbox in self._mailboxes:
            for event in events:
                mailbox.put(event)

    def _close_all(self, code: CloseCode) -> None:
        for mailbox in self._mailboxes:
            mailbox.close(code)


def _is_newer(job: RecordingJob, known: RecordingJob) -> bool:
    """Versions of one object are counted upwards; where they are no numbers, what comes is new."""
    if job.uid != known.uid:
        return True
    if job.resource_version.isdigit() and known.resource_version.isdigit():
        return int(job.resource_version) > int(known.resource_version)
    return job.resource_version != known.resource_version
