"""generate-summary, as an engine runs it."""

from pathlib import Path

from tests.conftest import RunStep
from tests.fakes.meetings import a_transcript
from tests.fakes.spoken_meetings import heard_sample
from workflow_templates.contracts.minutes import Backend, Summary, Topics
from workflow_templates.contracts.transcript import Transcript


def run_both(run_step: RunStep, transcript: Transcript, folder: Path) -> Summary:
    """detect-topics, then generate-summary on what it wrote."""
    transcript.write(folder / "transcript.json")
    topics = run_step("detect-topics", folder, folder)
    assert topics.exit_code == 0, topics.stderr
    summary = run_step("generate-summary", folder, folder)
    assert summary.exit_code == 0, summary.stderr
    return Summary.read(folder / "summary.json")


def test_summary_touches_every_topic_and_names_who_speaks(
    run_step: RunStep, tmp_path: Path
) -> None:
    summary = run_both(run_step, heard_sample(), tmp_path)

    topics = Topics.read(tmp_path / "topics.json").topics
    assert [subject.heading for subject in summary.subjects] == [topic.title for topic in topics]
    assert all(subject.text.startswith("- **") for subject in summary.subjects)
    assert summary.long.index("# Quick recap") < summary.long.index("# Summary")
    assert summary.long.index("# Summary") < summary.long.index("# Participants")
    assert summary.backend.name == "extractive"
    assert "\n" not in summary.short


def test_no_words_are_an_empty_summary(run_step: RunStep, tmp_path: Path) -> None:
    a_transcript([], language=None).write(tmp_path / "transcript.json")
    empty = Topics(recording_id="r", backend=Backend(name="extractive"), topics=())
    empty.write(tmp_path / "topics.json")

    run = run_step("generate-summary", tmp_path, tmp_path)

    assert run.exit_code == 0, run.stderr
    summary = Summary.read(tmp_path / "summary.json")
    assert (summary.short, summary.long, summary.subjects) == ("", "", ())


def test_a_single_word_is_no_failure(run_step: RunStep, tmp_path: Path) -> None:
    summary = run_both(run_step, a_transcript([("Ann", "Yes.", 0.0, 1.0)]), tmp_path)

    assert "- Ann" in summary.long
