"""A release through its life: the chart of before, an upgrade under a running job, the end."""

import io
import shutil
import subprocess
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.installation import CHART, ROOT, Installation, condition
from tests.e2e.release import a_place
from tests.e2e.specs import a_short_job, a_track
from tests.e2e.values import chart_values

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

NAME = "multitrack-e2e-upgrade"
"""Of the namespace and of the bucket."""
RELEASE = "upgraded"
"""Another than the one that the other tests use: both have objects without a namespace."""


@pytest.fixture
def place(cluster: None) -> Iterator[Installation]:  # noqa: ARG001 - checked first
    """A namespace and a bucket without an installation."""
    empty = a_place(NAME)
    yield empty
    argv = ["helm", "uninstall", RELEASE, "--namespace", NAME, "--ignore-not-found"]
    subprocess.run(argv, check=True, capture_output=True)
    empty.kubectl("delete", "namespace", NAME, "--wait=true")


def test_an_upgrade_keeps_jobs_going_and_the_end_keeps_everything(
    place: Installation, sample: Path, tmp_path: Path
) -> None:
    place.upload(sample / "Carol.webm", prefix="recordings/sample/")
    install(place, chart_before(tmp_path), tmp_path)
    place.apply("lasting", known_to(place, a_short_job(a_track("recordings/sample/"))))
    place.wait("lasting", ".status.phase=Running")
    install(place, CHART, tmp_path, podLabels={"multitrack.dev/installed": "again"})
    job = place.wait("lasting", ".status.phase=Succeeded")
    (workflow,) = place.workflows(job)
    nodes = workflow["status"]["nodes"].values()
    pods = Counter(node["templateName"] for node in nodes if node["type"] == "Pod")
    assert set(pods.values()) == {1}

    said = place.helm("test", RELEASE, "--logs")
    assert "Everything that Multitrack needs is there." in said

    place.helm("uninstall", RELEASE, "--wait")
    assert place.read("customresourcedefinition", "recordingjobs.multitrack.dev")
    left = place.job("lasting")
    assert condition(left, "TranscriptReady")["status"] == "True"
    key = left["status"]["artifacts"]["transcript"].removeprefix(f"s3://{place.bucket}/")
    place.s3.head_object(Bucket=place.bucket, Key=key)


def install(place: Installation, chart: Path, folder: Path, **operator: object) -> None:
    """What `helm upgrade --install` does; it ends when the operator follows jobs."""
    values = chart_values(NAME)
    del values["profiles"]  # they lack what `helm test` would miss
    values["operator"].update(operator)
    values = known_values(values, yaml.safe_load((chart / "values.yaml").read_text("utf-8")))
    file = folder / "values.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    argv = ("upgrade", "--install", RELEASE, str(chart), "--values", str(file))
    place.helm(*argv, "--take-ownership", "--wait", "--timeout", "180s")


def known_values(values: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What the chart of before has a default for; whatever may stand in an empty map, stays."""
    return {
        name: known_values(value, known[name]) if isinstance(value, dict) and known[name] else value
        for name, value in values.items()
        if name in known
    }


def known_to(place: Installation, spec: dict[str, Any]) -> dict[str, Any]:
    """A job as people wrote it before: without what the installed definition does not know."""
    definition = place.read("customresourcedefinition", "recordingjobs.multitrack.dev")
    (version,) = definition["spec"]["versions"]
    known = version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    return {name: value for name, value in spec.items() if name in known}


def chart_before(folder: Path) -> Path:
    """The chart as it was before its newest change."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("the chart of before is in the project's history: run this in a git checkout")
    kept = CHART.relative_to(ROOT).as_posix()
    newest = git("log", "-1", "--format=%H", "--", kept).decode().strip()
    archive = git("archive", f"{newest}^", kept)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return folder / kept


def git(*arguments: str) -> bytes:
    argv = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(argv, check=True, capture_output=True).stdout
