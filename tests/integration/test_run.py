"""`multitrack run` on real audio, as a user types it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workflow_templates.contracts.published import PublishedTranscript

pytestmark = [pytest.mark.models, pytest.mark.timeout(300)]

MULTITRACK = (sys.executable, "-m", "multitrack.cli.main")


def multitrack(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MULTITRACK, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def kept_and_redone(run: subprocess.CompletedProcess[str]) -> tuple[set[str], set[str]]:
    """Steps (without their tracks) that were kept, and that were started."""
    kept = re.findall(r"^([a-z-]+).*: kept from before$", run.stderr, re.MULTILINE)
    redone = re.findall(r"^([a-z-]+).*: started$", run.stderr, re.MULTILINE)
    return set(kept), set(redone)


def published(folder: Path) -> PublishedTranscript:
    return PublishedTranscript.read(folder / "transcript.json")


def finish(sample: Path, folder: Path, model: str) -> Path:
    run = multitrack("run", sample, "-o", folder, "--model", model)
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """The sample as a finished meeting, by the demo's model; do not change it."""
    return finish(sample, tmp_path_factory.mktemp("finished") / "meeting", "tiny.en")


@pytest.fixture(scope="module")
def finished_by_base(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """The sample as a finished meeting, by a multilingual model; do not change it."""
    return finish(sample, tmp_path_factory.mktemp("base") / "meeting", "base")


@pytest.fixture
def meeting(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished meeting to work on."""
    return shutil.copytree(finished, tmp_path / "meeting", copy_function=shutil.copy2)


def test_the_sample_becomes_a_finished_meeting(finished: Path) -> None:
    assert {path.name for path in finished.iterdir()} == {
        ".multitrack",
        "mix.mp3",
        "report.html",
        *(f"transcript.{suffix}" for suffix in ("json", "vtt", "srt", "txt", "md")),
    }


def test_the_samples_speakers_are_named_after_their_files(finished: Path) -> None:
    names = [person.name for person in published(finished).participants]
    assert names == ["Alice", "Ben", "Carol", "David"]


@pytest.mark.parametrize(("meeting", "most"), [("finished", "2"), ("finished_by_base", "1")])
def test_the_sample_is_understood(
    meeting: str, most: str, sample: Path, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(meeting)
    run = multitrack("evaluate", folder, sample / "ref.seglst.json", "--max-cpwer", most)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("meeting", ["finished", "finished_by_base"])
def test_the_sample_has_its_four_topics(meeting: str, request: pytest.FixtureRequest) -> None:
    starts = [topic.start for topic in published(request.getfixturevalue(meeting)).topics]
    wanted = (8, 52, 85, 119)
    assert len(starts) == len(wanted)
    assert all(abs(start - want) <= 15 for start, want in zip(starts, wanted, strict=True))


@pytest.mark.parametrize(
    ("owner", "what"), [("Carol", "pool"), ("Ben", "button"), ("David", "article")]
)
def test_the_samples_tasks_have_the_right_owner(finished: Path, owner: str, what: str) -> None:
    steps = published(finished).action_items.next_steps
    owners = {step.assigned_to for step in steps if what in step.task.lower()}
    assert owners == {owner}


def test_the_samples_decision_is_found(finished: Path) -> None:
    decisions = [item.decision.lower() for item in published(finished).action_items.decisions]
    assert any("thursday" in decision for decision in decisions)


def test_resume_of_a_finished_meeting_redoes_nothing(meeting: Path) -> None:
    run = multitrack("run", "-o", meeting, "--resume")
    assert run.returncode == 0, run.stderr
    _, redone = kept_and_redone(run)
    # get-recording looks at the source, which may have changed.
    assert redone == {"get-recording"}


def test_changed_names_redo_only_merge_onward(meeting: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("file,name\nBen.webm,Benjamin Okafor\n")
    run = multitrack("run", "-o", meeting, "--resume", "--participants", people)
    assert run.returncode == 0, run.stderr
    kept, redone = kept_and_redone(run)
    assert {"pad-track", "transcribe-track", "mixdown-tracks", "generate-waveform"} <= kept
    assert {"get-participants", "merge-transcripts", "finalize", "render-report"} <= redone
    assert "Benjamin Okafor:" in (meeting / "transcript.txt").read_text()


def test_a_changed_offset_redoes_that_track(meeting: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.json"
    people.write_text(json.dumps([{"file": "Ben.webm", "offset": 4.2}]))
    run = multitrack("run", "-o", meeting, "--resume", "--participants", people)
    assert run.returncode == 0, run.stderr
    assert "pad-track Ben: started" in run.stderr
    assert "pad-track Alice: kept from before" in run.stderr
    assert "transcribe-track Alice: kept from before" in run.stderr


def test_rename_gives_a_finished_meeting_other_names(meeting: Path) -> None:
    run = multitrack("rename", meeting, "david=Dave Miller", "--title", "Weekly & more")
    assert run.returncode == 0, run.stderr
    assert published(meeting).title.text == "Weekly & more"
    assert "Dave Miller" in (meeting / "report.html").read_text()
    assert "transcribe-track Alice: kept from before" in run.stderr


def test_rename_of_a_stranger_lists_who_is_there(meeting: Path) -> None:
    run = multitrack("rename", meeting, "Eve=Eva")
    assert run.returncode == 2
    assert "Eve: nobody has that name here; there are: Alice, Ben, Carol, David" in run.stderr


def test_a_second_run_in_the_same_folder_is_refused(finished: Path, sample: Path) -> None:
    run = multitrack("run", sample, "-o", finished)
    assert run.returncode == 2
    assert "add --resume to go on with it" in run.stderr
    assert (finished / "report.html").exists()
