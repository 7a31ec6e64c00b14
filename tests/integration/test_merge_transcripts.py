"""merge-transcripts as an engine runs it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.browser import meeting
from tests.conftest import RunStep
from workflow_templates.contracts.base import Document
from workflow_templates.contracts.recording import Participants, Recording
from workflow_templates.contracts.screening import ScreenedTrack, Screening
from workflow_templates.contracts.track import Track
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.contracts.turns import TrackTurns, Turn, Voice
from workflow_templates.contracts.words import TrackWords

DURATION = 148.939


def rewrite(file: Path, contract: type[Document], **changes: object) -> None:
    contract.read(file).model_copy(update=changes).write(file)


@pytest.fixture
def inputs(tmp_path: Path, sample: Path) -> Path:
    meeting.write_tracks(tmp_path, meeting.sample_lines(sample), duration=DURATION)
    return tmp_path


def test_the_sample_is_merged_as_its_reference_says(
    inputs: Path, sample: Path, run_step: RunStep
) -> None:
    run = run_step("merge-transcripts", inputs, inputs)
    assert (run.exit_code, run.stderr) == (0, "")
    assert run.report.tracks == 4
    transcript = Transcript.read(inputs / "transcript.json")
    assert (len(transcript.words), transcript.language) == (411, "en")
    assert transcript.duration == DURATION
    reference = " ".join(line.text for line in meeting.sample_lines(sample))
    assert sorted(word.text.strip() for word in transcript.words) == sorted(reference.split())
    assert [speaker.name for speaker in transcript.speakers] == list(meeting.NAMES)
    assert [(track.index, track.file) for track in transcript.tracks] == [
        (index, f"{name}.webm") for index, name in enumerate(meeting.NAMES)
    ]


def test_running_twice_gives_the_same_bytes(inputs: Path, run_step: RunStep) -> None:
    run_step("merge-transcripts", inputs, inputs / "a")
    run_step("merge-transcripts", inputs, inputs / "b")
    first, second = (inputs / place / "transcript.json" for place in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_a_track_without_words_file_is_named(inputs: Path, run_step: RunStep) -> None:
    (inputs / "words" / "2.json").unlink()
    run = run_step("merge-transcripts", inputs, inputs)
    assert run.exit_code == 2
    assert run.sentence == (
        "track 2 (Carol.webm) has no words/2.json; run transcribe-track for it again"
    )
    assert not (inputs / "transcript.json").exists()


def test_a_track_that_failed_is_listed_with_its_reason(inputs: Path, run_step: RunStep) -> None:
    rewrite(inputs / "words" / "1.json", TrackWords, words=(), failed="Ben.webm: cut off")
    assert run_step("merge-transcripts", inputs, inputs).exit_code == 0
    tracks = Transcript.read(inputs / "transcript.json").tracks
    assert [track.failed for track in tracks] == [None, "Ben.webm: cut off", None, None]


def test_a_reconnect_has_one_speaker(inputs: Path, run_step: RunStep) -> None:
    participants = Participants.read(inputs / "participants.json")
    rows = (
        *participants.tracks[:3],
        participants.tracks[3].model_copy(update={"participant_id": "p0", "speaker": 0}),
    )
    rewrite(
        inputs / "participants.json",
        Participants,
        tracks=rows,
        participants=participants.participants[:3],
    )
    assert run_step("merge-transcripts", inputs, inputs).exit_code == 0
    alice = Transcript.read(inputs / "transcript.json").speakers[0]
    assert (alice.name, alice.tracks) == ("Alice", (0, 3))


def test_no_words_is_a_result(tmp_path: Path, run_step: RunStep) -> None:
    meeting.write_tracks(tmp_path, [], duration=12.0)
    assert run_step("merge-transcripts", tmp_path, tmp_path).exit_code == 0
    transcript = Transcript.read(tmp_path / "transcript.json")
    assert (transcript.words, transcript.segments, transcript.language) == ((), (), None)
    assert transcript.duration == 12.0


def test_a_recording_without_tracks_is_a_result(tmp_path: Path, run_step: RunStep) -> None:
    meeting.write_tracks(tmp_path, [], names=(), duration=0.0)
    assert run_step("merge-transcripts", tmp_path, tmp_path).exit_code == 0
    assert Transcript.read(tmp_path / "transcript.json").speakers == ()


def test_the_sources_duration_comes_before_the_tracks(inputs: Path, run_step: RunStep) -> None:
    rewrite(inputs / "recording.json", Recording, duration=200.0)
    assert run_step("merge-transcripts", inputs, inputs).exit_code == 0
    assert Transcript.read(inputs / "transcript.json").duration == 200.0


def test_words_of_an_earlier_run_are_left_out_and_told(inputs: Path, run_step: RunStep) -> None:
    stranger = TrackWords.read(inputs / "words" / "0.json").model_copy(update={"index": 9})
    stranger.write(inputs / "words" / "9.json")
    run = run_step("merge-transcripts", inputs, inputs)
    assert run.exit_code == 0
    assert run.report.warnings == (
        "words/9.json belongs to no track of the recording and was left out",
    )
    assert len(Transcript.read(inputs / "transcript.json").words) == 411


def test_documents_that_contradict_each_other_are_refused(inputs: Path, run_step: RunStep) -> None:
    rewrite(inputs / "track" / "1.json", Track, index=3)
    run = run_step("merge-transcripts", inputs, inputs)
    assert (run.exit_code, "track/1.json says that it is of track 3" in run.sentence) == (2, True)

    rewrite(inputs / "participants.json", Participants, recording_id="other")
    run = run_step("merge-transcripts", inputs, inputs)
    assert (run.exit_code, "belongs to the recording 'other'" in run.sentence) == (2, True)


def test_a_table_without_one_of_the_tracks_is_refused(inputs: Path, run_step: RunStep) -> None:
    table = Participants.read(inputs / "participants.json")
    rewrite(inputs / "participants.json", Participants, tracks=table.tracks[:3])
    run = run_step("merge-transcripts", inputs, inputs)
    assert run.exit_code == 2
    assert "names the tracks [0, 1, 2], recording.json has [0, 1, 2, 3]" in run.sentence


def one_room(folder: Path, sample: Path, **turns: object) -> None:
    """The sample as one track, and its reference as what diarize-track found."""
    lines = meeting.sample_lines(sample)
    mixed = [replace(line, track=0) for line in lines]
    meeting.write_tracks(folder, mixed, names=("meeting",), duration=DURATION)
    table = Participants.read(folder / "participants.json")
    rewrite(
        folder / "participants.json",
        Participants,
        tracks=tuple(row.model_copy(update={"diarized": True}) for row in table.tracks),
    )
    found = TrackTurns(
        index=0,
        model="reference",
        embedding_model="reference",
        turns=tuple(
            Turn(start=line.start, end=line.end, label=str(1 + line.track)) for line in lines
        ),
        voices=tuple(
            Voice(label=str(1 + place), speaking=20.0, embedding=()) for place in range(4)
        ),
    )
    found.model_copy(update=turns).write(folder / "turns" / "0.json")


def test_one_recording_of_everybody_has_a_speaker_a_voice(
    tmp_path: Path, sample: Path, run_step: RunStep
) -> None:
    one_room(tmp_path, sample)
    run = run_step("merge-transcripts", tmp_path, tmp_path)
    assert (run.exit_code, run.stderr) == (0, "")
    transcript = Transcript.read(tmp_path / "transcript.json")
    assert [speaker.name for speaker in transcript.speakers] == [
        f"Speaker {number}" for number in (1, 2, 3, 4)
    ]
    assert {speaker.participant_id for speaker in transcript.speakers} == {"p0"}
    assert all(speaker.voice for speaker in transcript.speakers)
    first = next(segment for segment in transcript.segments if segment.speaker == 1)
    assert first.text == "Morning Alice."
    assert len(transcript.words) == 411


def test_turns_of_an_earlier_run_are_left_alone(inputs: Path, run_step: RunStep) -> None:
    run_step("merge-transcripts", inputs, inputs / "a")
    (inputs / "turns").mkdir()
    (inputs / "turns" / "0.json").write_text("no longer valid", encoding="utf-8")
    assert run_step("merge-transcripts", inputs, inputs / "b").exit_code == 0
    first, second = (inputs / place / "transcript.json" for place in "ab")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("left_out", [True, False])
def test_what_was_not_told_apart_is_one_speaker_and_says_why(
    tmp_path: Path, sample: Path, run_step: RunStep, *, left_out: bool
) -> None:
    one_room(tmp_path, sample, turns=(), voices=(), failed="there is no model")
    if left_out:
        (tmp_path / "turns" / "0.json").unlink()
    assert run_step("merge-transcripts", tmp_path, tmp_path).exit_code == 0
    transcript = Transcript.read(tmp_path / "transcript.json")
    assert [speaker.name for speaker in transcript.speakers] == ["meeting"]
    (track,) = transcript.tracks
    assert track.undivided == ("diarize-track was left out" if left_out else "there is no model")


def mark_screened(folder: Path) -> None:
    table = Participants.read(folder / "participants.json")
    rows = tuple(row.model_copy(update={"screened": True}) for row in table.tracks)
    rewrite(folder / "participants.json", Participants, tracks=rows)


def heard(*numbers: int) -> tuple[Voice, ...]:
    """Voices that sound like nobody else, by the number of each."""
    return tuple(
        Voice(
            label=str(place),
            speaking=30.0,
            embedding=tuple(float(number == axis) for axis in range(8)),
        )
        for place, number in enumerate(numbers, 1)
    )


def two_on_bens_track(folder: Path, sample: Path) -> None:
    """A guest and Alice are heard on Ben's track, and were told apart there."""
    lines = [line for line in meeting.sample_lines(sample) if line.track == 1]
    Screening(
        embedding_model="m",
        tracks=tuple(
            ScreenedTrack(index=index, voices=heard(*numbers))
            for index, numbers in enumerate([[0], [1, 5, 0], [2], [3]])
        ),
    ).write(folder / "screening.json")
    TrackTurns(
        index=1,
        model="m",
        embedding_model="m",
        turns=tuple(
            Turn(start=line.start, end=line.end, label=str(1 + place % 3))
            for place, line in enumerate(lines)
        ),
        voices=heard(1, 5, 0),
    ).write(folder / "turns" / "1.json")


def test_a_track_that_screening_chose_has_a_speaker_a_voice(
    inputs: Path, sample: Path, run_step: RunStep
) -> None:
    mark_screened(inputs)
    two_on_bens_track(inputs, sample)
    run = run_step("merge-transcripts", inputs, inputs)
    assert run.exit_code == 0, run.stderr
    transcript = Transcript.read(inputs / "transcript.json")
    assert [(speaker.name, speaker.tracks) for speaker in transcript.speakers] == [
        ("Alice", (0, 1)),
        ("Ben", (1,)),
        ("Carol", (2,)),
        ("David", (3,)),
        ("Ben · Speaker 1", (1,)),
    ]


def test_what_an_earlier_run_screened_is_left_alone(
    inputs: Path, sample: Path, run_step: RunStep
) -> None:
    two_on_bens_track(inputs, sample)
    assert run_step("merge-transcripts", inputs, inputs).exit_code == 0
    assert len(Transcript.read(inputs / "transcript.json").speakers) == 4


def test_why_nobody_listened_for_several_voices_is_kept(inputs: Path, run_step: RunStep) -> None:
    mark_screened(inputs)
    Screening(failed="there is no model").write(inputs / "screening.json")
    assert run_step("merge-transcripts", inputs, inputs).exit_code == 0
    assert Transcript.read(inputs / "transcript.json").unscreened == "there is no model"
