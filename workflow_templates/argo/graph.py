"""A pipeline's order as an Argo DAG."""

from hera.workflows import DAG, Suspend
from hera.workflows import Task as DagTask
from hera.workflows.models import DAGTask

from workflow_templates.argo.containers import template_inputs
from workflow_templates.argo.expressions import (
    UNKNOWN_DURATION,
    condition,
    dependencies,
    either_output,
    has_ended,
    task_output,
)
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.pipelines import FanOut, Pipeline, Task

__all__ = ["conclusion_template", "graph_name", "graph_template"]

_CONCLUSION = "conclusion"


def graph_name(pipeline: Pipeline) -> str:
    """The name of the template that a Workflow begins with.

    Argo looks templates up by name: a graph named like one of its own steps would start itself.
    """
    is_taken = any(task.step.name == pipeline.name for task in pipeline.tasks)
    return f"{pipeline.name}-pipeline" if is_taken else pipeline.name


def graph_template(pipeline: Pipeline, settings: InstallSettings) -> DAG:
    """Render the template that runs a pipeline's tasks in their order.

    One failed branch stops no other: what is finished then need not be redone.
    """
    tasks: list[DagTask | DAGTask] = [
        _dag_task(pipeline, task, settings) for task in pipeline.tasks
    ]
    if (depends := _conclusion_depends(pipeline)) is not None:
        tasks.append(DagTask(name=_CONCLUSION, template=_CONCLUSION, depends=depends))
    return DAG(name=graph_name(pipeline), fail_fast=False, tasks=tasks)


def conclusion_template(pipeline: Pipeline) -> Suspend | None:
    """Render the last node of a pipeline that ends in an optional task; None where none does.

    Argo takes a DAG's phase from its leaves, and a leaf that was skipped from what came before it.
    This leaf suspends for no time: it starts no pod, and has a phase of its own.
    """
    if _conclusion_depends(pipeline) is None:
        return None
    return Suspend(name=_CONCLUSION, duration="0")


def _dag_task(pipeline: Pipeline, task: Task, settings: InstallSettings) -> DagTask:
    return DagTask(
        name=task.name,
        template=task.step.name,
        depends=dependencies(pipeline, task),
        when=condition(task),
        with_param=_fan_out_list(task.fan_out) if task.fan_out else None,
        arguments={
            name: _argument(pipeline, task, name) for name in template_inputs(task, settings)
        }
        or None,
    )


def _fan_out_list(fan_out: FanOut) -> str:
    if fan_out.otherwise is None:
        return task_output(fan_out.task, fan_out.output_parameter)
    return either_output(fan_out.task, fan_out.otherwise, fan_out.output_parameter)


def _argument(pipeline: Pipeline, task: Task, name: str) -> str:
    """The value of a template's input, as the DAG knows it."""
    if name == "track":
        return "{{item}}"
    if name == "index":
        return "{{item.index}}"
    upstream = pipeline.upstream(task.name)
    for earlier in pipeline.tasks:
        if earlier.name in upstream and name in earlier.step.output_parameters:
            return task_output(earlier.name, name)
    return UNKNOWN_DURATION


def _conclusion_depends(pipeline: Pipeline) -> str | None:
    """What the last node waits for: all that matters has succeeded, all the rest has ended."""
    awaited = {name for task in pipeline.tasks for name in (*task.needs, *task.after)}
    optional_leaves = [
        task.name for task in pipeline.tasks if task.optional and task.name not in awaited
    ]
    if not optional_leaves:
        return None
    required = [task for task in pipeline.tasks if not task.optional]
    awaited_by_required = {name for task in required for name in (*task.needs, *task.after)}
    last_required = [task.name for task in required if task.name not in awaited_by_required]
    return " && ".join([*last_required, *(has_ended(name) for name in optional_leaves)])
