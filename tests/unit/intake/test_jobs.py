"""From a recording to its job."""

import re

from hypothesis import given
from hypothesis import strategies as st

from multitrack.api.recording_job import RecordingJob
from multitrack.api.spec import OnTrackFailure
from multitrack.intake.jobs import DailyJobs, recording_job
from workflow_templates.contracts.deletion import ConsentPolicy
from workflow_templates.runtime.daily.models import DailyRecording

_DNS = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
JOBS = DailyJobs(namespace="meetings")


def _recording(**fields: object) -> DailyRecording:
    recording = DailyRecording.read({"id": "0cb313e1", **fields})
    assert recording is not None
    return recording


def test_a_job_names_what_is_known() -> None:
    settings = DailyJobs(
        namespace="meetings",
        profile="large",
        language="de",
        on_track_failure=OnTrackFailure.GAP,
        consent_policy=ConsentPolicy.DELETE_AUDIO,
    )
    body = recording_job(_recording(room_name="standup", mtgSessionId="m-1"), settings)
    assert body["metadata"]["name"] == "daily-0cb313e1"
    assert body["spec"] == {
        "source": {
            "daily": {
                "recordingId": "0cb313e1",
                "roomName": "standup",
                "meetingSessionId": "m-1",
            }
        },
        "language": "de",
        "profile": "large",
        "onTrackFailure": "Gap",
        "consent": {"policy": "DeleteAudio"},
    }


def test_a_job_names_whom_the_installation_tells_of_daily_meetings() -> None:
    told = {"zulip": {"stream": "meetings"}, "webhook": {"enabled": False}}
    settings = DailyJobs.model_validate({"namespace": "meetings", "delivery": told})
    assert recording_job(_recording(), settings)["spec"]["delivery"] == told


def test_a_shadow_job_says_so() -> None:
    assert recording_job(_recording(), JOBS, shadow=True)["spec"]["shadow"] is True


def test_a_room_name_that_is_too_long_is_left_to_daily() -> None:
    body = recording_job(_recording(room_name="r" * 201), JOBS)
    assert body["spec"]["source"]["daily"] == {"recordingId": "0cb313e1"}


@given(st.text(min_size=1, max_size=128))
def test_any_id_gives_one_safe_name(recording_id: str) -> None:
    recording = DailyRecording.read({"id": recording_id})
    assert recording is not None
    first, second = (recording_job(recording, JOBS) for _ in range(2))
    name = first["metadata"]["name"]
    assert _DNS.fullmatch(name)
    assert len(name) <= 63
    assert first == second


def test_our_own_model_takes_the_job() -> None:
    body = recording_job(_recording(room_name="standup"), JOBS)
    born = {"uid": "u-1", "generation": 1, "resourceVersion": "7"}
    born |= {"creationTimestamp": "2026-03-14T10:20:00Z"}
    metadata = {**body["metadata"], **born}
    job = RecordingJob.from_body({**body, "metadata": metadata})
    assert job.spec.source.daily is not None
