"""What may be asked of a job in the state that it is in: pure."""

from dataclasses import dataclass
from typing import Any

from multitrack.api.reasons import ConditionStatus, ConditionType, Phase
from multitrack.api.recording_job import RecordingJob

__all__ = ["Change", "Refusal", "cancelling", "delivering", "processing", "suspending"]


@dataclass(frozen=True, slots=True)
class Change:
    """What to merge into the job; nothing if it is so already."""

    patch: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: one sentence for the person who asks."""

    why: str


def processing(job: RecordingJob, *, force: bool) -> Change | Refusal:
    """Run a job, or run it again.

    As the legacy pipeline: refused while the job is idle, not ready or runs; a failed, stopped or
    finished one runs again. `force` stops what runs and starts anew.
    """
    if job.is_being_deleted:
        return Refusal("it is being deleted")
    if job.spec.cancel:
        return Refusal("it is cancelled for good; create another job for the recording")
    if job.spec.attempt > job.status.attempt:
        if force and not job.spec.force:
            return Change({"spec": {"force": True}})
        waits = f"attempt {job.spec.attempt} is asked for and has not begun"
        return Refusal(f"it is not ready: {waits}")
    if not job.status.phase.is_final and not force:
        return Refusal(_why_not_now(job))
    return Change({"spec": {"attempt": job.spec.attempt + 1, "force": force, "suspend": False}})


def cancelling(job: RecordingJob) -> Change | Refusal:
    """Stop a job for good. Once more is no mistake."""
    if job.spec.cancel:
        return Change(None)
    if job.status.phase.is_final and job.status.attempt >= job.spec.attempt:
        return Refusal(f"it has ended already: {job.status.phase.value}")
    return Change({"spec": {"cancel": True}})


def suspending(job: RecordingJob, *, suspend: bool) -> Change | Refusal:
    """Start nothing new, or go on."""
    if job.status.phase.is_final and job.status.attempt >= job.spec.attempt:
        return Refusal(f"it has ended already: {job.status.phase.value}")
    is_so = job.spec.suspend is suspend
    was_done_in_argo = job.status.phase is Phase.SUSPENDED and not suspend
    return Change(None if is_so and not was_done_in_argo else {"spec": {"suspend": suspend}})


def delivering(job: RecordingJob) -> Change | Refusal:
    """Deliver what is published once more. Asked again before that begins, it is one delivery."""
    if job.is_being_deleted:
        return Refusal("it is being deleted")
    if job.spec.shadow:
        return Refusal("it is a shadow run: another system's results are delivered")
    ready = job.status.condition(ConditionType.TRANSCRIPT_READY)
    if ready is None or ready.status is not ConditionStatus.TRUE:
        return Refusal("nothing is published yet; what is finished is delivered by itself")
    begun = job.status.delivery.number if job.status.delivery else 0
    if job.status.attempt + job.spec.delivery_attempt - 1 > begun:
        return Change(None)
    return Change({"spec": {"deliveryAttempt": job.spec.delivery_attempt + 1}})


def _why_not_now(job: RecordingJob) -> str:
    if job.status.phase is Phase.SUSPENDED:
        return "it is idle: suspended; resume it, or use force to start anew"
    where = f" ({job.status.step})" if job.status.step else ""
    return f"it runs already{where}; wait for its end, or use force to stop it and start anew"
