"""An installation whose every way out leads through servers that tests have in their hands."""

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.chaos.ambush import Ambush
from tests.e2e.chaos.figures import Figures
from tests.e2e.clips import beginning
from tests.e2e.daily import DailyBeside
from tests.e2e.installation import Installation
from tests.e2e.release import a_place, installed
from tests.e2e.seed import a_seed
from tests.e2e.values import chart_values
from tests.fakes.s3_faults import FaultyS3, running_faulty_s3

NAME = "multitrack-chaos"
"""Of the namespace and of the bucket."""
CLIP_SECONDS = 8
RECEIVERS_PATIENCE = "5"
"""Seconds for which a receiver may be silent."""

_FIGURES = pytest.StashKey[Figures]()


@pytest.fixture(scope="session")
def moments(pytestconfig: pytest.Config) -> random.Random:
    seed = a_seed()
    pytestconfig.stash[_FIGURES].seed = seed
    return random.Random(seed)  # noqa: S311 - to be repeatable, not to be secret


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Figures:
    """What is printed at the end."""
    return pytestconfig.stash[_FIGURES]


@pytest.fixture(scope="session")
def place(cluster: None) -> Installation:  # noqa: ARG001 - checked first
    return a_place(NAME)


@pytest.fixture(scope="session")
def ambush(place: Installation, moments: random.Random) -> Ambush:
    return Ambush(place, moments)


@pytest.fixture(scope="session")
def storage(host: str, ambush: Ambush) -> Iterator[FaultyS3]:
    """The bucket's server, as operator, gateway, steps and Argo see it."""
    with running_faulty_s3(
        os.environ["S3_ENDPOINT_URL"], host=host, around=ambush.around
    ) as server:
        yield server


@pytest.fixture(scope="session")
def installation(
    place: Installation,
    storage: FaultyS3,
    daily_of_session: DailyBeside | None,
    host: str,  # noqa: ARG001 - says what is missing
) -> Iterator[Installation]:
    assert daily_of_session is not None
    daily = daily_of_session.install(place)
    with installed(place, _values(daily, storage.url)):
        yield place


def _values(daily: dict[str, Any], endpoint: str) -> dict[str, Any]:
    """The e2e tests' values; the gateway is reached through the nodes, as from outside."""
    values = chart_values(NAME, daily, endpoint)
    values["workflows"]["parameters"]["webhook-timeout"] = RECEIVERS_PATIENCE
    # Strikes are counted by requests of the step that delivers.
    values["delivery"]["zulip"]["progress"] = False
    values["gateway"] = {"service": {"type": "NodePort"}}
    return values


@pytest.fixture(scope="session")
def clip(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few words of one person."""
    made = tmp_path_factory.mktemp("chaos") / "Carol.webm"
    return beginning(sample / "Carol.webm", CLIP_SECONDS, made)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = Figures()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """The table for docs/develop/faults.md."""
    if table := config.stash[_FIGURES].table():
        terminalreporter.section("fault runs")
        terminalreporter.write_line(table)
