"""What a step writes to stderr, in a pod and on a machine."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import RunStep
from workflow_templates.runtime.errors import ExitCode


def _lines(stderr: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stderr.splitlines()]


def test_in_a_pod_a_step_logs_json(run_step: RunStep, clips: Path, tmp_path: Path) -> None:
    run = run_step(
        "get-recording",
        tmp_path,
        tmp_path / "out",
        parameters={"source": json.dumps([str(clips)])},
        environment={"MULTITRACK_LOG_FORMAT": "json"},
    )
    assert run.exit_code == ExitCode.DONE
    started, done = _lines(run.stderr)
    assert (started["message"], started["step"], started["attempt"]) == (
        "step started",
        "get-recording",
        1,
    )
    assert (done["message"], done["warnings"]) == ("step done", list(run.report.warnings))
    assert done["duration"] == run.report.duration


def test_in_a_pod_too_a_failure_ends_with_one_plain_sentence(
    run_step: RunStep, tmp_path: Path
) -> None:
    run = run_step(
        "get-recording",
        tmp_path,
        tmp_path / "out",
        parameters={"source": json.dumps([str(tmp_path / "nowhere")])},
        environment={"MULTITRACK_LOG_FORMAT": "json"},
    )
    assert run.exit_code == ExitCode.BAD_INPUT
    *logged, sentence = run.stderr.splitlines()
    failed = json.loads(logged[-1])
    assert not sentence.startswith("{")
    assert (failed["message"], failed["error"]) == ("step failed", sentence)
    assert (failed["levelname"], failed["exit_code"]) == ("ERROR", ExitCode.BAD_INPUT)


def test_on_a_machine_a_failure_is_the_sentence_alone(run_step: RunStep, tmp_path: Path) -> None:
    run = run_step(
        "get-recording",
        tmp_path,
        tmp_path / "out",
        parameters={"source": json.dumps([str(tmp_path / "nowhere")])},
    )
    assert run.exit_code == ExitCode.BAD_INPUT
    assert run.stderr == f"{run.sentence}\n"


def test_a_format_that_nobody_knows_is_one_sentence(
    run_step: RunStep, clips: Path, tmp_path: Path
) -> None:
    run = run_step(
        "get-recording",
        tmp_path,
        tmp_path / "out",
        parameters={"source": json.dumps([str(clips)])},
        environment={"MULTITRACK_LOG_FORMAT": "xml"},
    )
    assert (run.exit_code, run.stderr) == (
        ExitCode.BAD_INPUT,
        "MULTITRACK_LOG_FORMAT=xml: use json or plain\n",
    )
