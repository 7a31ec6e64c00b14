"""`multitrack steps`: the catalog, for people."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workflow_templates.catalog import Artifact, Step, step_named
from workflow_templates.pipelines import PIPELINES, Pipeline, Task, pipeline_with
from workflow_templates.runtime.errors import SettingsError

__all__ = ["steps_command"]


def steps_command(
    name: Annotated[str | None, typer.Argument(help="One step, in detail.")] = None,
) -> None:
    """List every pipeline's steps, or show what one step reads, writes and can be told.

    multitrack steps transcribe-track
    """
    console = Console()
    if name is None:
        for pipeline in PIPELINES:
            console.print(_overview(pipeline))
        console.print("`multitrack steps NAME` shows a step's files and parameters.")
        return
    try:
        step = step_named(name)
    except KeyError as error:
        raise SettingsError(f"{name}: no such step; `multitrack steps` lists them") from error
    _print_step(console, step)


def _overview(pipeline: Pipeline) -> Table:
    title = f"{pipeline.name}: {pipeline.summary}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("step", no_wrap=True)
    table.add_column("what it does")
    table.add_column("runs")
    for task in pipeline.tasks:
        table.add_row(task.name, task.step.summary, _runs(task))
    return table


def _runs(task: Task) -> str:
    words = ["per track"] if task.fan_out else []
    for parameter, value in task.conditions.items():
        words.append(f"if {parameter}" if value == "true" else f"if {parameter}={value}")
    if task.optional:
        words.append("optional")
    return ", ".join(words)


def _waits(task: Task) -> str:
    waits = (*task.needs, *(f"{name}, whatever became of it" for name in task.after))
    return "; ".join(waits) or "nothing"


def _print_step(console: Console, step: Step) -> None:
    console.print(f"[bold]{step.name}[/bold]: {step.summary}. Image: {step.image.value}.")
    pipeline = pipeline_with(step.name)
    console.print(f"  in {pipeline.name}", highlight=False)
    console.print(f"  waits for {_waits(pipeline.task(step.name))}", highlight=False)
    for title, artifacts in (("reads", step.inputs), ("writes", step.outputs)):
        for artifact in artifacts:
            console.print(f"  {title} {_described(artifact)}", highlight=False, markup=False)
    table = Table("parameter", "default", "meaning")
    for parameter in step.parameters:
        default = "(required)" if parameter.default is None else parameter.default
        table.add_row(parameter.name, escape(default), escape(parameter.help))
    if step.parameters:
        console.print(table)


def _described(artifact: Artifact) -> str:
    return f"{artifact.key}{' (if it is there)' if artifact.optional else ''}"
