"""`multitrack render`, without the operator."""

from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from multitrack.cli.render import render_command
from workflow_templates.argo.settings import load_settings
from workflow_templates.argo.workflows import render_inline, render_template
from workflow_templates.pipelines import PROCESS_RECORDING
from workflow_templates.runtime.errors import SettingsError


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.command("render")(render_command)
    return app


def test_prints_the_template_that_can_be_applied(app: typer.Typer, variant: Path) -> None:
    file = variant / "settings.yaml"
    printed = CliRunner().invoke(app, ["--settings", str(file)])
    assert printed.exit_code == 0
    assert yaml.safe_load(printed.output) == render_template(PROCESS_RECORDING, load_settings(file))


def test_inline_prints_a_workflow(app: typer.Typer) -> None:
    printed = CliRunner().invoke(app, ["--inline", "--pipeline", "process-recording"])
    expected = render_inline(PROCESS_RECORDING, load_settings(None))
    assert yaml.safe_load(printed.output) == expected


def test_unknown_pipeline_is_refused_with_those_that_exist(app: typer.Typer) -> None:
    failed = CliRunner().invoke(app, ["--pipeline", "process"])
    assert isinstance(failed.exception, SettingsError)
    assert str(failed.exception).startswith(
        "process: no such pipeline; there are: process-recording, deliver-results"
    )


def test_wrong_settings_are_one_sentence(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("gpu: {count: many}\n", encoding="utf-8")
    failed = CliRunner().invoke(app, ["--settings", str(file)])
    assert isinstance(failed.exception, SettingsError)
    assert "gpu.count" in str(failed.exception)
