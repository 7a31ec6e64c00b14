"""Results and recordings that would get in each other's way are refused before anything starts."""

import json
from pathlib import Path

import pytest

from multitrack.cli.places import check_places
from workflow_templates.local.job_folder import JobFolder, JobRequest
from workflow_templates.runtime.errors import SettingsError


@pytest.fixture
def tracks(tmp_path: Path) -> Path:
    (tmp_path / "tracks").mkdir()
    (tmp_path / "tracks" / "Alice.webm").write_bytes(b"speech")
    return tmp_path / "tracks"


def named(*places: Path | str) -> str:
    return json.dumps([str(place) for place in places])


def a_run_in(folder: Path) -> JobFolder:
    job = JobFolder(folder)
    job.create()
    job.write_request(JobRequest(pipeline="process-recording", parameters={}))
    return job


def test_a_new_folder_and_one_with_other_things_are_taken(tracks: Path, tmp_path: Path) -> None:
    check_places(named(tracks), JobFolder(tmp_path / "meeting"))
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "notes.md").write_text("mine")
    check_places(named(tracks), JobFolder(tmp_path / "desk"))


def test_single_files_may_have_their_results_beside_them(tracks: Path) -> None:
    check_places(named(tracks / "Alice.webm"), JobFolder(tracks))


@pytest.mark.parametrize("name", ["mix.mp3", "report.html", "transcript.json"])
def test_nobodys_file_is_overwritten(tracks: Path, name: str) -> None:
    (tracks / name).write_bytes(b"mine")
    with pytest.raises(SettingsError, match=f"{name}: there already, and not from a run here"):
        check_places(named(tracks / name), JobFolder(tracks))


def test_results_of_a_run_may_be_made_anew(tracks: Path, tmp_path: Path) -> None:
    job = a_run_in(tmp_path / "meeting")
    (job.results / "mix.mp3").write_bytes(b"made here")
    check_places(named(tracks), job)


def test_results_among_the_tracks_are_refused(tracks: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tracks)
    for folder in (tracks, tmp_path / "link"):
        with pytest.raises(SettingsError, match="results among the tracks"):
            check_places(named(tracks), JobFolder(folder))


def test_a_meetings_folder_is_no_recording(tmp_path: Path) -> None:
    job = a_run_in(tmp_path / "meeting")
    with pytest.raises(SettingsError) as refused:
        check_places(named(job.results), JobFolder(tmp_path / "meeting-meeting"))
    assert f"multitrack run -o {job.results} --resume" in str(refused.value)


def test_a_fetched_meeting_is_no_recording_and_its_mix_is_one(tmp_path: Path) -> None:
    fetched = tmp_path / "standup"
    fetched.mkdir()
    for name in ("mix.mp3", "transcript.json", "manifest.json"):
        (fetched / name).write_bytes(b"fetched")
    elsewhere = JobFolder(tmp_path / "again")
    with pytest.raises(SettingsError) as refused:
        check_places(named(fetched), elsewhere)
    assert f"or {fetched / 'mix.mp3'} if its mix" in str(refused.value)
    check_places(named(fetched / "mix.mp3"), elsewhere)


@pytest.mark.parametrize("source", ["", "no JSON", "{}", "[1]", '["s3://meetings/weekly"]'])
def test_what_names_no_folder_here_is_left_to_its_step(source: str, tmp_path: Path) -> None:
    check_places(source, JobFolder(tmp_path / "meeting"))
