"""The chain of steps that decided how long a job took, and where its time went."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from multitrack.accounting.tries import Try
from workflow_templates.pipelines import Pipeline

__all__ = ["Link", "Span", "TimeSpent", "critical_path", "where_the_time_went"]


@dataclass(frozen=True, slots=True)
class Span:
    """The run of a step that ended last: the one that those after it had to wait for."""

    step: str
    started: datetime
    finished: datetime
    """When it ended; now, if it goes on."""
    track: str | None = None
    """Whose track, where that is known."""
    last: Try | None = None
    """Its last try; None: its Workflow tells nothing."""


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the chain; all in seconds, and they add up to its part of the job's time."""

    step: str
    track: str | None
    pause: float
    """From the end of the step before, or from the Workflow's creation, to its start: Argo."""
    earlier_tries: float | None
    """Tries that failed, and the pauses after them. None: not known."""
    waiting: float | None
    """Of its last try: for a node, the image, the files. None: not known."""
    running: float
    """Of its last try; where the parts before are not known, they are in here."""


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """A job's time, from its creation to its end, in seconds."""

    before_workflow: float = 0.0
    """Until there was a Workflow: the operator, and attempts before this one."""
    pauses: float = 0.0
    """Between steps."""
    earlier_tries: float = 0.0
    """In tries that failed, and in the pauses after them."""
    waiting: float = 0.0
    """For nodes, images and files."""
    running: float = 0.0
    """In steps."""
    after_last_step: float = 0.0
    """Until Argo called the Workflow ended."""


def critical_path(
    pipeline: Pipeline, spans: Mapping[str, Span], begin: datetime
) -> tuple[Link, ...]:
    """From the first step to the one that ended last.

    Args:
        pipeline: Which step waits for which.
        spans: What has started, by step.
        begin: When the Workflow was made.
    """
    chain: list[Span] = []
    found = _latest(spans.values())
    while found is not None:
        chain.insert(0, found)
        before = pipeline.upstream(found.step)
        found = _latest(span for name, span in spans.items() if name in before)
    return tuple(_links(chain, begin))


def where_the_time_went(
    path: tuple[Link, ...], *, before_workflow: float, whole: float
) -> TimeSpent:
    """Add up a path.

    Args:
        path: All of the job's.
        before_workflow: Seconds from the job's creation to its Workflow's.
        whole: Seconds from the job's creation to its end, or until now.
    """
    spent = TimeSpent(
        before_workflow=before_workflow,
        pauses=sum(link.pause for link in path),
        earlier_tries=sum(link.earlier_tries or 0.0 for link in path),
        waiting=sum(link.waiting or 0.0 for link in path),
        running=sum(link.running for link in path),
    )
    told = spent.before_workflow + spent.pauses + spent.earlier_tries
    left = whole - told - spent.waiting - spent.running
    return replace(spent, after_last_step=max(0.0, round(left, 3)))


def _links(chain: list[Span], begin: datetime) -> Iterator[Link]:
    end = begin
    for span in chain:
        pause = max(0.0, (span.started - end).total_seconds())
        started = max(span.started, end)
        whole = max(0.0, (span.finished - started).total_seconds())
        yield _link(span, pause, whole)
        end = max(end, span.finished)


def _link(span: Span, pause: float, whole: float) -> Link:
    last = span.last
    if last is None or last.waiting is None or last.running is None:
        return Link(span.step, span.track, pause, None, None, whole)
    # Clocks and whole seconds may make the parts longer than the whole.
    running = min(last.running, whole)
    waiting = min(last.waiting, whole - running)
    earlier = round(whole - running - waiting, 3)
    return Link(span.step, span.track, pause, earlier, round(waiting, 3), round(running, 3))


def _latest(spans: Iterable[Span]) -> Span | None:
    return max(spans, key=lambda span: (span.finished, span.started), default=None)
