from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from multitrack_steps.speech.flac import read_blocks, silence_gaps
from tests.unit.speech.recordings import noise, write_flac
from workflow_templates.contracts.track import Gap
from workflow_templates.runtime.errors import TrackUnreadableError


@pytest.mark.parametrize("block", [1_000, 16_000, 33_000, 100_000])
def test_blocks_joined_are_the_track(tmp_path: Path, block: int) -> None:
    samples = noise(3.3, -20.0)
    read = list(read_blocks(write_flac(tmp_path / "0.flac", samples), block))
    assert [len(part) for part in read[:-1]] == [block] * (len(read) - 1)
    assert np.array_equal(np.concatenate(read) * 32_768, samples)


def test_a_gap_across_blocks_is_silent_and_its_edges_are_not_touched() -> None:
    parts = [np.ones(1_000, np.float32) for _ in range(4)]
    gap = Gap(start=500 / 16_000, end=2_500 / 16_000)
    joined = np.concatenate(list(silence_gaps(parts, [gap])))
    assert not joined[500:2_500].any()
    assert joined[:500].all()
    assert joined[2_500:].all()


def wrong_rate(file: Path) -> None:
    with av.open(str(file), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.int16), "s16", "mono")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


BROKEN: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "not audio": lambda file: file.write_text("hello"),
    "another rate": wrong_rate,
}


@pytest.mark.parametrize("break_it", BROKEN.values(), ids=BROKEN)
def test_a_broken_flac_is_refused_by_name(
    tmp_path: Path, break_it: Callable[[Path], object]
) -> None:
    file = tmp_path / "7.flac"
    break_it(file)
    with pytest.raises(TrackUnreadableError, match=r"7\.flac"):
        list(read_blocks(file, 16_000))
