"""Many jobs at once."""

import pytest

from tests.e2e.installation import Installation, a_manifest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def test_two_hundred_suspended_jobs_are_two_hundred_workflows(installation: Installation) -> None:
    spec = {"source": {"s3": {"prefix": "recordings/sample/"}}, "suspend": True}
    names = [f"many-{number}" for number in range(200)]
    manifests = "\n---\n".join(a_manifest(name, spec) for name in names)
    installation.kubectl("apply", "--filename", "-", given=manifests)
    suspended = ("--for=jsonpath={.status.phase}=Suspended", "--timeout=400s")
    installation.kubectl("wait", "recordingjob", *names, *suspended)
    listed = installation.read("workflows")["items"]
    made = [each for each in listed if each["metadata"]["name"].startswith("many-")]
    assert len(made) == len(names)
    pods = installation.kubectl("get", "pods", "-o", "name")
    assert "many-" not in pods
    installation.kubectl("delete", "recordingjob", *names, "--wait=false")
