"""The language steps with the backend `openai`, each in its own process."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import RunStep
from tests.fakes.llm import FakeLanguageModel, Refusal
from tests.fakes.meetings import topics_of
from workflow_templates.contracts.minutes import ActionItems, Summary, Title, Topics
from workflow_templates.contracts.recording import Participant, Participants
from workflow_templates.contracts.transcript import Transcript

KEY = "sk-very-secret-key-0123456789"


@pytest.fixture
def inputs(tmp_path: Path, meeting: Transcript) -> Path:
    folder = tmp_path / "inputs"
    meeting.write(folder / "transcript.json")
    topics_of(meeting, [0, 12, 19, 26]).write(folder / "topics.json")
    Participants(
        recording_id="recording",
        participants=tuple(
            Participant(id=f"p{speaker.index}", name=speaker.name, speaker=speaker.index)
            for speaker in meeting.speakers
        ),
        tracks=(),
    ).write(folder / "participants.json")
    return folder


def test_steps_write_what_the_model_answers(
    run_step: RunStep,
    inputs: Path,
    tmp_path: Path,
    language_model: FakeLanguageModel,
) -> None:
    parameters = {"llm-base-url": language_model.base_url, "llm-model": "some-model"}
    for name in ("detect-topics", "generate-title", "generate-summary", "extract-action-items"):
        step = run_step(
            name,
            inputs,
            tmp_path / "outputs",
            parameters=parameters,
            environment={"MULTITRACK_LLM_API_KEY": KEY},
        )
        assert step.exit_code == 0, step.stderr
        assert step.report.tokens is not None
        assert step.report.tokens.prompt > 100
    outputs = tmp_path / "outputs"
    assert ActionItems.read(outputs / "action_items.json").next_steps == ()
    topics = Topics.read(outputs / "topics.json")
    assert topics.topics[-1].last_segment == 32
    assert topics.backend.name == "openai"
    assert topics.backend.model == "some-model"
    assert Title.read(outputs / "title.json").title
    assert Summary.read(outputs / "summary.json").long.startswith("# Quick recap")
    assert language_model.requests[0].headers["authorization"] == f"Bearer {KEY}"
    written = "".join(file.read_text() for file in outputs.rglob("*.json"))
    assert KEY not in written


def test_refused_key_ends_the_step_for_good(
    run_step: RunStep, inputs: Path, tmp_path: Path, language_model: FakeLanguageModel
) -> None:
    language_model.script = [Refusal(401, f"Incorrect API key provided: {KEY}")]
    step = run_step(
        "detect-topics",
        inputs,
        tmp_path / "outputs",
        parameters={"llm-base-url": language_model.base_url, "llm-model": "some-model"},
        environment={"MULTITRACK_LLM_API_KEY": KEY},
    )
    assert step.exit_code == 3
    assert "check MULTITRACK_LLM_API_KEY" in step.sentence
    assert KEY not in step.stderr
    assert "Traceback" not in step.stderr


def test_endpoint_that_is_down_is_temporary(
    run_step: RunStep, inputs: Path, tmp_path: Path
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        step = run_step(
            "generate-title",
            inputs,
            tmp_path / "outputs",
            parameters={
                "llm-base-url": f"http://127.0.0.1:{unused.getsockname()[1]}/v1",
                "llm-model": "some-model",
            },
        )
    assert step.exit_code == 75
    assert "cannot be reached" in step.sentence
    assert "Traceback" not in step.stderr


def test_importing_the_choice_of_backends_does_not_import_openai() -> None:
    asked = (
        "import sys, multitrack_steps.language.backend; "
        "sys.exit('openai' in sys.modules or 'pydantic' not in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
