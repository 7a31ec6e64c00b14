"""What goes wrong on one machine: one sentence, the right exit code, nothing lost."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.fakes.s3 import running_s3
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.pipelines import PROCESS_RECORDING

pytestmark = [pytest.mark.models, pytest.mark.timeout(300)]

MULTITRACK = (sys.executable, "-m", "multitrack.cli.main")

NOT_IN_THIS_MEETING = ("diarize-track", "cleanup-consent")
"""Killed in test_run_diarized.py; and one that deletes in buckets, with tests of its own."""


def multitrack(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MULTITRACK, *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.fixture
def source(clips: Path, tmp_path: Path) -> Path:
    """The short meeting, to be damaged."""
    return shutil.copytree(clips, tmp_path / "tracks")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    run = multitrack("run", tmp_path / "nowhere", "-o", tmp_path / "meeting")
    assert run.returncode == 2
    assert f"{tmp_path / 'nowhere'}: there is no such file or folder" in run.stderr
    assert not (tmp_path / "meeting").exists()


def test_an_output_folder_that_cannot_be_made_is_named(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    run = multitrack("run", source, "-o", tmp_path / "file")
    assert run.returncode == 2
    assert run.stderr.startswith(f"{tmp_path / 'file'}: cannot write here (")
    assert "Traceback" not in run.stderr


def test_a_mix_is_not_overwritten_by_its_own_results(source: Path) -> None:
    mix = (source / "Alice.webm").rename(source / "mix.mp3")
    before = mix.read_bytes()
    for arguments in ((mix, "-o", source), (source, "-o", source)):
        run = multitrack("run", *arguments, "--force")
        assert run.returncode == 2
        assert "name another folder with -o" in run.stderr
    assert mix.read_bytes() == before
    assert not (source / ".multitrack").exists()


def test_a_number_of_voices_that_is_none_is_refused_at_once(source: Path, tmp_path: Path) -> None:
    run = multitrack("run", source, "-o", tmp_path / "meeting", "--voices", "many")
    assert run.returncode == 2
    assert "--voices many: use auto, a number such as 3" in run.stderr
    assert not (tmp_path / "meeting").exists()


def test_a_folder_without_audio_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "tracks").mkdir()
    (tmp_path / "tracks" / "notes.txt").write_text("nothing to hear")
    run = multitrack("run", tmp_path / "tracks", "-o", tmp_path / "meeting")
    assert run.returncode == 2
    assert "no audio" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_corrupt_track_fails_the_meeting_by_its_name(source: Path, tmp_path: Path) -> None:
    (source / "Ben.webm").write_bytes(b"this is not audio" * 100)
    run = multitrack("run", source, "-o", tmp_path / "meeting")
    assert run.returncode == 2
    assert "Ben.webm: no decodable audio" in run.stderr
    assert "pad-track Alice: done" in run.stderr
    assert f"multitrack run -o {tmp_path / 'meeting'} --resume" in run.stderr


@pytest.mark.parametrize("content", [b"", b"this is not audio" * 100], ids=["empty", "garbage"])
def test_a_corrupt_track_becomes_a_gap_if_so_chosen(
    source: Path, tmp_path: Path, content: bytes
) -> None:
    (source / "Ben.webm").write_bytes(content)
    meeting = tmp_path / "meeting"
    run = multitrack("run", source, "-o", meeting, "--on-track-failure", "gap")
    assert run.returncode == 0, run.stderr
    assert "Ben.webm" in run.stderr
    published = PublishedTranscript.read(meeting / "transcript.json")
    failed = [track.file for track in published.tracks if track.failed]
    assert failed == ["Ben.webm"]
    assert {segment.speaker_name for segment in published.segments} == {"Alice", "Carol"}


def test_a_mended_track_redoes_only_that_track(source: Path, clips: Path, tmp_path: Path) -> None:
    (source / "Ben.webm").write_bytes(b"")
    meeting = tmp_path / "meeting"
    assert multitrack("run", source, "-o", meeting).returncode == 2
    shutil.copyfile(clips / "Ben.webm", source / "Ben.webm")
    run = multitrack("run", "-o", meeting, "--resume")
    assert run.returncode == 0, run.stderr
    assert "pad-track Alice: kept from before" in run.stderr
    assert "pad-track Ben: started" in run.stderr


def test_an_unreadable_model_is_refused_in_one_sentence(source: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.bin").write_bytes(b"garbage")
    run = multitrack("run", source, "-o", tmp_path / "meeting", "--model", model)
    assert run.returncode == 2
    assert str(model) in run.stderr
    assert "Traceback" not in run.stderr


def test_a_dead_llm_endpoint_is_temporary_and_loses_no_transcription(
    source: Path, tmp_path: Path
) -> None:
    meeting = tmp_path / "meeting"
    dead = ("--llm-base-url", "http://127.0.0.1:9/v1", "--llm-model", "any")
    run = multitrack("run", source, "-o", meeting, *dead, "--tries", "1")
    assert run.returncode == 75, run.stderr
    assert "127.0.0.1:9" in run.stderr
    again = multitrack("run", "-o", meeting, "--resume", "--backend", "extractive")
    assert again.returncode == 0, again.stderr
    assert "transcribe-track Alice: kept from before" in again.stderr


def test_a_prefix_of_a_bucket_is_processed(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = tmp_path / "meeting"
    tracks = {f"weekly/{file.name}": file.read_bytes() for file in source.iterdir()}
    with running_s3() as s3:
        s3.put("meetings", tracks)
        for name, value in s3.environment.items():
            monkeypatch.setenv(name, value)
        run = multitrack("run", "s3://meetings/weekly", "-o", meeting, "-q")
        assert run.returncode == 0, run.stderr
        missing = multitrack("run", "s3://nowhere/weekly", "-o", tmp_path / "none")
    assert "Alice:" in (meeting / "transcript.txt").read_text()
    assert missing.returncode == 3
    assert "nowhere" in missing.stderr


@contextmanager
def started(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A run under way; what it says can be read from its stderr."""
    with subprocess.Popen(
        [*MULTITRACK, *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        yield run


def run_until(step: str, number: signal.Signals, *arguments: str | Path) -> tuple[int, list[str]]:
    """Run, send the signal once the step has begun; the exit code, and all that was said."""
    said = []
    with started(*arguments) as run:
        assert run.stderr
        for line in run.stderr:
            said.append(line.strip())
            if re.match(rf"{step}( .*)?: started", line):
                run.send_signal(number)
                break
        said.extend(line.strip() for line in run.stderr)
    return run.returncode, said


def test_a_kill_at_every_step_loses_nothing_that_was_finished(source: Path, tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    arguments: tuple[str | Path, ...] = ("run", source, "-o", meeting)
    finished: set[str] = set()
    for step in (task.name for task in PROCESS_RECORDING.tasks):
        if step in NOT_IN_THIS_MEETING:
            continue
        # Without --only, a step beside this one could be over before its own turn comes.
        code, said = run_until(step, signal.SIGKILL, *arguments, "--only", step)
        assert code == -signal.SIGKILL, f"{step} did not begin: {said}"
        arguments = ("run", "-o", meeting, "--resume")
        begun = {line.removesuffix(": started") for line in said if line.endswith(": started")}
        assert finished & begun <= {"get-recording"}, f"done twice: before {step}"
        finished |= {line.removesuffix(": done") for line in said if line.endswith(": done")}
    assert multitrack(*arguments).returncode == 0
    assert (meeting / "report.html").exists()


def test_steps_end_when_their_engine_is_killed(source: Path, tmp_path: Path) -> None:
    steps: list[psutil.Process] = []
    with started("run", source, "-o", tmp_path / "meeting") as run:
        assert run.stderr
        for line in run.stderr:
            # By then every transcription that has room is well under way.
            if line.startswith("generate-waveform: started"):
                steps = psutil.Process(run.pid).children(recursive=True)
                run.kill()
                break
    assert steps
    _, alive = psutil.wait_procs(steps, timeout=10)
    assert not alive


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_an_interrupted_run_can_be_resumed(
    source: Path, tmp_path: Path, number: signal.Signals
) -> None:
    meeting = tmp_path / "meeting"
    exit_code, said = run_until("transcribe-track", number, "run", source, "-o", meeting)
    assert exit_code == 130
    assert "Interrupted; what is finished is kept" in said[-1]
    again = multitrack("run", "-o", meeting, "--resume")
    assert again.returncode == 0, again.stderr
    assert "pad-track Alice: kept from before" in again.stderr


def test_a_full_disk_is_said_and_the_run_can_be_resumed(source: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    script = (
        'mount -t tmpfs -o size="$1" tmpfs "$2" || exit 99; shift 2; "$@"; code=$?;'
        ' mount -o remount,size=100m "$MEETING_DISK"; "$@" --resume || exit 98; exit $code'
    )
    command = [*MULTITRACK, "run", str(source), "-o", str(small / "meeting"), "--tries", "1"]
    run = subprocess.run(
        [
            *["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"],
            script,
            "sh",
            "600k",
            small,
            *command,
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MEETING_DISK": str(small)},
    )
    if run.returncode in (1, 99):
        pytest.skip("this machine lets nobody mount a small disk")
    assert run.returncode == 75, run.stderr
    assert "no space left on the device" in run.stderr
    assert "Traceback" not in run.stderr
