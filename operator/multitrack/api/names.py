"""The resource's names, and the labels and annotations that tie other objects to it."""

import hashlib
import re

from workflow_templates.argo.names import JOB_UID_LABEL

__all__ = [
    "API_VERSION",
    "ATTEMPT_LABEL",
    "AUDIO_DELETED_ANNOTATION",
    "AUDIO_FINALIZER",
    "GROUP",
    "JOB_NAME_LABEL",
    "JOB_UID_LABEL",
    "KIND",
    "ORIGIN_LABEL",
    "PLURAL",
    "REPROCESSED_ANNOTATION",
    "REPROCESSED_AT_ANNOTATION",
    "SHORT_NAME",
    "VERSION",
    "VOTES_ANNOTATION",
    "WOKEN_ANNOTATION",
    "daily_job_name",
    "errand_name",
    "job_name_label",
    "workflow_name",
]

GROUP = "multitrack.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"
KIND = "RecordingJob"
PLURAL = "recordingjobs"
SHORT_NAME = "rj"

JOB_NAME_LABEL = f"{GROUP}/job-name"
"""On Workflows and pods: the job's name, cut to what a label holds. For people; uids decide."""

ATTEMPT_LABEL = f"{GROUP}/attempt"
"""On Workflows: which `spec.attempt` asked for it. `argo resubmit` copies it."""

ORIGIN_LABEL = f"{GROUP}/origin"
"""On jobs that no person made: who did, `daily`."""

WOKEN_ANNOTATION = f"{GROUP}/woken-at"
"""On Workflows: when the operator last touched one that Argo had stopped looking at."""

REPROCESSED_ANNOTATION = f"{GROUP}/reprocessed"
"""On RecordingJobs: how often the nightly loop has run it again."""

REPROCESSED_AT_ANNOTATION = f"{GROUP}/reprocessed-at"
"""On RecordingJobs: when it last did."""

VOTES_ANNOTATION = f"{GROUP}/votes"
"""On RecordingJobs: which votes there are, so that the operator counts them when there are new
ones. The votes themselves lie in the bucket."""

AUDIO_DELETED_ANNOTATION = f"{GROUP}/audio-deleted-at"
"""On RecordingJobs: when the operator saw the proof that all audio is gone."""

AUDIO_FINALIZER = f"{GROUP}/audio"
"""On RecordingJobs whose audio may have to be deleted: it goes as soon as that is written down."""

_DAILY_PREFIX = "daily-"
_DNS_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL_LENGTH = 63
_UID_LENGTH = 8


def daily_job_name(recording_id: str) -> str:
    """`daily-<recording id>`: whoever makes a job of a Daily recording gives it this name.

    An id that Kubernetes does not take, or that is too long, becomes its SHA-256: always the same.
    """
    room = _LABEL_LENGTH - len(_DAILY_PREFIX)
    if len(recording_id) <= room and _DNS_NAME.fullmatch(recording_id):
        return _DAILY_PREFIX + recording_id
    return _DAILY_PREFIX + hashlib.sha256(recording_id.encode()).hexdigest()[:40]


def job_name_label(name: str) -> str:
    """The job's name as a label's value; a longer name keeps its beginning."""
    return name[:_LABEL_LENGTH].rstrip("-.")


def errand_name(job_name: str, job_uid: str, pipeline: str, number: int, start: int = 1) -> str:
    """`<job>-<first 8 of uid>-<pipeline>-<number>`, at most 63 characters.

    Args:
        job_name: The job's.
        job_uid: The job's.
        pipeline: One that runs beside or after the processing: deliver-results, compare-run.
        number: Of the run; the same one always has the same name.
        start: Above 1: Argo could not begin the ones before.
    """
    again = f"-{start}" if start > 1 else ""
    return _cut_to_fit(job_name, f"-{job_uid[:_UID_LENGTH]}-{pipeline}-{number}{again}")


def workflow_name(job_name: str, job_uid: str, attempt: int, start: int = 1) -> str:
    """`<job>-<first 8 of uid>-<attempt>`, at most 63 characters: Argo makes it a label's value.

    The same job and attempt always give the same name, so that a second creation is refused. A
    further start of an attempt that Argo could not begin has its number at the end.
    """
    suffix = f"-{job_uid[:_UID_LENGTH]}-{attempt}"
    if start > 1:
        suffix += f"-{start}"
    return _cut_to_fit(job_name, suffix)


def _cut_to_fit(job_name: str, suffix: str) -> str:
    return job_name[: _LABEL_LENGTH - len(suffix)].rstrip("-.") + suffix
