"""An installation on a real cluster, made once: KUBECONFIG, kubectl, helm and an S3 service."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.clips import repeated
from tests.e2e.daily import DailyBeside, daily_beside
from tests.e2e.installation import Installation
from tests.e2e.release import a_place, installed
from tests.e2e.values import HOST_ADDRESS, chart_values

NAME = "multitrack-e2e"
"""Of the namespace and of the bucket."""
NEEDED = ("KUBECONFIG", "S3_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@pytest.fixture(scope="session")
def cluster() -> None:
    """What every test here needs: without it they fail, and say so."""
    missing = [name for name in NEEDED if name not in os.environ]
    assert not missing, f"the e2e tests need a cluster; set {', '.join(missing)}"
    for tool in ("kubectl", "helm", "argo"):
        assert shutil.which(tool), f"the e2e tests need {tool} on the PATH"


@pytest.fixture(scope="session")
def host(cluster: None) -> str:  # noqa: ARG001 - checked first
    """Where pods reach this machine, for tests that cannot do without."""
    assert HOST_ADDRESS in os.environ, f"set {HOST_ADDRESS} to an address here that pods can reach"
    return os.environ[HOST_ADDRESS]


@pytest.fixture(scope="session")
def daily_of_session() -> Iterator[DailyBeside | None]:
    """Daily, where pods can reach this machine: the installation has to know its address."""
    with daily_beside() as daily:
        yield daily


@pytest.fixture(scope="session")
def installation(
    cluster: None,  # noqa: ARG001 - checked first
    daily_of_session: DailyBeside | None,
) -> Iterator[Installation]:
    """The chart, installed in a namespace of its own that asks for restricted pods."""
    place = a_place(NAME)
    daily = daily_of_session.install(place) if daily_of_session else None
    with installed(place, chart_values(NAME, daily)):
        yield place


@pytest.fixture(scope="session")
def sample_tracks(installation: Installation, sample: Path) -> str:
    """The sample's four tracks in the bucket; the prefix below which they lie."""
    prefix = "recordings/sample/"
    installation.upload(*sorted(sample.glob("*.webm")), prefix=prefix)
    return prefix


@pytest.fixture(scope="session")
def long_track(
    installation: Installation, sample: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """A track that takes half a minute to transcribe, in the bucket."""
    made = repeated(sample / "Carol.webm", 12, tmp_path_factory.mktemp("clip") / "Long.webm")
    installation.upload(made, prefix="recordings/long/")
    return {"key": "recordings/long/Long.webm", "name": "Long"}
