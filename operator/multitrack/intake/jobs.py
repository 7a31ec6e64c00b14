"""The job of a Daily recording.

Its name follows from the recording's id, so that an event, its repetition and the poll that finds
the same recording make one job.
"""

from typing import Any

from multitrack.api import names
from multitrack.api.base import Resource
from multitrack.api.spec import Delivery, OnTrackFailure
from multitrack.cluster.client import Body, Cluster
from multitrack.cluster.errors import ConflictError
from workflow_templates.contracts.deletion import ConsentPolicy
from workflow_templates.runtime.daily.models import DailyRecording

__all__ = ["DailyJobs", "create_once", "recording_job"]

_LONGEST_ROOM_NAME = 200


class DailyJobs(Resource):
    """What jobs of Daily's recordings are told, beside the recording."""

    namespace: str = ""
    """Where they are made: one of `jobNamespaces`. Empty: the first of them."""
    profile: str = "default"
    """One of the installation's profiles."""
    language: str = "auto"
    """ISO 639-1 code of what is spoken, or `auto`."""
    on_track_failure: OnTrackFailure = OnTrackFailure.FAIL
    """What an unusable track does to a meeting."""
    consent_policy: ConsentPolicy = ConsentPolicy.DELETE_AUDIO_ON_DENIAL
    """What becomes of their audio, as in `spec.consent.policy`."""
    delivery: Delivery = Delivery()
    """Who is told about them, as in `spec.delivery`."""


def recording_job(recording: DailyRecording, settings: DailyJobs, *, shadow: bool = False) -> Body:
    """The RecordingJob of a recording, as it is created.

    Args:
        recording: What is known of it; only its id is needed.
        settings: What all such jobs are told.
        shadow: Another system processes the recording, too: see `spec.shadow`.
    """
    room = recording.room_name or ""
    daily = {
        "recordingId": recording.id,
        # A name that the resource does not take helps nobody: Daily is asked for it.
        "roomName": room if len(room) <= _LONGEST_ROOM_NAME else "",
        "meetingSessionId": recording.meeting_session_id,
    }
    spec: dict[str, Any] = {
        "source": {"daily": {name: value for name, value in daily.items() if value}},
        "language": settings.language,
        "profile": settings.profile,
        "onTrackFailure": settings.on_track_failure.value,
        "consent": {"policy": settings.consent_policy.value},
    }
    if delivery := settings.delivery.model_dump(mode="json", by_alias=True, exclude_unset=True):
        spec["delivery"] = delivery
    if shadow:
        spec["shadow"] = True
    return {
        "apiVersion": names.API_VERSION,
        "kind": names.KIND,
        "metadata": {
            "name": names.daily_job_name(recording.id),
            "namespace": settings.namespace,
            "labels": {names.ORIGIN_LABEL: "daily"},
        },
        "spec": spec,
    }


async def create_once(cluster: Cluster, body: Body) -> bool:
    """Create a job unless there is one of its name; says whether it was created.

    Raises:
        ClusterError: The API server is away or refuses.
    """
    try:
        await cluster.create_job(body)
    except ConflictError:
        return False
    return True
