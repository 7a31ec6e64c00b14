"""Argo's small languages: template tags, `depends`, `when`, retry and deadline expressions.

Tags in `{{=…}}` are expr-lang. Argo tries them in several passes and leaves alone what it cannot
resolve yet.
"""

import json
import re

from workflow_templates.catalog import Resources
from workflow_templates.contracts.base import Seconds
from workflow_templates.pipelines import Pipeline, Task
from workflow_templates.runtime.errors import ExitCode

__all__ = [
    "ATTEMPT",
    "NOT_MADE",
    "PARTICIPANT",
    "RETRY",
    "UNKNOWN_DURATION",
    "condition",
    "deadline",
    "dependencies",
    "either_output",
    "has_ended",
    "input_parameter",
    "job_parameter",
    "job_text",
    "task_output",
    "without_tags",
]

ATTEMPT = "{{=asInt(retries) + 1}}"
"""Which try a pod is, from 1; Argo counts `retries` from 0."""

RETRY = (
    "lastRetry.status == 'Error' || "
    f"!(asInt(lastRetry.exitCode) in [{ExitCode.BAD_INPUT}, {ExitCode.REFUSED}])"
)
"""Try again unless the step said that it is final. A lost pod is an Error and has no exit code."""

PARTICIPANT = "{{=replace(jsonpath(inputs.parameters.track, '$.name'), '{', '(')}}"
"""The participant's name. It comes from outside: without braces it is no tag in the next pass."""

UNKNOWN_DURATION = "0"
"""Handed over where nobody knows how long the recording is."""

NOT_MADE = "none"
"""Stands for a list that a task did not make."""

_ENDED = ("Succeeded", "Failed", "Errored", "Skipped", "Omitted")

_NUMBER = "^[0-9]+([.][0-9]+)?$"

_BRACE_BEFORE_BRACE = re.compile(r"\{(?=\{)")


def job_parameter(name: str) -> str:
    """The Workflow parameter's value, where it is a name or a word."""
    return f"{{{{workflow.parameters.{name}}}}}"


def job_text(name: str) -> str:
    """The Workflow parameter's value, whatever text it is.

    Into a simple tag's place Argo puts Go's spelling of a string, and ends the Workflow where that
    is no JSON: control characters, some emoji. An expression's value is written as JSON.
    """
    return f"{{{{=workflow.parameters['{name}']}}}}"


def input_parameter(name: str) -> str:
    """The value that a task hands to its template."""
    return f"{{{{inputs.parameters.{name}}}}}"


def task_output(task: str, name: str) -> str:
    """The output parameter of a task that comes before."""
    return f"{{{{tasks.{task}.outputs.parameters.{name}}}}}"


def either_output(task: str, otherwise: str, name: str) -> str:
    """The output parameter of one task or, where that task made none, of another.

    A task that was skipped, or whose pod never wrote anything, has the default; one whose pod never
    ran has no outputs at all, and to name what is not there would keep Argo waiting for it.
    """
    made = f"tasks['{task}']?.outputs?.parameters['{name}']"
    instead = f"tasks['{otherwise}'].outputs.parameters['{name}']"
    return f"{{{{=({made} ?? '{NOT_MADE}') != '{NOT_MADE}' ? {made} : {instead}}}}}"


def condition(task: Task) -> str | None:
    """Whether the task runs at all; None: always."""
    words = [f"{job_parameter(name)} == {value}" for name, value in task.conditions.items()]
    return " && ".join(words) or None


def deadline(resources: Resources, assumed_duration: Seconds) -> int | str:
    """Seconds that one attempt may take: a number, or an expression of the input `duration`.

    Args:
        resources: Of the step.
        assumed_duration: Stands in for a duration that the source did not tell.
    """
    fixed, scale = int(resources.deadline), resources.deadline_per_recorded_second
    if not scale:
        return fixed
    duration = "inputs.parameters.duration"
    told = f"{duration} matches '{_NUMBER}' && asFloat({duration}) > 0"
    return (
        f"{{{{=asInt({fixed} + {scale:g} * "
        f"({told} ? asFloat({duration}) : {assumed_duration:.1f}))}}}}"
    )


def dependencies(pipeline: Pipeline, task: Task) -> str | None:
    """The task's `depends`; None for a task that waits for nothing.

    A bare name is satisfied by Succeeded and Skipped. A needed task that a condition may skip must
    have succeeded where its file is needed, too: without it this task is omitted.
    """
    waits = [
        f"{need}.Succeeded" if _makes_what_it_needs(pipeline, task, need) else need
        for need in task.needs
    ]
    return " && ".join([*waits, *(has_ended(name) for name in task.after)]) or None


def has_ended(task: str) -> str:
    """Satisfied whatever became of the task."""
    return "(" + " || ".join(f"{task}.{phase}" for phase in _ENDED) + ")"


def _makes_what_it_needs(pipeline: Pipeline, task: Task, need: str) -> bool:
    needed = pipeline.task(need)
    return bool(needed.conditions) and any(
        pipeline.producer(artifact) == needed
        for artifact in task.step.inputs
        if not artifact.optional
    )


def without_tags(value: str) -> str:
    """A value from outside that Argo takes literally: it looks for tags in values, too.

    In JSON a brace has another spelling; in plain text a space comes between two braces.
    """
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = None
    if isinstance(parsed, list | dict):
        return _BRACE_BEFORE_BRACE.sub(r"\\u007b", json.dumps(parsed))
    return _BRACE_BEFORE_BRACE.sub("{ ", value)
