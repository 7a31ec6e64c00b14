"""The message in Zulip while a meeting is still being processed: pure.

post-zulip makes the finished meeting of the same message, which it knows again by its link.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from multitrack.api.reasons import ConditionType, Phase, StepPhase
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import RecordingJobStatus, StepStatus
from multitrack.controller.delivery_plan import ZULIP, plan_delivery, room_of
from multitrack.controller.delivery_settings import DeliverySettings
from workflow_templates.delivery.zulip_text import harmless, mark_of
from workflow_templates.runtime.wording import one_line

__all__ = ["GONE", "is_shown", "progress_text"]

GONE = "**Deleted**: the job is gone, and nothing was published."
"""Said of a job that was deleted before its transcript was there."""

_SIGNS = {
    StepPhase.PENDING: "▫️",
    StepPhase.RUNNING: "⏳",
    StepPhase.SUCCEEDED: "✅",
    StepPhase.FAILED: "❌",
}
_STALE = timedelta(days=1)
"""After a job's end nobody waits for it any more; without this, each start of the operator would
look after the messages of all jobs that ever failed."""
_ROUGHLY = 10
"""Percent; every change is an edit, and realms limit them."""
_LONGEST_REASON = 500


def is_shown(job: RecordingJob, settings: DeliverySettings, now: datetime) -> bool:
    """Whether the job's progress belongs into Zulip: until there is something to deliver."""
    status = job.status
    if status.completion_time is not None and now - status.completion_time > _STALE:
        return False
    return (
        settings.zulip.progress
        and not job.spec.shadow
        and ZULIP in plan_delivery(job, settings).targets
        and status.attempt > 0
        and status.delivery is None
        and not status.is_true(ConditionType.TRANSCRIPT_READY)
    )


def progress_text(job: RecordingJob, link: str, said: str = "") -> str:
    """The whole message.

    Args:
        job: As it is.
        link: Where the meeting can be read later.
        said: Instead of how far it is.
    """
    title = one_line(harmless(job.spec.title or room_of(job)))
    facts = [mark_of(link, job.name), said or _state(job.status)]
    lines = [] if said else list(_steps(job.status))
    head = [f"# Multitrack – {title}", "\n".join(facts)]  # noqa: RUF001 - as the finished one's
    return "\n\n".join([*head, "\n".join(lines)]).rstrip()


def _state(status: RecordingJobStatus) -> str:
    failure = status.failure
    match status.phase:
        case Phase.FAILED if failure is not None:
            who = f" ({failure.track})" if failure.track else ""
            why = one_line(harmless(failure.message))[:_LONGEST_REASON]
            return f"**Failed** at {failure.step}{harmless(who)}: {why}"
        case Phase.FAILED | Phase.CANCELLED | Phase.SUSPENDED:
            return f"**{status.phase}**"
        case _:
            total = sum(step.total for step in status.steps)
            done = sum(_done(step) for step in status.steps)
            return f"**In progress**: {_rounded(100 * done / total if total else 0)} %"


def _done(step: StepStatus) -> float:
    """Runs of the step, of which one that is under way is a part."""
    if step.phase is StepPhase.SKIPPED:
        return step.total
    if step.progress is None or step.phase is not StepPhase.RUNNING:
        return step.done
    return max(step.done, step.total * step.progress / 100)


def _steps(status: RecordingJobStatus) -> Iterator[str]:
    for step in status.steps:
        if step.phase is StepPhase.SKIPPED:
            continue
        parts = [f"{step.done} of {step.total}"] if step.total > 1 else []
        if step.phase is StepPhase.RUNNING and step.progress is not None:
            parts.append(f"{_rounded(step.progress)} %")
        if step.retries:
            parts.append(f"{step.retries} retries" if step.retries > 1 else "1 retry")
        detail = f": {', '.join(parts)}" if parts else ""
        yield f"- {_SIGNS[step.phase]} {step.name}{detail}"


def _rounded(percent: float) -> int:
    return int(percent) // _ROUGHLY * _ROUGHLY
