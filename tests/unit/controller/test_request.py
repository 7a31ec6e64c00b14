"""What a job's Workflow is told."""

import pytest

from multitrack.controller.request import job_workflow
from multitrack.controller.settings import Storage
from tests.unit.controller.builders import a_job
from workflow_templates.argo.settings import InstallSettings

ELSEWHERE = {"parameters": {"s3-endpoint-url": "https://s3.example"}}
OTHER_LOGIN = {
    "secrets": {"MULTITRACK_STORAGE_AWS_ACCESS_KEY_ID": {"name": "storage", "key": "id"}}
}


def copy_to(settings: dict[str, object], storage: Storage) -> str | None:
    job = a_job()
    manifest = job_workflow(job, 1, InstallSettings.model_validate(settings), storage)
    told = {each["name"]: each.get("value") for each in manifest["spec"]["arguments"]["parameters"]}
    assert told.get("copy-to") in (None, f"s3://{storage.bucket}/jobs/{job.uid}/")
    return told.get("copy-to")


@pytest.mark.parametrize(
    ("settings", "endpoint_url", "copies"),
    [
        pytest.param({}, "", True, id="one server, one login"),
        pytest.param(ELSEWHERE, "https://s3.example", True, id="one server that is not Amazon's"),
        pytest.param(ELSEWHERE, "", False, id="sources lie on another server"),
        pytest.param(OTHER_LOGIN, "", False, id="the jobs' bucket has credentials of its own"),
    ],
)
def test_the_server_copies_tracks_where_sources_and_jobs_share_it(
    settings: dict[str, object], endpoint_url: str, *, copies: bool
) -> None:
    storage = Storage(bucket="meetings", endpoint_url=endpoint_url)
    assert (copy_to(settings, storage) is not None) is copies
