"""The page about installing, typed as it is written, from nothing to a finished meeting."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.clips import beginning
from tests.e2e.installation import ROOT, Installation
from tests.e2e.release import a_bucket
from tests.e2e.typed import blocks_of
from tests.e2e.values import REGISTRY, TAG, chart_values

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

PAGE = ROOT / "docs" / "operate" / "install.md"
HEADINGS = ("2. Secret and chart", "3. A recording")
NAME = "multitrack-e2e-typed"
"""Of the namespace and of the bucket."""
CLIP_SECONDS = 20
OF_THE_CLUSTER = ("storage", "gpu", "workflows")
"""What the chart is told beside what the page says: where S3 is, small requests."""


@pytest.fixture
def place(cluster: None) -> Iterator[Installation]:  # noqa: ARG001 - checked first
    """A bucket; nothing else."""
    yield a_bucket(NAME)
    for argv in (
        ["kubectl", "--namespace", NAME, "delete", "recordingjobs", "--all", "--wait=true"],
        ["helm", "uninstall", "typed", "--namespace", NAME, "--ignore-not-found"],
        ["kubectl", "delete", "namespace", NAME, "--ignore-not-found", "--wait=false"],
    ):
        subprocess.run(argv, check=True, capture_output=True)


def test_the_page_about_installing_leads_to_a_finished_meeting(
    place: Installation, sample: Path, tmp_path: Path
) -> None:
    for name in ("Alice", "Ben"):
        clip = beginning(sample / f"{name}.webm", CLIP_SECONDS, tmp_path / f"{name}.webm")
        place.upload(clip, prefix="recordings/standup/")
    values = tmp_path / "values.yaml"
    whole = chart_values(NAME)
    values.write_text(yaml.safe_dump({name: whole[name] for name in OF_THE_CLUSTER}), "utf-8")
    said = ""
    for block in blocks_of(PAGE, *HEADINGS):
        if block.kind == "yaml":
            said += place.kubectl("apply", "--filename", "-", given=here(block.text))
            continue
        for command in block.commands:
            if "--watch" not in command:  # which shows the same, and never ends
                said += typed(here(command, values), tmp_path)
    assert "Everything that Multitrack needs is there." in said
    assert (tmp_path / "standup" / "report.html").stat().st_size > 10_000
    assert place.job("standup")["status"]["phase"] == "Succeeded"


def here(text: str, values: Path | None = None) -> str:
    """The page's names and placeholders, as they are on this cluster."""
    words = {
        "access-key-id=…": f"access-key-id={os.environ['AWS_ACCESS_KEY_ID']}",
        "secret-access-key=…": f"secret-access-key={os.environ['AWS_SECRET_ACCESS_KEY']}",
        "storage.bucket=recordings": f"storage.bucket={NAME}",
        "registry.example/team": REGISTRY,
        "images.tag=0.1.0": f"images.tag={TAG}",
        "-n meetings": f"-n {NAME}",
        "namespace meetings": f"namespace {NAME}",
        "namespace: meetings": f"namespace: {NAME}",
        # Another release than the other tests': both have objects without a namespace, and share
        # the definition of RecordingJobs.
        "helm install multitrack charts/multitrack": f"helm install typed {ROOT}/charts/multitrack"
        f" --values {values} --take-ownership",
        "helm test multitrack": "helm test typed",
    }
    for theirs, ours in words.items():
        text = text.replace(theirs, ours)
    return text


def typed(command: str, folder: Path) -> str:
    """What a command says; it has to succeed."""
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {
        **os.environ,
        "PATH": programs,
        "AWS_ENDPOINT_URL": os.environ["S3_ENDPOINT_URL"],
    }
    ended = subprocess.run(
        ["/bin/bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, f"{command}\n{ended.stdout}{ended.stderr}"
    return ended.stdout
