"""What a run remembers of finished work."""

from pathlib import Path

import pytest

from workflow_templates.contracts.results import StepReport
from workflow_templates.local.job_folder import JobFolder, WorkRecord
from workflow_templates.runtime.errors import BadInputError, SettingsError


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    folder = JobFolder(tmp_path / "meeting")
    folder.create()
    return folder


def adopt(folder: JobFolder, **texts: str) -> WorkRecord:
    outputs = folder.scratch("merge-transcripts") / "outputs"
    produced = {}
    for name, text in texts.items():
        produced[f"words/{name}.json"] = outputs / name
        (outputs / name).write_text(text)
    stored = folder.adopt(produced, ["words/"])
    return WorkRecord(
        fingerprint="f",
        outputs=stored,
        report=StepReport(),
        output_parameters={},
        seconds=1,
        peak_mib=1,
        attempts=1,
    )


def test_a_record_survives_and_its_outputs_are_intact(folder: JobFolder) -> None:
    record = adopt(folder, a="one", b="two")
    folder.remember("merge-transcripts", record)
    again = JobFolder(folder.results)
    assert again.record("merge-transcripts") == record
    assert again.is_intact(record)


def test_an_output_changed_by_hand_is_not_intact(folder: JobFolder) -> None:
    record = adopt(folder, a="one")
    (folder.files / "words/a.json").write_text("other")
    assert not JobFolder(folder.results).is_intact(record)


def test_a_missing_output_is_not_intact(folder: JobFolder) -> None:
    record = adopt(folder, a="one")
    (folder.files / "words/a.json").unlink()
    assert not folder.is_intact(record)


def test_a_file_that_was_only_touched_is_intact(folder: JobFolder) -> None:
    record = adopt(folder, a="one")
    (folder.files / "words/a.json").touch()
    assert JobFolder(folder.results).is_intact(record)


def test_adopting_fewer_files_drops_the_stale_ones(folder: JobFolder) -> None:
    adopt(folder, a="one", b="two")
    adopt(folder, a="one")
    assert folder.keys("words/") == ["words/a.json"]


def test_a_damaged_record_counts_as_none(folder: JobFolder) -> None:
    folder.remember("pad-track.0", adopt(folder, a="one"))
    (folder.root / "state/pad-track.0.json").write_text("{")
    assert folder.record("pad-track.0") is None


def test_two_runs_in_one_folder_are_refused(folder: JobFolder) -> None:
    with folder.locked(), pytest.raises(SettingsError, match="another run is under way"):  # noqa: SIM117
        with JobFolder(folder.results).locked():
            pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInputError, match="cannot write here"):
        JobFolder(tmp_path / "file" / "meeting").create()


def test_a_folder_that_cannot_be_made_is_named_before_it_is_locked(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInputError, match="cannot write here"):  # noqa: SIM117
        with JobFolder(tmp_path / "file").locked():
            pass


def test_published_results_follow_their_files(folder: JobFolder) -> None:
    (folder.files / "published").mkdir()
    for text in ("first", "second"):
        fresh = folder.files / "published/transcript.txt.new"
        fresh.write_text(text)
        fresh.replace(folder.files / "published/transcript.txt")
        assert [path.name for path in folder.publish()] == ["transcript.txt"]
        assert (folder.results / "transcript.txt").read_text() == text
    assert sorted(path.name for path in folder.results.iterdir()) == [
        ".multitrack",
        "transcript.txt",
    ]
