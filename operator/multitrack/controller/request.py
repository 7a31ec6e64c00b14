"""From a job's spec to what its Workflow is told."""

import json
from collections.abc import Callable, Mapping

from multitrack.api import names
from multitrack.api.recording_job import RecordingJob
from multitrack.api.spec import OnTrackFailure, RecordingJobSpec
from multitrack.controller.comparisons import comparison_arguments
from multitrack.controller.consent import deletion_scope
from multitrack.controller.delivery_plan import delivery_arguments
from multitrack.controller.settings import OperatorSettings, Storage
from workflow_templates.argo.names import QUEUE_PARAMETER
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.argo.workflows import Manifest, Owner, WorkflowRequest, render_workflow
from workflow_templates.contracts.deletion import ConsentPolicy, DeletionRequest
from workflow_templates.pipelines import (
    COMPARE_RUN,
    DELETE_AUDIO,
    DELIVER_RESULTS,
    PIPELINES,
    PROCESS_RECORDING,
)
from workflow_templates.runtime.daily.address import DailyAddress
from workflow_templates.runtime.job_files import job_address
from workflow_templates.runtime.store import S3Address

__all__ = ["deletion_workflow", "errand_workflow", "job_workflow", "source_addresses"]

_BELOW_ALL_OTHERS = 2000
"""The span of `scheduling.priority`, from -1000 to 1000."""

_SOURCE_LOGIN, _STORAGE_LOGIN = "AWS_ACCESS_KEY_ID", "MULTITRACK_STORAGE_AWS_ACCESS_KEY_ID"
"""Whose credentials may read the sources, and whose may write to the bucket of all jobs."""


def job_workflow(
    job: RecordingJob, attempt: int, settings: InstallSettings, storage: Storage, start: int = 1
) -> Manifest:
    """The Workflow of one attempt, or of a further start of it.

    Raises:
        SettingsError: The job asks for something that the installation cannot do.
    """
    spec = job.spec
    request = WorkflowRequest(
        job_uid=job.uid,
        arguments={
            **_arguments(spec, settings, storage),
            **_copy_to(job, settings, storage),
            **_consent(job, storage),
        },
        name=names.workflow_name(job.name, job.uid, attempt, start),
        title=spec.title or job.name,
        labels=_labels(job, attempt),
        owner=_owner(job),
        priority=_priority(job) or None,
        suspend=spec.suspend,
        deadline=spec.scheduling.active_deadline_seconds,
    )
    manifest = render_workflow(PROCESS_RECORDING, settings, request)
    manifest["metadata"]["namespace"] = job.namespace
    return manifest


Errand = Callable[[RecordingJob, int, OperatorSettings], dict[str, str]]
"""From a job, and the number of the run, to the job parameters that its pipeline is told."""

_ERRANDS: Mapping[str, Errand] = {
    DELIVER_RESULTS.name: lambda job, number, settings: delivery_arguments(
        job, number, settings.delivery
    ),
    COMPARE_RUN.name: lambda job, _number, _settings: comparison_arguments(job),
}
"""By pipeline."""


def errand_workflow(
    job: RecordingJob,
    pipeline: str,
    number: int,
    profile: InstallSettings,
    settings: OperatorSettings,
    start: int = 1,
) -> Manifest:
    """The Workflow of one run of another pipeline for the job; it goes with the job.

    Raises:
        SettingsError: The job asks for something that the installation cannot do.
    """
    request = WorkflowRequest(
        job_uid=job.uid,
        arguments=_ERRANDS[pipeline](job, number, settings),
        name=names.errand_name(job.name, job.uid, pipeline, number, start),
        title=f"{job.spec.title or job.name}: {pipeline}",
        labels=_labels(job, number),
        owner=_owner(job),
    )
    known = next(each for each in PIPELINES if each.name == pipeline)
    manifest = render_workflow(known, profile, request)
    manifest["metadata"]["namespace"] = job.namespace
    return manifest


def deletion_workflow(
    entry: DeletionRequest,
    address: S3Address,
    namespace: str,
    number: int,
    profile: InstallSettings,
    *,
    report: bool,
) -> Manifest:
    """The Workflow of one try to delete what an entry of the deletion list names.

    Nothing owns it: it has to end well whatever becomes of the job.

    Args:
        entry: Of the list.
        address: Where it lies.
        namespace: Where the Workflow runs.
        number: Of all deletions of this job, from 1; the same number is the same Workflow.
        profile: Whose images and Secrets it uses.
        report: Draw the meeting's report again.

    Raises:
        SettingsError: The installation's settings cannot be rendered.
    """
    request = WorkflowRequest(
        job_uid=entry.job_uid,
        arguments={
            "job-address": str(job_address(address.bucket, entry.job_uid)),
            "deletion-address": str(address),
            "consent-policy": entry.policy.value,
            "consent-subject": entry.subject,
            "report": _word(report),
        },
        name=names.errand_name(entry.job_name, entry.job_uid, DELETE_AUDIO.name, number),
        title=f"{entry.job_name}: {DELETE_AUDIO.name}",
        labels={
            names.JOB_NAME_LABEL: names.job_name_label(entry.job_name),
            names.ATTEMPT_LABEL: str(number),
        },
    )
    manifest = render_workflow(DELETE_AUDIO, profile, request)
    manifest["metadata"]["namespace"] = namespace
    return manifest


def _labels(job: RecordingJob, number: int) -> dict[str, str]:
    return {
        names.JOB_NAME_LABEL: names.job_name_label(job.name),
        names.ATTEMPT_LABEL: str(number),
    }


def _owner(job: RecordingJob) -> Owner:
    return Owner(names.API_VERSION, names.KIND, job.name, job.uid)


def _priority(job: RecordingJob) -> int:
    """Shadow runs wait behind everybody else's, whatever their own priority."""
    below = _BELOW_ALL_OTHERS if job.spec.shadow else 0
    return job.spec.scheduling.priority - below


def _arguments(
    spec: RecordingJobSpec, settings: InstallSettings, storage: Storage
) -> dict[str, str]:
    """Job parameters; what the spec leaves open keeps the installation's default."""
    arguments = {
        "source": json.dumps(source_addresses(spec, storage)),
        "participants": json.dumps(_participants(spec), ensure_ascii=False),
        "title": spec.title,
        "language": spec.language,
        "on-track-failure": "gap" if spec.on_track_failure is OnTrackFailure.GAP else "fail",
        "mixdown": _word(spec.steps.mixdown),
        "waveform": _word(spec.steps.waveform),
        "report": _word(spec.steps.report),
    }
    if spec.diarization is not None:
        arguments["diarization"] = spec.diarization.value.lower()
    if spec.voices is not None:
        arguments["voices"] = spec.voices
    if spec.transcription.model:
        arguments["model"] = spec.transcription.model
    if spec.transcription.vocabulary:
        arguments["vocabulary"] = ", ".join(spec.transcription.vocabulary)
    if spec.scheduling.queue_name and settings.gpu and settings.gpu.queue_name:
        arguments[QUEUE_PARAMETER] = spec.scheduling.queue_name
    return arguments


def _copy_to(job: RecordingJob, settings: InstallSettings, storage: Storage) -> dict[str, str]:
    """Let the server copy the tracks, where sources and jobs share server and credentials."""
    is_same_server = settings.parameters.get("s3-endpoint-url", "") == storage.endpoint_url
    source = settings.secrets.get(_SOURCE_LOGIN)
    is_same_login = settings.secrets.get(_STORAGE_LOGIN, source) == source
    if not (is_same_server and is_same_login):
        return {}
    return {"copy-to": str(job_address(storage.bucket, job.uid))}


def _consent(job: RecordingJob, storage: Storage) -> dict[str, str]:
    """What the run's last step is told about the audio; nothing where it stays in any case."""
    consent = job.spec.consent
    if consent.policy is ConsentPolicy.KEEP:
        return {}
    return {
        "consent": "true",
        "job-address": str(job_address(storage.bucket, job.uid)),
        "consent-policy": consent.policy.value,
        "consent-denied": _word(consent.denied),
        "consent-subject": job.subject,
        "deletion-scope": deletion_scope(job).value,
    }


def source_addresses(spec: RecordingJobSpec, storage: Storage) -> list[str]:
    """Where the recording lies, as get-recording is told."""
    source = spec.source
    if source.daily is not None:
        daily = source.daily
        return [
            str(
                DailyAddress(
                    daily.recording_id,
                    room_name=daily.room_name or "",
                    meeting_session_id=daily.meeting_session_id or "",
                )
            )
        ]
    if source.s3 is not None:
        return [f"s3://{source.s3.bucket or storage.bucket}/{source.s3.prefix}"]
    return [f"s3://{track.bucket or storage.bucket}/{track.key}" for track in source.tracks or ()]


def _participants(spec: RecordingJobSpec) -> list[dict[str, object]]:
    """Rows as get-participants reads them."""
    rows: list[dict[str, object]] = [row.to_body() for row in spec.participants]
    for track in spec.source.tracks or ():
        told = {"name": track.name, "offset": track.offset, "shared": track.shared}
        if said := {name: value for name, value in told.items() if value}:
            rows.append({"file": track.key, **said})
    return rows


def _word(value: bool) -> str:  # noqa: FBT001 - a conversion
    return "true" if value else "false"
