"""generate-waveform: 255 peaks, whatever the mix."""

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import RunStep, StepRun
from tests.media import bad, transcode
from workflow_templates.contracts.results import Waveform


@pytest.fixture
def job(tmp_path: Path) -> Path:
    folder = tmp_path / "job"
    folder.mkdir()
    return folder


def waveform_of(run: StepRun) -> Waveform:
    assert run.exit_code == 0, run.stderr
    return Waveform.model_validate_json((run.outputs / "waveform.json").read_bytes())


def test_peaks_are_those_of_the_whole_file(run_step: RunStep, job: Path, sample: Path) -> None:
    sound = transcode.decode_plainly(sample / "Alice.webm", 48_000)[: 40 * 48_000]
    mix = transcode.encode(sound, job / "mix.mp3", "mp3", rate=48_000)
    waveform = waveform_of(run_step("generate-waveform", job, job))
    decoded = np.abs(transcode.decode_plainly(mix, 48_000))
    peaks = np.array([piece.max() for piece in np.array_split(decoded, 255)])
    assert waveform.duration == pytest.approx(len(sound) / 48_000, abs=0.05)
    assert max(waveform.peaks) == 1.0
    # A stretch's edge may fall a few samples beside the judge's.
    difference = np.abs(np.array(waveform.peaks) - peaks / peaks.max())
    assert np.mean(difference <= 0.0051) > 0.97
    assert all(round(peak, 2) == peak for peak in waveform.peaks)


def test_sound_shows_where_it_is(run_step: RunStep, job: Path) -> None:
    sound = np.zeros(51 * 48_000, np.float32)
    sound[20 * 48_000 : 30 * 48_000] = 0.5 * np.sin(np.arange(10 * 48_000) / 20)
    transcode.encode(sound, job / "mix.mp3", "mp3", rate=48_000, channels=2)
    peaks = waveform_of(run_step("generate-waveform", job, job)).peaks
    audible = [index for index, peak in enumerate(peaks) if peak > 0.5]
    assert audible == list(range(100, 150))


def test_silence_is_all_zeros(run_step: RunStep, job: Path) -> None:
    transcode.silence(job / "mix.mp3", 3.0, "mp3")
    assert set(waveform_of(run_step("generate-waveform", job, job)).peaks) == {0.0}


def test_a_mix_of_a_blink_has_all_peaks(run_step: RunStep, job: Path) -> None:
    transcode.encode(np.full(100, 0.5, np.float32), job / "mix.mp3", "mp3", rate=48_000)
    assert len(waveform_of(run_step("generate-waveform", job, job)).peaks) == 255


def test_a_mix_that_is_no_audio_fails_for_good(run_step: RunStep, job: Path) -> None:
    bad.text(job / "mix.mp3")
    run = run_step("generate-waveform", job, job)
    assert run.exit_code == 2
    assert run.sentence.startswith("mix.mp3: no decodable audio")


def test_a_missing_mix_is_said(run_step: RunStep, job: Path) -> None:
    run = run_step("generate-waveform", job, job)
    assert run.exit_code == 2
    assert "mix.mp3: there is no such file" in run.sentence
