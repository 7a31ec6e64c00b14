"""What people do to a job while it runs: hold it, drop it, delete it."""

import pytest

from tests.e2e.installation import Installation, condition
from tests.e2e.specs import a_short_job, a_track

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def test_cancel_suspend_and_resume(installation: Installation, sample_tracks: str) -> None:
    spec = a_short_job(a_track(sample_tracks), suspend=True)
    installation.apply("patient", spec)
    installation.apply("dropped", spec)
    installation.wait("patient", ".status.phase=Suspended")
    installation.wait("dropped", ".status.phase=Suspended")
    installation.multitrack("cancel", "dropped")
    dropped = installation.wait("dropped", ".status.phase=Cancelled")
    assert condition(dropped, "Succeeded")["reason"] == "Cancelled"
    installation.patch("patient", suspend=False)
    installation.wait("patient", ".status.phase=Succeeded")


def test_a_job_deleted_during_its_run_goes_with_its_workflow_and_pods(
    installation: Installation, sample_tracks: str
) -> None:
    installation.apply("short-lived", a_short_job(a_track(sample_tracks)))
    job = installation.wait("short-lived", ".status.phase=Running")
    workflow = job["status"]["workflowRef"]["name"]
    installation.kubectl("delete", "recordingjob", "short-lived", "--wait=true")
    installation.kubectl("wait", "--for=delete", f"workflow/{workflow}", "--timeout=60s")
    of_job = ("--selector", f"multitrack.dev/job-uid={job['metadata']['uid']}")
    installation.kubectl("wait", "pods", *of_job, "--for=delete", "--timeout=60s")
    assert installation.workflows(job) == []
