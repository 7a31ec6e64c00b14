"""A pipeline's order as Argo's `depends`, `when`, `withParam` and deadlines."""

from typing import Any

import pytest

from workflow_templates.argo.expressions import deadline, dependencies, without_tags
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.argo.workflows import render_template
from workflow_templates.catalog import GET_PARTICIPANTS, GET_RECORDING, Resources, step_named
from workflow_templates.pipelines import PIPELINES, PROCESS_RECORDING, Pipeline, Task


def ended(task: str) -> str:
    phases = ("Succeeded", "Failed", "Errored", "Skipped", "Omitted")
    return "(" + " || ".join(f"{task}.{phase}" for phase in phases) + ")"


DEPENDS = {
    "the first task waits for nothing": ("get-recording", None),
    "an empty fan-out is skipped, and what needs it runs": (
        "merge-transcripts",
        "transcribe-track && diarize-track",
    ),
    "a skipped or failed mix leaves nothing to measure": (
        "generate-waveform",
        "mixdown-tracks.Succeeded",
    ),
    "several needs must all be met": (
        "finalize",
        "generate-title && generate-summary && extract-action-items",
    ),
    "the report waits for the optional branch, whatever became of it": (
        "render-report",
        " && ".join(
            ["finalize", *map(ended, ("mixdown-tracks", "generate-waveform", "cleanup-consent"))]
        ),
    ),
    "audio is deleted when nothing more is made of it": (
        "cleanup-consent",
        f"finalize && {ended('mixdown-tracks')} && {ended('generate-waveform')}",
    ),
}


@pytest.mark.parametrize(("task", "want"), DEPENDS.values(), ids=DEPENDS)
def test_depends(task: str, want: str | None) -> None:
    assert dependencies(PROCESS_RECORDING, PROCESS_RECORDING.task(task)) == want


def tasks_of(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    templates = render_template(pipeline, InstallSettings())["spec"]["templates"]
    dag = next(template["dag"] for template in templates if "dag" in template)
    assert dag["failFast"] is False
    assert {task["template"] for task in dag["tasks"]} < {
        template["name"] for template in templates
    }
    return {task["name"]: task for task in dag["tasks"]}


def test_optional_last_task_cannot_fail_the_workflow_and_a_required_one_can() -> None:
    conclusion = tasks_of(PROCESS_RECORDING)["conclusion"]
    assert conclusion["depends"] == f"finalize && {ended('render-report')}"


def test_pipeline_that_ends_in_a_required_task_needs_no_conclusion() -> None:
    pipeline = Pipeline(
        "made-up",
        "for a test",
        (Task(GET_RECORDING), Task(GET_PARTICIPANTS, needs=("get-recording",))),
    )
    assert list(tasks_of(pipeline)) == ["get-recording", "get-participants"]


@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda pipeline: pipeline.name)
def test_a_workflow_begins_with_a_template_that_does_not_start_itself(pipeline: Pipeline) -> None:
    spec = render_template(pipeline, InstallSettings())["spec"]
    names = [template["name"] for template in spec["templates"]]
    assert len(names) == len(set(names))
    begins = next(each for each in spec["templates"] if each["name"] == spec["entrypoint"])
    assert [task["name"] for task in begins["dag"]["tasks"]][: len(pipeline.tasks)] == [
        task.name for task in pipeline.tasks
    ]


def test_fan_out_hands_each_entry_over_whole() -> None:
    task = tasks_of(PROCESS_RECORDING)["pad-track"]
    assert task["withParam"] == "{{tasks.get-participants.outputs.parameters.tracks}}"
    values = {one["name"]: one["value"] for one in task["arguments"]["parameters"]}
    assert values == {
        "track": "{{item}}",
        "index": "{{item.index}}",
        "duration": "{{tasks.get-recording.outputs.parameters.duration}}",
    }


def test_fan_out_goes_over_another_list_where_the_first_was_not_made() -> None:
    task = tasks_of(PROCESS_RECORDING)["diarize-track"]
    made = "tasks['screen-tracks']?.outputs?.parameters['diarized-tracks']"
    instead = "tasks['get-participants'].outputs.parameters['diarized-tracks']"
    assert task["withParam"] == f"{{{{=({made} ?? 'none') != 'none' ? {made} : {instead}}}}}"
    assert task["depends"] == f"pad-track && {ended('screen-tracks')}"
    templates = render_template(PROCESS_RECORDING, InstallSettings())["spec"]["templates"]
    screen = next(template for template in templates if template["name"] == "screen-tracks")
    defaults = {one["name"]: one["valueFrom"] for one in screen["outputs"]["parameters"]}
    assert defaults["diarized-tracks"]["default"] == "none"


def test_duration_that_nobody_tells_is_handed_over_as_unknown() -> None:
    pipeline = Pipeline("made-up", "for a test", (Task(step_named("generate-waveform")),))
    [parameter] = tasks_of(pipeline)["generate-waveform"]["arguments"]["parameters"]
    assert parameter == {"name": "duration", "value": "0"}


def test_conditions_are_job_parameters() -> None:
    conditions = {name: task.get("when") for name, task in tasks_of(PROCESS_RECORDING).items()}
    assert {name: when for name, when in conditions.items() if when} == {
        "screen-tracks": (
            "{{workflow.parameters.screening}} == true && "
            "{{workflow.parameters.diarization}} == auto"
        ),
        "mixdown-tracks": "{{workflow.parameters.mixdown}} == true",
        "generate-waveform": "{{workflow.parameters.waveform}} == true",
        "cleanup-consent": "{{workflow.parameters.consent}} == true",
        "render-report": "{{workflow.parameters.report}} == true",
    }


def test_deadline_is_a_number_where_it_does_not_grow() -> None:
    assert deadline(Resources("1", 64, deadline=300), assumed_duration=3600) == 300


def test_deadline_grows_with_the_recording_and_assumes_a_length_where_none_is_told() -> None:
    resources = Resources("1", 64, deadline=300, deadline_per_recorded_second=0.1)
    assert deadline(resources, assumed_duration=3600) == (
        "{{=asInt(300 + 0.1 * (inputs.parameters.duration matches '^[0-9]+([.][0-9]+)?$'"
        " && asFloat(inputs.parameters.duration) > 0"
        " ? asFloat(inputs.parameters.duration) : 3600.0))}}"
    )


TEXTS = {
    "plain text stays": ("Größe M", "Größe M"),
    "a tag comes apart": ("{{workflow.name}}", "{ {workflow.name}}"),
    "three braces hold no tag either": ("{{{x}}}", "{ { {x}}}"),
    "text that happens to be a JSON string is text": ('"{{x}}"', '"{ {x}}"'),
    "JSON keeps its meaning": ('[{"n": "{{x}}"}]', r'[{"n": "\u007b{x}}"}]'),
    "JSON becomes ASCII": ('["Zoë"]', r'["Zo\u00eb"]'),
}


@pytest.mark.parametrize(("value", "want"), TEXTS.values(), ids=TEXTS)
def test_text_from_outside_holds_no_tag(value: str, want: str) -> None:
    assert without_tags(value) == want
