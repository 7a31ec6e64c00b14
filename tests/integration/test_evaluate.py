"""`multitrack evaluate`, in its own process."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.publication.meetings import a_line, a_meeting

_PROGRAM = """
import sys
for name in {absent!r}:
    sys.modules[name] = None
from multitrack.cli.main import main
sys.exit(main())
"""


def evaluate(
    *arguments: str | Path, absent: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(absent=absent), "evaluate", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "160", "TERM": "dumb"},
    )


def measured(*arguments: str | Path) -> dict[str, Any]:
    run = evaluate("--json", *arguments)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert isinstance(found, dict)
    return found


@pytest.fixture
def result(sample: Path, tmp_path: Path) -> Path:
    """The sample's reference, other names: 2 words wrong, 1 moved to another speaker."""
    entries = json.loads((sample / "ref.seglst.json").read_text())
    names = {"Alice": "s3", "Ben": "s1", "Carol": "s2", "David": "s0"}
    for entry in entries:
        entry["speaker"] = names[entry["speaker"]]
    entries[0]["words"] = entries[0]["words"].replace("weekly product", "weakly project")
    entries[1]["words"] = entries[1]["words"].replace("Morning ", "")
    entries[2]["words"] += " Morning"
    file = tmp_path / "result.seglst.json"
    file.write_text(json.dumps(entries))
    return file


def test_the_reference_has_no_errors_against_itself(sample: Path) -> None:
    found = measured(sample / "ref.seglst.json", sample / "ref.stm")
    assert found["wer"]["rate"] == found["cpwer"]["rate"] == found["diarization"]["rate"] == 0
    assert found["speaker_accuracy"]["share"] == 1
    assert found["wer"]["words"] == 408


def test_mistakes_are_counted_by_kind_and_speaker(sample: Path, result: Path) -> None:
    found = measured(result, sample / "ref.seglst.json")
    cpwer = found["cpwer"]
    assert (cpwer["substitutions"], cpwer["deletions"], cpwer["insertions"]) == (2, 1, 1)
    assert cpwer["rate"] == pytest.approx(4 / 408)
    pairs = {pair["reference"]: (pair["result"], pair["errors"]) for pair in cpwer["speakers"]}
    assert pairs == {
        "Alice": ("s3", 3),
        "Ben": ("s1", 1),
        "Carol": ("s2", 0),
        "David": ("s0", 0),
    }
    assert found["speaker_accuracy"]["share"] == 1


def test_rttm_measures_speakers_alone(sample: Path, result: Path) -> None:
    found = measured(result, sample / "ref.rttm")
    assert found["wer"] is found["cpwer"] is found["word_starts"] is None
    assert found["diarization"]["rate"] == pytest.approx(0, abs=1e-9)
    assert found["speaker_accuracy"]["share"] == pytest.approx(1)


def test_lines_of_text_measure_words_alone(sample: Path, result: Path) -> None:
    found = measured(result, sample / "transcript.txt")
    assert found["cpwer"]["errors"] == 4
    assert found["speaker_accuracy"] is found["diarization"] is None


def test_a_language_chooses_the_spelling_rules(tmp_path: Path) -> None:
    (tmp_path / "result").write_text("A: Let's go")
    (tmp_path / "reference").write_text("A: Let us go")
    english = measured(tmp_path / "result", tmp_path / "reference")
    german = measured(tmp_path / "result", tmp_path / "reference", "--language", "de")
    assert (english["language"], english["wer"]["errors"]) == ("en", 0)
    assert (german["language"], german["wer"]["errors"] > 0) == ("de", True)


def test_the_table_names_measures_and_speakers(sample: Path, result: Path) -> None:
    run = evaluate(result, sample / "ref.seglst.json")
    assert run.returncode == 0, run.stderr
    assert "4 errors in 408 words: 2 wrong, 1 missing, 1 added" in run.stdout
    for words in ("WER", "cpWER", "0.98 %", "speaker accuracy", "DER, no collar", "Alice", "s3"):
        assert words in run.stdout


def test_the_gate_ends_with_1_above_its_limit(sample: Path, result: Path) -> None:
    passed = evaluate(result, sample / "ref.stm", "--max-cpwer", "1")
    assert (passed.returncode, passed.stderr) == (0, "")
    failed = evaluate(result, sample / "ref.stm", "--max-cpwer", "0.9")
    assert failed.returncode == 1
    assert failed.stderr == "cpWER 0.98 % is above the limit of 0.9 %\n"


def test_the_gate_needs_words(sample: Path, result: Path) -> None:
    run = evaluate(result, sample / "ref.rttm", "--max-cpwer", "5")
    assert run.returncode == 2
    assert "--max-cpwer: " in run.stderr


@pytest.mark.parametrize("package", ["jiwer", "scipy", "scipy.optimize", "whisper_normalizer"])
def test_a_missing_package_says_what_to_install(sample: Path, result: Path, package: str) -> None:
    run = evaluate(result, sample / "ref.stm", absent=(package,))
    assert run.returncode == 2
    assert run.stderr.strip().endswith("run: pip install 'multitrack[evaluate]'")
    assert len(run.stderr.strip().splitlines()) == 1


def test_a_folder_of_results_is_measured(tmp_path: Path) -> None:
    meeting = a_meeting(a_line("Good morning, everyone.", 1), a_line("Hello.", 4, speaker=1))
    meeting.write(tmp_path / "transcript.json")
    (tmp_path / "reference.stm").write_text("m 1 A 1 3 Good morning everyone\nm 1 B 4 6 Hi\n")
    found = measured(tmp_path, tmp_path / "reference.stm")
    assert (found["cpwer"]["errors"], found["cpwer"]["words"]) == (1, 4)
    assert [pair["result"] for pair in found["cpwer"]["speakers"]] == ["Alice", "Ben"]
    assert found["speaker_accuracy"]["share"] == 1
    against_itself = measured(tmp_path, tmp_path)
    assert against_itself["word_starts"]["words"] == 4
    assert against_itself["word_starts"]["median"] == 0


def test_an_absent_result_is_one_sentence(sample: Path, tmp_path: Path) -> None:
    run = evaluate(tmp_path, sample / "ref.stm")
    assert (run.returncode, run.stderr) == (
        2,
        f"{tmp_path}: no finished meeting there; check the path\n",
    )


def test_a_reference_without_words_is_refused(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "reference").write_text("m 1 A 1.0 2.0 ...\n")
    run = evaluate(sample / "ref.stm", tmp_path / "reference")
    assert run.returncode == 2
    assert "the reference has no words" in run.stderr
