"""Fixtures for tests that run steps and whole pipelines."""

from pathlib import Path

import av
import pytest

from tests.browser import meeting
from tests.conftest import RunStep
from workflow_templates.contracts.transcript import Transcript

CLIP_SECONDS = 20.0


def excerpt(source: Path, target: Path, seconds: float) -> None:
    """Copy a track's packets up to a time on its own clock; nothing is encoded anew."""
    with av.open(source) as tracks, av.open(target, "w", format="webm") as copy:
        stream = tracks.streams.audio[0]
        copied = copy.add_stream_from_template(stream)
        for packet in tracks.demux(stream):
            if packet.pts is None or packet.pts * packet.time_base > seconds:
                break
            packet.stream = copied
            copy.mux(packet)


@pytest.fixture(scope="session")
def clips(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short meeting: the first seconds of Alice, Ben and Carol. Do not change it."""
    folder = tmp_path_factory.mktemp("clips")
    for name in ("Alice", "Ben", "Carol"):
        excerpt(sample / f"{name}.webm", folder / f"{name}.webm", CLIP_SECONDS)
    return folder


@pytest.fixture
def finished_meeting(tmp_path: Path, sample: Path, run_step: RunStep) -> Path:
    """The files of the sample meeting, as finalize leaves them."""
    folder = tmp_path / "job"
    meeting.write_tracks(folder, meeting.sample_lines(sample), duration=148.939)
    assert run_step("merge-transcripts", folder, folder).exit_code == 0
    transcript = Transcript.read(folder / "transcript.json")
    for name, document in meeting.minutes_of(transcript).items():
        document.write(folder / name)
    assert run_step("finalize", folder, folder).exit_code == 0
    return folder
