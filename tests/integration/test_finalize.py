"""finalize as an engine runs it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import meeting
from tests.conftest import RunStep
from workflow_templates.contracts.base import Document
from workflow_templates.contracts.minutes import ActionItems, NextStep, Topics
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.recording import Participants
from workflow_templates.contracts.results import Manifest
from workflow_templates.contracts.track import OffsetSource, Track, TrackOffset
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.runtime.provenance import sha256_of_file

NAMES = ["transcript.json", "transcript.vtt", "transcript.srt", "transcript.txt", "transcript.md"]


@pytest.fixture
def inputs(tmp_path: Path, sample: Path, run_step: RunStep) -> Path:
    """Everything that finalize reads, of the sample."""
    meeting.write_tracks(tmp_path, meeting.sample_lines(sample), duration=148.939)
    return with_minutes(tmp_path, run_step)


def with_minutes(folder: Path, run_step: RunStep) -> Path:
    assert run_step("merge-transcripts", folder, folder).exit_code == 0
    for name, document in meeting.minutes_of(Transcript.read(folder / "transcript.json")).items():
        document.write(folder / name)
    return folder


def test_every_format_is_published_and_vouched_for(inputs: Path, run_step: RunStep) -> None:
    run = run_step("finalize", inputs, inputs)
    assert (run.exit_code, run.stderr) == (0, "")
    manifest = Manifest.read(inputs / "manifest.json")
    assert [file.name for file in manifest.files] == NAMES
    for file in manifest.files:
        published = inputs / "published" / file.name
        assert (file.size, file.sha256) == (published.stat().st_size, sha256_of_file(published))
    assert (manifest.title, manifest.words, manifest.speakers, manifest.topics) == (
        "Release moved to Thursday the fourteenth of March",
        411,
        4,
        4,
    )
    assert manifest.warnings == ()


def test_the_text_is_the_samples_own_transcript(
    inputs: Path, sample: Path, run_step: RunStep
) -> None:
    """The reference has a line a turn, ours a line a sentence; words and speakers are the same."""
    run_step("finalize", inputs, inputs)
    ours = (inputs / "published" / "transcript.txt").read_text(encoding="utf-8")
    reference = (sample / "transcript.txt").read_text(encoding="utf-8")
    assert ours.startswith("[00:01] Alice: Good morning everyone.\n")

    def by_speaker(text: str) -> dict[str, str]:
        spoken: dict[str, str] = {}
        for line in text.strip().splitlines():
            name, words = line[8:].split(": ", 1)
            spoken[name] = f"{spoken.get(name, '')} {words}".strip()
        return spoken

    assert by_speaker(ours) == by_speaker(reference)


def test_the_published_json_needs_no_other_file(inputs: Path, run_step: RunStep) -> None:
    run_step("finalize", inputs, inputs)
    published = PublishedTranscript.read(inputs / "published" / "transcript.json")
    assert [person.name for person in published.participants] == list(meeting.NAMES)
    assert published.recording.started_at == "2024-03-04T10:00:00+01:00"
    first = published.segments[0]
    assert (first.speaker_name, first.text) == ("Alice", "Good morning everyone.")
    spoken = "".join(published.words[index].text for index in first.words)
    assert spoken.strip() == first.text
    assert [topic.title for topic in published.topics] == [topic[1] for topic in meeting.TOPICS]
    assert published.action_items.next_steps[1].assigned_to == "Ben"
    assert published.summary.subjects[0].heading == "Release date"


def test_a_meeting_without_words_is_published(tmp_path: Path, run_step: RunStep) -> None:
    meeting.write_tracks(tmp_path, [], duration=10.0)
    folder = with_minutes(tmp_path, run_step)
    assert run_step("finalize", folder, folder).exit_code == 0
    assert (folder / "published" / "transcript.vtt").read_text(encoding="utf-8") == "WEBVTT\n"
    assert Manifest.read(folder / "manifest.json").words == 0


def test_what_was_left_out_is_empty_and_named(inputs: Path, run_step: RunStep) -> None:
    for name in ("topics", "title", "summary", "action_items"):
        (inputs / f"{name}.json").unlink()
    run = run_step("finalize", inputs, inputs)
    assert (run.exit_code, run.stderr) == (0, "")
    published = PublishedTranscript.read(inputs / "published" / "transcript.json")
    assert published.left_out == (
        "detect-topics",
        "generate-title",
        "generate-summary",
        "extract-action-items",
    )
    assert published.title.text == published.recording.name
    assert (published.topics, published.summary.short, published.action_items.next_steps) == (
        (),
        "",
        (),
    )
    (warning,) = Manifest.read(inputs / "manifest.json").warnings
    assert warning == (
        "Left out, because the run was told to skip it: "
        "topics, title, summary, decisions and next steps"
    )
    markdown = (inputs / "published" / "transcript.md").read_text(encoding="utf-8")
    assert f"> **Note:** {warning}" in markdown
    assert run_step("render-report", inputs, inputs).exit_code == 0
    page = (inputs / "published" / "report.html").read_text(encoding="utf-8")
    assert warning in page
    for heading in ("Summary", "Topics", "Decisions", "Next steps"):
        assert f">{heading}</h2>" not in page


def test_warnings_reach_manifest_and_report(inputs: Path, run_step: RunStep) -> None:
    change(
        inputs / "track" / "1.json",
        Track,
        offset=TrackOffset(seconds=0, source=OffsetSource.ASSUMED_ZERO, uncertainty=None),
    )
    run = run_step("finalize", inputs, inputs)
    (warning,) = Manifest.read(inputs / "manifest.json").warnings
    assert warning.startswith("Ben.webm: nothing says when this track starts")
    assert run.report.warnings == (warning,)


def change(file: Path, contract: type[Document], **changes: object) -> None:
    contract.read(file).model_copy(update=changes).write(file)


def _change_transcript(folder: Path, **changes: object) -> None:
    change(folder / "transcript.json", Transcript, **changes)


def _strange_word(folder: Path) -> None:
    words = Transcript.read(folder / "transcript.json").words
    strange = words[5].model_copy(update={"speaker": 7})
    _change_transcript(folder, words=(*words[:5], strange, *words[6:]))


def _late_word(folder: Path) -> None:
    words = Transcript.read(folder / "transcript.json").words
    late = words[-1].model_copy(update={"end": 200.0})
    _change_transcript(folder, words=(*words[:-1], late))


def _dangling_echo(folder: Path) -> None:
    words = Transcript.read(folder / "transcript.json").words
    echo = words[5].model_copy(update={"echo_of": 1000})
    _change_transcript(folder, words=(*words[:5], echo, *words[6:]))


def _lost_segment(folder: Path) -> None:
    _change_transcript(folder, segments=Transcript.read(folder / "transcript.json").segments[:-1])


def _topics_with_a_hole(folder: Path) -> None:
    topics = Topics.read(folder / "topics.json").topics
    change(folder / "topics.json", Topics, topics=(topics[0], *topics[2:]))


def _topics_too_short(folder: Path) -> None:
    topics = Topics.read(folder / "topics.json").topics
    change(folder / "topics.json", Topics, topics=topics[:-1])


def _topics_of_another_recording(folder: Path) -> None:
    change(folder / "topics.json", Topics, recording_id="other")


def _unknown_owner(folder: Path) -> None:
    step = NextStep(task="x", assigned_to_participant_id="p9")
    change(folder / "action_items.json", ActionItems, next_steps=(step,))


def _renamed_since(folder: Path) -> None:
    people = Participants.read(folder / "participants.json").participants
    renamed = (people[0].model_copy(update={"name": "Alicia"}), *people[1:])
    change(folder / "participants.json", Participants, participants=renamed)


def _no_participants(folder: Path) -> None:
    (folder / "participants.json").unlink()


def _no_track(folder: Path) -> None:
    (folder / "track" / "3.json").unlink()


CONTRADICTIONS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a word of nobody": (_strange_word, "word 5 is of speaker 7"),
    "a word after the end": (_late_word, "lies outside the recording"),
    "an echo of nothing": (_dangling_echo, "word 5 is an echo of word 1000"),
    "a lost segment": (_lost_segment, "do not hold every word"),
    "topics with a hole": (_topics_with_a_hole, "run detect-topics again"),
    "topics that end early": (_topics_too_short, "run detect-topics again"),
    "topics of another recording": (
        _topics_of_another_recording,
        "belongs to the recording 'other'",
    ),
    "a task of nobody": (_unknown_owner, "names the participant 'p9'"),
    "a name changed since the merge": (_renamed_since, "run merge-transcripts again"),
    "a missing document": (_no_participants, "there is no such file"),
    "a missing track": (_no_track, "track 3 (David.webm) has no track/3.json"),
}


@pytest.mark.parametrize(("spoil", "sentence"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradictions_are_refused_and_nothing_is_vouched_for(
    inputs: Path, run_step: RunStep, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(inputs)
    run = run_step("finalize", inputs, inputs)
    assert run.exit_code == 2
    assert sentence in run.sentence
    assert not (inputs / "manifest.json").exists()
