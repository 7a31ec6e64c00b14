"""mixdown-tracks: in time with the padded tracks, level in level, never clipped."""

from collections.abc import Mapping
from pathlib import Path

import av
import numpy as np
import pytest

from tests.conftest import RunStep, StepRun
from tests.media import bad, remux, transcode
from tests.media.correlation import RATE, lag_seconds
from tests.media.steps import aligned, an_item, put_source
from tests.media.transcode import Mono, decode_plainly

IN_TIME = 0.02
"""Seconds."""

LAME = 0.95
"""Gain of LAME itself at 64 and 128 kbit/s, as measured on a tone that ffmpeg alone encoded."""


class Mix:
    """A job's folder: tracks are padded into it, then mixed."""

    def __init__(self, run_step: RunStep, folder: Path) -> None:
        self._run_step = run_step
        self.folder = folder
        self.tracks = 0

    def add(self, file: Path, *, policy: str = "fail", **item: object) -> None:
        put_source(self.folder, file, self.tracks)
        run = self._run_step(
            "pad-track",
            self.folder,
            self.folder,
            parameters=an_item(self.tracks, file=file.name, **item) | {"on-track-failure": policy},
        )
        assert run.exit_code == 0, run.stderr
        self.tracks += 1

    def run(
        self,
        parameters: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> StepRun:
        return self._run_step(
            "mixdown-tracks",
            self.folder,
            self.folder,
            parameters=parameters,
            environment=environment,
        )

    def well(self, parameters: Mapping[str, str] | None = None) -> StepRun:
        run = self.run(parameters)
        assert run.exit_code == 0, run.stderr
        return run

    @property
    def file(self) -> Path:
        return self.folder / "mix.mp3"

    def samples(self, rate: int = RATE) -> Mono:
        return decode_plainly(self.file, rate)

    def channels(self) -> int:
        with av.open(str(self.file)) as container:
            return container.streams.audio[0].codec_context.channels


@pytest.fixture
def mix(run_step: RunStep, tmp_path: Path) -> Mix:
    folder = tmp_path / "job"
    folder.mkdir()
    return Mix(run_step, folder)


def tone(folder: Path, hertz: float, seconds: float, peak: float, *, channels: int = 1) -> Path:
    times = np.arange(round(seconds * 48_000)) / 48_000
    wave = (peak * np.sin(2 * np.pi * hertz * times)).astype(np.float32)
    file = folder / f"{hertz}-{seconds}.flac"
    return transcode.encode(wave, file, "flac", rate=48_000, channels=channels)


def amplitude(samples: Mono, hertz: float, start: float, end: float, rate: int = RATE) -> float:
    """Of one frequency between two times, in seconds."""
    piece = samples[round(start * rate) : round(end * rate)]
    turns = np.exp(-2j * np.pi * hertz * np.arange(len(piece)) / rate)
    return float(2 * np.abs(np.mean(piece * turns)))


def assert_in_time_with_padded_tracks(mix: Mix) -> None:
    tracks = [aligned(mix.folder, index) for index in range(mix.tracks)]
    padded = np.zeros(max(map(len, tracks)), np.float32)
    for track in tracks:
        padded[: len(track)] += track
    mixed = mix.samples()
    lags = {
        start: lag_seconds(mixed[start * RATE :][: 10 * RATE], padded[start * RATE :][: 10 * RATE])
        for start in range(0, len(padded) // RATE - 10, 10)
    }
    assert len(lags) >= 2
    assert {start: lag for start, lag in lags.items() if abs(lag) > IN_TIME} == {}


def test_the_mix_of_the_sample_is_in_time_with_its_padded_tracks(mix: Mix, sample: Path) -> None:
    for name in ("Alice", "Ben", "Carol", "David"):
        mix.add(sample / f"{name}.webm")
    run = mix.well()
    assert_in_time_with_padded_tracks(mix)
    assert len(mix.samples()) / RATE == pytest.approx(148.94, abs=0.03)
    assert mix.channels() == 1
    assert mix.file.stat().st_size == pytest.approx(148.94 * 64_000 / 8, rel=0.01)
    assert (run.report.tracks, run.report.warnings) == (4, ())


def test_gaps_hints_and_other_formats_are_mixed_in_time(
    mix: Mix, sample: Path, tmp_path: Path
) -> None:
    muted = remux.mute(sample / "Alice.webm", tmp_path / "a.webm", ((10.0, 20.0), (30.0, 33.3)))
    late = transcode.transcode(
        sample / "David.webm", tmp_path / "d", "aac-adts", rate=44_100, span=(0.0, 30.0)
    )
    voice = transcode.transcode(
        sample / "Ben.webm", tmp_path / "b", "mp3", rate=16_000, span=(0.0, 40.0)
    )
    mix.add(remux.cut_off(muted.file, tmp_path / "cut.webm", 0.4))
    mix.add(late.file, key_offset=12.0)
    mix.add(voice.file, start_offset=3.2)
    mix.well()
    assert_in_time_with_padded_tracks(mix)


def test_the_level_of_nobody_jumps_when_another_joins_or_leaves(mix: Mix, tmp_path: Path) -> None:
    mix.add(tone(tmp_path, 440.0, 12.0, 0.2))
    mix.add(tone(tmp_path, 1000.0, 4.0, 0.3), start_offset=4.0)
    mix.well()
    samples = mix.samples()
    levels = [amplitude(samples, 440.0, start, start + 3.5) for start in (0.25, 4.25, 8.25)]
    assert levels == pytest.approx([0.2 * LAME] * 3, rel=0.02)
    assert amplitude(samples, 1000.0, 4.25, 7.75) == pytest.approx(0.3 * LAME, rel=0.02)


def test_all_shouting_at_once_is_limited_not_clipped(mix: Mix, tmp_path: Path) -> None:
    loud = tone(tmp_path, 300.0, 6.0, 0.9)
    for _ in range(3):
        mix.add(loud)
    mix.well({"bitrate-kbps": "192"})
    samples = mix.samples(48_000)
    level = amplitude(samples, 300.0, 1.0, 5.0, 48_000)
    assert 0.9 < level <= 1.01
    # A clipped sine has 9 % and more of its third harmonic.
    assert amplitude(samples, 900.0, 1.0, 5.0, 48_000) < 0.02 * level


def test_one_stereo_track_makes_the_mix_stereo_at_twice_the_rate(mix: Mix, tmp_path: Path) -> None:
    mix.add(tone(tmp_path, 440.0, 5.0, 0.2))
    mix.add(tone(tmp_path, 1000.0, 5.0, 0.2, channels=2))
    mix.well()
    with av.open(str(mix.file)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    left, right = np.concatenate(frames, axis=1)
    centred = [amplitude(side, 440.0, 1.0, 4.0, 48_000) for side in (left, right)]
    panned = [amplitude(side, 1000.0, 1.0, 4.0, 48_000) for side in (left, right)]
    assert centred == pytest.approx([0.2 * LAME] * 2, rel=0.03)
    assert panned == pytest.approx([0.2 * LAME, 0.1 * LAME], rel=0.03)
    assert mix.file.stat().st_size == pytest.approx(5.0 * 128_000 / 8, rel=0.05)


@pytest.mark.parametrize("length", [6.0, 14.5])
def test_the_mix_is_as_long_as_the_recording(mix: Mix, tmp_path: Path, length: float) -> None:
    mix.add(tone(tmp_path, 440.0, 10.0, 0.2), recording_duration=length)
    mix.well()
    samples = mix.samples()
    assert len(samples) / RATE == pytest.approx(length, abs=0.03)
    assert np.abs(samples[11 * RATE :]).max(initial=0) < 0.001


def test_a_failed_track_is_left_out(mix: Mix, sample: Path, tmp_path: Path) -> None:
    mix.add(bad.empty(tmp_path / "empty.webm"), policy="gap")
    mix.add(sample / "Alice.webm")
    run = mix.well()
    assert run.report.tracks == 1
    assert_in_time_with_padded_tracks(mix)


def test_a_mix_of_silence_is_silent(mix: Mix, tmp_path: Path) -> None:
    mix.add(transcode.silence(tmp_path / "silence.flac", 3.0))
    mix.well()
    assert not mix.samples().any()


def test_without_a_usable_track_it_says_so_for_good(mix: Mix, tmp_path: Path) -> None:
    for name in ("a.webm", "b.webm"):
        mix.add(bad.empty(tmp_path / name), policy="gap")
    run = mix.run()
    assert run.exit_code == 2
    assert run.sentence.startswith(
        "mixdown-tracks: none of the 2 tracks can be used, so there is nothing to mix; "
        "the first one: a.webm: no decodable audio"
    )
    assert not mix.file.exists()


def test_without_any_track_it_says_so_for_good(mix: Mix) -> None:
    run = mix.run()
    assert run.exit_code == 2
    assert run.sentence == "mixdown-tracks: the recording has no tracks, so there is nothing to mix"


def test_a_source_that_got_lost_since_is_named(mix: Mix, sample: Path) -> None:
    mix.add(sample / "Alice.webm")
    (mix.folder / "source" / "0").write_bytes(b"")
    run = mix.run()
    assert run.exit_code == 2
    assert run.sentence.startswith("Alice.webm: no decodable audio (the file is empty, 0 bytes)")


@pytest.mark.parametrize("kbps", ["8", "500", "loud"])
def test_a_bit_rate_that_mp3_lacks_is_refused(mix: Mix, tmp_path: Path, kbps: str) -> None:
    mix.add(tone(tmp_path, 440.0, 1.0, 0.2))
    run = mix.run({"bitrate-kbps": kbps})
    assert run.exit_code == 2
    assert "bitrate-kbps=" in run.sentence


def test_a_full_disk_is_temporary_and_said(mix: Mix, tmp_path: Path) -> None:
    mix.add(tone(tmp_path, 440.0, 30.0, 0.2))
    mix.file.symlink_to("/dev/full")
    run = mix.run()
    assert run.exit_code == 75
    assert run.sentence == f"{mix.folder}: no space left on the device; free some and run again"


def test_an_ffmpeg_that_fails_is_quoted(mix: Mix, tmp_path: Path) -> None:
    mix.add(tone(tmp_path, 440.0, 30.0, 0.2))
    broken = tmp_path / "broken-ffmpeg"
    broken.write_text("#!/bin/sh\necho 'the encoder is out of order' >&2\nexit 7\n")
    broken.chmod(0o755)
    run = mix.run(environment={"MULTITRACK_FFMPEG": str(broken)})
    assert run.exit_code == 1
    assert "ffmpeg failed with exit code 7 (the encoder is out of order)" in run.sentence


def test_progress_is_told_in_seconds_of_the_recording(
    mix: Mix, tmp_path: Path, sample: Path
) -> None:
    progress = tmp_path / "progress"
    mix.add(sample / "Alice.webm")
    run = mix.run(environment={"ARGO_PROGRESS_FILE": str(progress)})
    assert run.exit_code == 0
    done, total = map(int, progress.read_text().split("/"))
    assert total == 149
    assert 100 <= done <= total
