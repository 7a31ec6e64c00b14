"""The re-created legacy arrangement does what it is described to do, and can be measured."""

from pathlib import Path

import av
import pytest

from tests.bench.bench_legacy import Media, media, packaged_model, speech
from tests.bench.legacy.media import pad
from tests.bench.recordings import SAMPLE
from tests.bench.rows_gpu import gpu_figures
from tests.bench.sizes import Size
from tests.bench.table_legacy import media_lines
from tests.media.remux import lengthen, mute

SHORT = Size(tracks=1, minutes=0.35)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Media]:
    folder = tmp_path_factory.mktemp("legacy") / "meeting"
    return folder, media(folder, SHORT, most_for_pydub=0)


def test_padded_track_has_its_late_start_and_its_mute_gap_as_sound(tmp_path: Path) -> None:
    track = lengthen(SAMPLE / "Ben.webm", tmp_path / "track.webm", 20, start=5.0)
    muted = mute(track, tmp_path / "muted.webm", ((10.0, 15.0),)).file
    assert pad(muted, tmp_path / "padded.webm")
    assert _seconds(tmp_path / "padded.webm") == pytest.approx(_last_stamp(muted), abs=0.1)


def test_media_steps_of_both_sides_are_measured(measured: tuple[Path, Media]) -> None:
    _, found = measured
    for side in (found.legacy, found.ours):
        assert [stage.name for stage in side.stages] == ["pad", "mix", "waveform"]
        assert all(stage.cost.seconds > 0 < stage.moved_mb for stage in side.stages)
        assert side.whole().moved_mb == pytest.approx(sum(each.moved_mb for each in side.stages))


def test_meeting_that_is_too_long_for_pydub_has_no_figures_of_it(
    measured: tuple[Path, Media],
) -> None:
    assert measured[1].pydub is None


def test_table_has_time_memory_and_bytes_of_both_sides(measured: tuple[Path, Media]) -> None:
    rows = [line.strip("| ").split(" | ") for line in media_lines(measured[1])]
    figures = [row[1] for row in rows if row[0].startswith("all three")]
    assert figures == ["seconds", "CPU s", "peak MB", "MB moved"]
    assert all(float(row[2]) > 0 < float(row[3]) for row in rows)


def test_both_sides_transcribe_with_one_model(measured: tuple[Path, Media]) -> None:
    folder, _ = measured
    legacy, ours = speech(folder, SHORT, packaged_model(), "cpu")
    assert legacy.stage.cost.cpu_seconds > 0 < ours.stage.cost.cpu_seconds
    assert legacy.words == pytest.approx(ours.words, rel=0.2)
    assert "weekly" in (folder / "heard" / "0.json").read_text()


def test_gpu_benchmark_tells_loading_from_work(measured: tuple[Path, Media]) -> None:
    folder, _ = measured
    found = gpu_figures(folder / "job", 1, model="tiny.en", device="cpu")
    assert found.audio_seconds == pytest.approx(SHORT.minutes * 60 + 12.345, abs=0.2)
    assert 0 < found.load_seconds < 60 > found.work_seconds > 0


def _seconds(file: Path) -> float:
    with av.open(str(file)) as container:
        stream = container.streams.audio[0]
        return sum(frame.samples for frame in container.decode(stream)) / stream.rate


def _last_stamp(file: Path) -> float:
    with av.open(str(file)) as container:
        return max(frame.time or 0.0 for frame in container.decode(audio=0))
