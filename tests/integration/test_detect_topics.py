"""detect-topics, as an engine runs it."""

from pathlib import Path

import pytest

from tests.conftest import RunStep
from tests.fakes.meetings import a_transcript
from tests.fakes.spoken_meetings import heard_sample
from workflow_templates.contracts.minutes import Topics


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    return tmp_path / "inputs"


def test_topics_are_written_with_ids_that_a_second_run_repeats(
    run_step: RunStep, inputs: Path, tmp_path: Path
) -> None:
    heard_sample().write(inputs / "transcript.json")

    first = run_step("detect-topics", inputs, tmp_path / "first")
    second = run_step("detect-topics", inputs, tmp_path / "second")

    assert first.exit_code == 0, first.stderr
    assert first.report.warnings == ()
    topics = Topics.read(first.outputs / "topics.json")
    assert len(topics.topics) == 4
    assert topics.backend.name == "extractive"
    assert "no language model" in (topics.backend.note or "")
    assert all(len(topic.summary.split()) > 0 for topic in topics.topics)
    assert topics == Topics.read(second.outputs / "topics.json")


def test_no_words_are_no_topics_and_no_failure(
    run_step: RunStep, inputs: Path, tmp_path: Path
) -> None:
    a_transcript([], language=None).write(inputs / "transcript.json")

    run = run_step("detect-topics", inputs, tmp_path / "outputs")

    assert run.exit_code == 0, run.stderr
    assert Topics.read(run.outputs / "topics.json").topics == ()
    assert run.report.warnings == ()


def test_unknown_language_is_told_in_the_report(
    run_step: RunStep, inputs: Path, tmp_path: Path
) -> None:
    a_transcript([("Ann", "这是会议。", 0.0, 4.0)], language="zh").write(inputs / "transcript.json")

    run = run_step("detect-topics", inputs, tmp_path / "outputs")

    assert "(zh)" in run.report.warnings[0]
    assert "language" in (Topics.read(run.outputs / "topics.json").backend.note or "")


def test_missing_transcript_is_one_sentence(
    run_step: RunStep, inputs: Path, tmp_path: Path
) -> None:
    inputs.mkdir()
    run = run_step("detect-topics", inputs, tmp_path / "outputs")

    assert run.exit_code == 2
    assert "transcript.json: there is no such file" in run.sentence
    assert "Traceback" not in run.stderr


def test_openai_without_an_endpoint_is_refused_at_once(
    run_step: RunStep, inputs: Path, tmp_path: Path
) -> None:
    heard_sample().write(inputs / "transcript.json")
    run = run_step("detect-topics", inputs, tmp_path / "outputs", parameters={"backend": "openai"})

    assert run.exit_code == 2
    assert "llm-base-url" in run.sentence
