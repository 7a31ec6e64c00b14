"""get-participants, in its own process."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.conftest import RunStep, StepRun
from workflow_templates.contracts.recording import (
    Origin,
    Participants,
    Recording,
    SourceKind,
    SourceTrack,
    TimingHints,
    TrackItem,
    TrackList,
)

ANN = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"


def a_recording(*names: str, duration: float | None = None, **track: Any) -> Recording:
    tracks = tuple(
        SourceTrack(index=index, origin=Origin(name=name, path=f"/m/{name}"), size=1, **track)
        for index, name in enumerate(names)
    )
    return Recording(
        id="6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        kind=SourceKind.FOLDER,
        name="meeting",
        duration=duration,
        tracks=tracks,
    )


def run_on(run_step: RunStep, folder: Path, recording: Recording, *rows: dict[str, Any]) -> StepRun:
    recording.write(folder / "in" / "recording.json")
    return run_step(
        "get-participants",
        folder / "in",
        folder / "out",
        parameters={"participants": json.dumps(rows)},
    )


def items_of(run: StepRun) -> tuple[TrackItem, ...]:
    assert run.exit_code == 0, run.stderr
    text = (run.outputs / "parameters" / "tracks").read_text()
    return TypeAdapter(tuple[TrackItem, ...]).validate_json(text)


def test_the_fan_out_list_says_what_each_track_needs(run_step: RunStep, tmp_path: Path) -> None:
    recording = a_recording("Alice.webm", "Room.webm", "Alice-2.webm", duration=60.0)
    rows: list[dict[str, Any]] = [
        {"file": "Room", "name": "Everyone", "shared": True},
        {"file": "Alice-2", "offset": 31.5},
    ]
    run = run_on(run_step, tmp_path, recording, *rows)
    assert items_of(run) == (
        TrackItem(index=0, name="Alice", file="Alice.webm", recording_duration=60.0),
        TrackItem(index=1, name="Everyone", file="Room.webm", recording_duration=60.0, shared=True),
        TrackItem(
            index=2,
            name="Alice",
            file="Alice-2.webm",
            recording_duration=60.0,
            timing=TimingHints(start_offset=31.5),
        ),
    )
    table = Participants.read(run.outputs / "participants.json")
    assert table.recording_id == recording.id
    assert table.speaker_of_track() == {0: 0, 1: 1, 2: 0}
    assert [row.shared for row in table.tracks] == [False, True, False]
    assert run.report.tracks == 3


def test_a_given_offset_stands_beside_dailys(run_step: RunStep, tmp_path: Path) -> None:
    timing = TimingHints(key_offset=8.3, event_offset=8.1)
    recording = a_recording("key", participant_id=ANN, timing=timing)
    (item,) = items_of(run_on(run_step, tmp_path, recording, {"file": ANN, "offset": 8}))
    assert item.timing == TimingHints(key_offset=8.3, event_offset=8.1, start_offset=8)


@pytest.mark.parametrize("name", ['Ann "Q"', "Bóób 🏴\x7f", "{{workflow.name}}", "{{{a", "a\nb"])
def test_the_fan_out_list_survives_argos_templates(
    run_step: RunStep, tmp_path: Path, name: str
) -> None:
    rows: dict[str, Any] = {"file": "a.webm", "name": name}
    run = run_on(run_step, tmp_path, a_recording("a.webm"), rows)
    text = (run.outputs / "parameters" / "tracks").read_text()
    assert text.isascii()
    assert "{{" not in text
    (item,) = items_of(run)
    assert item.name.split() == name.split()


CONTENT_TYPES = {
    "unknown": (None, False),
    "as Daily records": ("audio/webm", False),
    "with a codec": ("audio/webm; codecs=opus", False),
    "transcoded to AAC": ("audio/mp4", True),
    "transcoded to WAV": ("audio/x-wav", True),
    "in capitals, with a parameter": ("Audio/WAV; rate=48000", True),
}


@pytest.mark.parametrize(("content_type", "want"), CONTENT_TYPES.values(), ids=CONTENT_TYPES)
def test_a_transcoded_track_is_marked(
    run_step: RunStep, tmp_path: Path, content_type: str | None, *, want: bool
) -> None:
    recording = a_recording("key", participant_id=ANN, content_type=content_type)
    assert items_of(run_on(run_step, tmp_path, recording))[0].transcoded is want


def test_a_recording_without_tracks_has_nobody(run_step: RunStep, tmp_path: Path) -> None:
    run = run_on(run_step, tmp_path, a_recording())
    assert items_of(run) == ()
    assert Participants.read(run.outputs / "participants.json").participants == ()


def test_a_row_for_an_absent_file_names_what_there_is(run_step: RunStep, tmp_path: Path) -> None:
    run = run_on(run_step, tmp_path, a_recording("Alice.webm"), {"file": "Eve", "name": "Eve"})
    assert run.exit_code == 2
    assert run.sentence == ("participants: no track 'Eve' in the recording; there are: Alice.webm")


def test_a_missing_recording_is_bad_input(run_step: RunStep, tmp_path: Path) -> None:
    run = run_step("get-participants", tmp_path / "in", tmp_path / "out")
    assert run.exit_code == 2
    assert "recording.json: there is no such file" in run.sentence


def diarized(run: StepRun) -> list[int]:
    """Tracks whose voices are told apart: in the fan-out list, and in the table."""
    assert run.exit_code == 0, run.stderr
    listed = json.loads((run.outputs / "parameters" / "diarized-tracks").read_text())
    table = Participants.read(run.outputs / "participants.json")
    assert [row.track for row in table.tracks if row.diarized] == [one["index"] for one in listed]
    return [one["index"] for one in listed]


DIARIZED = {
    "auto, people's own tracks": ("auto", ("Alice.webm", "Ben.webm"), (), []),
    "auto, a shared track": ("auto", ("Alice.webm", "Room.webm"), ("Room.webm",), [1]),
    "auto, one recording of everybody": ("auto", ("meeting.mp4",), (), [0]),
    "auto, no track": ("auto", (), (), []),
    "never": ("never", ("Room.webm",), ("Room.webm",), []),
    "always": ("always", ("Alice.webm", "Ben.webm"), (), [0, 1]),
}


@pytest.mark.parametrize(("policy", "files", "shared", "want"), DIARIZED.values(), ids=DIARIZED)
def test_tracks_whose_voices_are_told_apart(
    run_step: RunStep,
    tmp_path: Path,
    policy: str,
    files: tuple[str, ...],
    shared: tuple[str, ...],
    want: list[int],
) -> None:
    a_recording(*files).write(tmp_path / "in" / "recording.json")
    rows = [{"file": name, "shared": True} for name in shared]
    run = run_step(
        "get-participants",
        tmp_path / "in",
        tmp_path / "out",
        parameters={"participants": json.dumps(rows), "diarization": policy},
    )
    assert diarized(run) == want
    table = Participants.read(run.outputs / "participants.json")
    listened = [row.track for row in table.tracks if row.screened]
    rest = [index for index in range(len(files)) if index not in want]
    assert listened == (rest if policy == "auto" else [])
    listed = TrackList.read(run.outputs / "tracks.json").tracks
    assert [item.file for item in listed] == list(files)


def test_an_unknown_policy_is_refused(run_step: RunStep, tmp_path: Path) -> None:
    a_recording("a.webm").write(tmp_path / "in" / "recording.json")
    run = run_step(
        "get-participants", tmp_path / "in", tmp_path, parameters={"diarization": "maybe"}
    )
    assert (run.exit_code, run.sentence) == (
        2,
        "get-participants: diarization='maybe' is not known; use one of: auto, never, always",
    )
