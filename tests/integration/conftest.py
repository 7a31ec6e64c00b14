"""Fixtures for tests that run steps and whole pipelines."""

from pathlib import Path

import av
import pytest

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
