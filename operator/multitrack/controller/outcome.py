"""Why a job failed, what it lacks, what it made and what it used."""

from collections.abc import Iterator

from multitrack.api.reasons import SucceededReason
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import Artifacts, Failure, RecordingFacts, Usage
from multitrack.controller.observed import Node, WorkflowView
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.steps import report_of, said, track_name
from workflow_templates.pipelines import Pipeline, Task
from workflow_templates.runtime.job_files import job_address

__all__ = [
    "EXECUTOR_FAILED",
    "GIB_PER_100_MIB",
    "artifacts_of",
    "facts_of",
    "failed_runs",
    "failure_of",
    "reason_of",
    "reason_of_try",
    "track_gaps",
    "usage_of",
    "workflow_url",
]

GIB_PER_100_MIB = 100 / 1024
"""Argo counts memory in units of 100 MiB."""

EXECUTOR_FAILED = "(exit code 64)"
"""How Argo's own containers end that could not fetch or keep a step's files."""


def failed_runs(
    pipeline: Pipeline, workflow: WorkflowView, *, optional: bool
) -> list[tuple[Task, Node]]:
    """Runs that have failed in all their tries, the first one first."""
    found = [
        (task, run)
        for task in pipeline.tasks
        if task.optional is optional
        for run in workflow.of_step(task.name)
        if run.has_failed
    ]
    return sorted(found, key=lambda each: (each[1].finished is None, each[1].finished or 0))


def failure_of(
    workflow: WorkflowView, task: Task, run: Node, settings: OperatorSettings
) -> Failure:
    """What to tell about a failed run; its last pod says most."""
    tries = workflow.tries(run)
    last = tries[-1] if tries else run
    url = workflow_url(workflow, settings)
    return Failure(
        step=task.name,
        track=track_name(run),
        message=said(last) or said(run) or "it failed without a word; see its log",
        exit_code=last.exit_code or None,  # 0: the step was done, what failed came after it
        pod=_pod(workflow, last) if tries else None,
        node=last.host,
        logs_url=f"{url}?nodeId={last.id}" if url else None,
    )


def reason_of(workflow: WorkflowView, run: Node) -> SucceededReason:
    """Why the run failed, in one word: the step's own, or what Kubernetes did to it."""
    tries = workflow.tries(run)
    return reason_of_try(tries[-1] if tries else run)


def reason_of_try(last: Node) -> SucceededReason:
    """Why one pod failed, in one word."""
    if told := report_of(last).failure_reason:
        known = {reason.value: reason for reason in SucceededReason}
        return known.get(told.value, SucceededReason.STEP_FAILED)
    if last.phase == "Error" and EXECUTOR_FAILED in last.message:
        return SucceededReason.STORAGE_UNAVAILABLE
    if "OOMKilled" in last.message:
        return SucceededReason.OUT_OF_MEMORY
    if "deadline" in last.message.lower():
        return SucceededReason.DEADLINE_EXCEEDED
    return SucceededReason.STEP_FAILED


def track_gaps(workflow: WorkflowView) -> list[str]:
    """Warnings about tracks that were left out."""
    reports = [
        report_of(run)
        for step in ("pad-track", "transcribe-track", "diarize-track")
        for run in workflow.of_step(step)
    ]
    warnings = [warning for report in reports if report.is_gap for warning in report.warnings]
    return list(dict.fromkeys(warnings))


def facts_of(workflow: WorkflowView) -> RecordingFacts | None:
    """What is known about the recording so far."""
    runs = workflow.of_step("get-recording")
    if not runs or runs[0].phase != "Succeeded":
        return None
    try:
        duration = float(runs[0].outputs.get("duration") or 0) or None
    except ValueError:
        duration = None
    return RecordingFacts(duration_seconds=duration, tracks=report_of(runs[0]).tracks)


def artifacts_of(
    job: RecordingJob, workflow: WorkflowView, settings: OperatorSettings
) -> Artifacts:
    """Where the results lie, those that are there."""
    bucket = settings.storage.bucket

    def made(step: str, key: str) -> str | None:
        succeeded = any(run.phase == "Succeeded" for run in workflow.of_step(step))
        return str(job_address(bucket, job.uid, key)) if succeeded else None

    return Artifacts(
        prefix=str(job_address(bucket, job.uid)),
        manifest=made("finalize", "manifest.json"),
        transcript=made("finalize", "published/transcript.json"),
        report=made("render-report", "published/report.html"),
        mixdown=made("mixdown-tracks", "mix.mp3"),
        waveform=made("generate-waveform", "waveform.json"),
    )


def usage_of(pipeline: Pipeline, workflow: WorkflowView) -> Usage:
    """Requests times seconds, as Argo counts them, and what the steps themselves tell."""
    runs = [run for task in pipeline.tasks for run in workflow.of_step(task.name)]
    # Tries that failed have asked a language model, too.
    reports = [report_of(each) for run in runs for each in workflow.tries(run) or [run]]
    heard = [report_of(run).audio_seconds or 0.0 for run in workflow.of_step("transcribe-track")]
    tokens = [report.tokens for report in reports if report.tokens]
    return Usage(
        cpu_seconds=workflow.resources.get("cpu", 0),
        memory_gib_seconds=round(workflow.resources.get("memory", 0) * GIB_PER_100_MIB),
        gpu_seconds=sum(_devices(workflow)),
        audio_seconds=round(sum(heard), 3),
        prompt_tokens=sum(each.prompt for each in tokens),
        completion_tokens=sum(each.completion for each in tokens),
    )


def workflow_url(workflow: WorkflowView, settings: OperatorSettings) -> str | None:
    """The Workflow's page in Argo's UI."""
    if settings.argo_url is None:
        return None
    base = str(settings.argo_url).rstrip("/")
    return f"{base}/workflows/{workflow.namespace}/{workflow.name}"


def _devices(workflow: WorkflowView) -> Iterator[int]:
    for resource, seconds in workflow.resources.items():
        if "/" in resource:  # an extended resource: nvidia.com/gpu, amd.com/gpu
            yield seconds


def _pod(workflow: WorkflowView, node: Node) -> str:
    """Argo's pod names (v2): Workflow, template, and the hash at the end of the node's id."""
    return f"{workflow.name}-{node.template}-{node.id.rpartition('-')[2]}"
