"""A gateway with this meeting, and the meeting's files for the steps that deliver it."""

from pathlib import Path

import pytest

from multitrack.api.reasons import Phase
from multitrack.api.recording_job import RecordingJob
from tests.contract.parity.meeting import DURATION, MEETING, files
from tests.integration.gateway.conftest import gateway, olga, s3, world
from tests.integration.gateway.world import ALL_DONE, World
from tests.unit.gateway.jobs import a_version

__all__ = ["finished_job", "gateway", "olga", "processing_job", "published", "s3", "world"]


@pytest.fixture
def processing_job(world: World) -> RecordingJob:
    """`standup`, begun; its files lie there already."""
    job = world.apply()
    for key, document in files().items():
        world.store(job, key, document)
    return job


@pytest.fixture
def finished_job(processing_job: RecordingJob, world: World) -> RecordingJob:
    """Everything is done."""
    done = a_version(2, ALL_DONE, phase=Phase.SUCCEEDED, is_ready=True, duration=DURATION)
    return world.report(done, processing_job.name)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A job's folder as deliver-results finds it."""
    MEETING.write(tmp_path / "published" / "transcript.json")
    return tmp_path
