"""`multitrack render`: what the operator writes to a cluster for Argo, as YAML."""

from pathlib import Path
from typing import Annotated

import typer

from workflow_templates.pipelines import PIPELINES, PROCESS_RECORDING, Pipeline
from workflow_templates.runtime.errors import SettingsError

__all__ = ["render_command"]

_PIPELINES = {pipeline.name: pipeline for pipeline in PIPELINES}


def render_command(
    inline: Annotated[
        bool,
        typer.Option(
            "--inline", help="A whole Workflow for `argo submit`, instead of the WorkflowTemplate."
        ),
    ] = False,
    settings: Annotated[
        Path | None,
        typer.Option(help="The installation's settings, YAML. \\[default: the defaults]"),
    ] = None,
    pipeline: Annotated[str, typer.Option(help="Which pipeline.")] = PROCESS_RECORDING.name,
    profile: Annotated[str, typer.Option(help="One of the profiles in the settings.")] = "default",
) -> None:
    """Print a pipeline as Argo runs it: an immutable WorkflowTemplate, named after its content.

    multitrack render | kubectl apply -f -

    multitrack render --inline | argo submit - --parameter-file job.yaml
    """
    typer.echo(_rendered(_pipeline_named(pipeline), settings, profile, inline=inline), nl=False)


def _rendered(pipeline: Pipeline, settings_file: Path | None, profile: str, *, inline: bool) -> str:
    try:
        # Hera takes half a second to import and is there only where the operator is.
        from workflow_templates.argo.settings import load_settings  # noqa: PLC0415
        from workflow_templates.argo.workflows import (  # noqa: PLC0415
            render_inline,
            render_template,
            to_yaml,
        )
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"rendering needs the package {error.name}; pip install 'multitrack[operator]'"
        ) from error
    render = render_inline if inline else render_template
    return to_yaml(render(pipeline, load_settings(settings_file, profile)))


def _pipeline_named(name: str) -> Pipeline:
    if name not in _PIPELINES:
        raise SettingsError(f"{name}: no such pipeline; there are: {', '.join(_PIPELINES)}")
    return _PIPELINES[name]
