"""The pipeline definition: sound, and complete for both engines."""

import importlib.util
from pathlib import Path

import pytest

from workflow_templates.catalog import CATALOG, Artifact, Step, step_named
from workflow_templates.pipelines import PIPELINES, Pipeline, Task

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda pipeline: pipeline.name)
def test_every_pipeline_is_sound(pipeline: Pipeline) -> None:
    assert list(pipeline.check()) == []


def test_every_step_of_the_catalog_has_its_place_and_its_module() -> None:
    assert {task.step for each in PIPELINES for task in each.tasks} == set(CATALOG)
    for step in CATALOG:
        module = f"multitrack_steps.{step.name.replace('-', '_')}"
        assert importlib.util.find_spec(module), module


@pytest.mark.parametrize("step", CATALOG, ids=lambda step: step.name)
def test_untrusted_media_is_never_decoded_beside_a_secret(step: Step) -> None:
    assert not (step.decodes_media and step.secrets)


def test_names_fit_argos_and_kubernetes_rules() -> None:
    for step in CATALOG:
        for name in (
            step.name,
            *(parameter.name for parameter in step.parameters),
            *(artifact.name for artifact in (*step.inputs, *step.outputs)),
        ):
            assert name.replace("-", "").isalnum(), name
            assert name == name.lower(), name


def a_pipeline(*tasks: Task) -> Pipeline:
    return Pipeline("made-up", "for a test", tasks)


UNSOUND = {
    "waits for a task that comes later": (
        a_pipeline(
            Task(step_named("get-participants"), needs=("get-recording",)),
            Task(step_named("get-recording")),
        ),
        "get-participants waits for get-recording, which does not come before it",
    ),
    "reads what nobody makes": (
        a_pipeline(Task(step_named("generate-waveform"))),
        "generate-waveform reads mix.mp3, which no task makes",
    ),
    "reads without waiting": (
        a_pipeline(Task(step_named("get-recording")), Task(step_named("get-participants"))),
        "get-participants reads recording.json without waiting for get-recording",
    ),
}


@pytest.mark.parametrize(("pipeline", "want_sentence"), UNSOUND.values(), ids=UNSOUND)
def test_check_finds_what_is_unsound(pipeline: Pipeline, want_sentence: str) -> None:
    assert want_sentence in list(pipeline.check())


def test_keys_of_a_fan_out_carry_the_index() -> None:
    assert Artifact("words", "words/{index}.json").key_for(3) == "words/3.json"
    assert Artifact("words", "words/").key_for(None) == "words/"
