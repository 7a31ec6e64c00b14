"""From a pipeline and a job's parameters to the pieces of work that can run now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflow_templates.catalog import Artifact
from workflow_templates.contracts.recording import TrackItem
from workflow_templates.pipelines import Pipeline, Task
from workflow_templates.runtime.errors import SettingsError

__all__ = ["Node", "Selection", "TaskPhase", "node_parameters", "nodes_of", "select_tasks"]


class TaskPhase(StrEnum):
    """What has become of a task or node, in Argo's words."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    SKIPPED = "Skipped"
    """A condition or the user said not to run it."""
    OMITTED = "Omitted"
    """Something that it needs has failed."""

    @property
    def has_ended(self) -> bool:
        """Nothing more will happen."""
        return self not in (TaskPhase.PENDING, TaskPhase.RUNNING)


@dataclass(frozen=True, slots=True)
class Node:
    """One piece of work: a task, or one branch of its fan-out."""

    task: Task
    track: TrackItem | None = None

    @property
    def id(self) -> str:
        """`merge-transcripts`, `pad-track.2`."""
        return self.task.name if self.track is None else f"{self.task.name}.{self.track.index}"

    @property
    def label(self) -> str:
        """For people: the participant's name instead of the index."""
        return self.task.name if self.track is None else f"{self.task.name} {self.track.name}"

    def key(self, artifact: Artifact) -> str:
        """The artifact's key for this node."""
        return artifact.key_for(self.track.index if self.track else None)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which tasks the user wants."""

    only: frozenset[str] = frozenset()
    """These and what they need; empty: all."""
    skip: frozenset[str] = frozenset()


def select_tasks(
    pipeline: Pipeline, selection: Selection, parameters: Mapping[str, str]
) -> frozenset[str]:
    """Names of the tasks that are to run.

    Raises:
        SettingsError: An unknown task, or a skipped one whose output another cannot do without.
    """
    known = {task.name for task in pipeline.tasks}
    if unknown := sorted((selection.only | selection.skip) - known):
        raise SettingsError(
            f"{unknown[0]}: no such step in {pipeline.name}; `multitrack steps` lists them"
        )
    wanted = set(known)
    if selection.only:
        wanted = set(selection.only)
        for name in selection.only:
            wanted |= {
                need
                for need in pipeline.upstream(name)
                if need not in _only_awaited(pipeline, name)
            }
    wanted -= selection.skip
    wanted -= {
        task.name
        for task in pipeline.tasks
        if any(parameters[name] != value for name, value in task.conditions.items())
    }
    _refuse_missing_inputs(pipeline, wanted, selection)
    # An optional task without what it needs is not worth a word.
    return frozenset(
        name for name in wanted if not _lacks_input(pipeline, pipeline.task(name), wanted)
    )


def _only_awaited(pipeline: Pipeline, name: str) -> set[str]:
    """Tasks upstream only through `after`: their outputs are welcome, not needed.

    Whose list a fan-out goes over is needed.
    """
    needed: set[str] = set()
    waiting = [name]
    while waiting:
        task = pipeline.task(waiting.pop())
        fresh = {*task.needs, *(task.fan_out.tasks if task.fan_out else ())} - needed
        needed |= fresh
        waiting.extend(fresh)
    return pipeline.upstream(name) - needed


def _lacks_input(pipeline: Pipeline, task: Task, wanted: set[str]) -> bool:
    producers = (
        pipeline.producer(artifact) for artifact in task.step.inputs if not artifact.optional
    )
    return any(producer and producer.name not in wanted for producer in producers)


def _refuse_missing_inputs(pipeline: Pipeline, wanted: set[str], selection: Selection) -> None:
    for name in sorted(wanted):
        task = pipeline.task(name)
        for artifact in task.step.inputs:
            producer = pipeline.producer(artifact)
            if artifact.optional or task.optional or producer is None or producer.name in wanted:
                continue
            if producer.name in selection.skip:
                needing = _needing(pipeline, wanted, artifact.key)
                raise SettingsError(
                    f"--skip {producer.name}: {' and '.join(needing)} cannot do without "
                    f"{artifact.key}; add {' '.join(f'--skip {each}' for each in needing)}"
                )


def _needing(pipeline: Pipeline, wanted: set[str], key: str) -> list[str]:
    """Tasks among the wanted that cannot do without the artifact, in the pipeline's order."""
    return [
        task.name
        for task in pipeline.tasks
        if task.name in wanted
        and not task.optional
        and any(each.key == key and not each.optional for each in task.step.inputs)
    ]


def nodes_of(task: Task, output_parameters: Mapping[str, Mapping[str, str]]) -> tuple[Node, ...]:
    """The task's pieces of work: one, or one per entry of its fan-out's list.

    Args:
        task: Whose needs have succeeded.
        output_parameters: Values by task and name, of tasks that have succeeded.
    """
    if task.fan_out is None:
        return (Node(task),)
    maker = next(name for name in task.fan_out.tasks if name in output_parameters)
    entries = json.loads(output_parameters[maker][task.fan_out.output_parameter])
    return tuple(Node(task, TrackItem.model_validate(entry)) for entry in entries)


def node_parameters(node: Node, parameters: Mapping[str, str]) -> dict[str, str]:
    """Every parameter of the node's step, from the job's parameters and the fan-out's entry."""
    values = {}
    for parameter in node.task.step.parameters:
        if parameter.name == "track" and node.track is not None:
            values["track"] = node.track.model_dump_json()
        else:
            values[parameter.name] = parameters[
                node.task.arguments.get(parameter.name, parameter.name)
            ]
    return values
