"""From a job's spec to what its Workflow is told."""

import json

from multitrack.api import names
from multitrack.api.recording_job import RecordingJob
from multitrack.api.spec import OnTrackFailure, RecordingJobSpec
from multitrack.controller.settings import Storage
from workflow_templates.argo.names import QUEUE_PARAMETER
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.argo.workflows import Manifest, Owner, WorkflowRequest, render_workflow
from workflow_templates.pipelines import PROCESS_RECORDING
from workflow_templates.runtime.daily.address import DailyAddress

__all__ = ["job_workflow"]

_BELOW_ALL_OTHERS = 2000
"""The span of `scheduling.priority`, from -1000 to 1000."""

_STORAGE_LOGIN = "MULTITRACK_STORAGE_AWS_ACCESS_KEY_ID"
"""Set where the bucket of all jobs has other credentials than the sources."""


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
        arguments=_arguments(spec, settings, storage) | _copy_to(job, settings, storage),
        name=names.workflow_name(job.name, job.uid, attempt, start),
        title=spec.title or job.name,
        labels={
            names.JOB_NAME_LABEL: names.job_name_label(job.name),
            names.ATTEMPT_LABEL: str(attempt),
        },
        owner=Owner(names.API_VERSION, names.KIND, job.name, job.uid),
        priority=_priority(job) or None,
        suspend=spec.suspend,
        deadline=spec.scheduling.active_deadline_seconds,
    )
    manifest = render_workflow(PROCESS_RECORDING, settings, request)
    manifest["metadata"]["namespace"] = job.namespace
    return manifest


def _priority(job: RecordingJob) -> int:
    """Shadow runs wait behind everybody else's, whatever their own priority."""
    below = _BELOW_ALL_OTHERS if job.spec.shadow else 0
    return job.spec.scheduling.priority - below


def _arguments(
    spec: RecordingJobSpec, settings: InstallSettings, storage: Storage
) -> dict[str, str]:
    """Job parameters; what the spec leaves open keeps the installation's default."""
    arguments = {
        "source": json.dumps(_addresses(spec, storage)),
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
    if not is_same_server or _STORAGE_LOGIN in settings.secrets:
        return {}
    return {"copy-to": f"s3://{storage.bucket}/jobs/{job.uid}/"}


def _addresses(spec: RecordingJobSpec, storage: Storage) -> list[str]:
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
