"""How the legacy pipeline spells what we know: a job's status, a step's name and status."""

from collections.abc import Mapping
from types import MappingProxyType

from multitrack.api.reasons import ConditionType, Phase, StepPhase
from multitrack.api.recording_job import RecordingJob

__all__ = ["INDEX_BY_STEP", "PIPELINE_STEPS", "TASK_STATUS", "legacy_name", "legacy_status"]

INDEX_BY_STEP: Mapping[str, int] = MappingProxyType(
    {
        "get-recording": 1,
        "get-participants": 2,
        "pad-track": 3,
        "mixdown-tracks": 4,
        "generate-waveform": 5,
        "transcribe-track": 6,
        "merge-transcripts": 7,
        "detect-topics": 8,
        "generate-title": 9,
        "generate-summary": 9,
        "finalize": 10,
        "cleanup-consent": 11,
        "post-zulip": 12,
        "send-webhook": 13,
    }
)
"""Places in PIPELINE_PROGRESS; title and summary, which run side by side, share one."""
PIPELINE_STEPS = max(INDEX_BY_STEP.values())

TASK_STATUS: Mapping[StepPhase, str] = MappingProxyType(
    {
        StepPhase.PENDING: "queued",
        StepPhase.RUNNING: "running",
        StepPhase.SUCCEEDED: "completed",
        StepPhase.FAILED: "failed",
        StepPhase.SKIPPED: "cancelled",
    }
)
"""A task's status in DAG_STATUS."""


def legacy_name(step: str) -> str:
    """`get-recording` is `get_recording` there."""
    return step.replace("-", "_")


def legacy_status(job: RecordingJob) -> str:
    """idle, uploaded, processing, error or ended.

    A published transcript stays `ended`, whatever becomes of later steps; only the end of all
    tries is an `error`.
    """
    if job.status.is_true(ConditionType.TRANSCRIPT_READY):
        return "ended"
    has_begun = any(step.phase is not StepPhase.PENDING for step in job.status.steps)
    match job.status.phase:
        case Phase.SUCCEEDED:
            return "ended"
        case Phase.FAILED | Phase.CANCELLED | Phase.SKIPPED:
            return "error"
        case Phase.RUNNING:
            return "processing"
        case Phase.SUSPENDED:
            return "processing" if has_begun else "idle"
        case Phase.PENDING:
            return "uploaded"
