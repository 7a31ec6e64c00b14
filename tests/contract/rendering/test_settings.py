"""An installation's settings: read, checked, and answered in one sentence."""

from pathlib import Path

import pytest

from workflow_templates.argo.settings import InstallSettings, load_settings
from workflow_templates.argo.workflows import render_template
from workflow_templates.catalog import Image
from workflow_templates.pipelines import PROCESS_RECORDING
from workflow_templates.runtime.errors import SettingsError

WRONG = {
    "not YAML": ("a: [", "not YAML"),
    "not a mapping": ("- 1", "not a mapping of settings"),
    "an unknown key": ("gpus: 1", "gpus: Extra inputs are not permitted"),
    "a value that cannot be": ("gpu: {count: 0}", "gpu.count: Input should be greater than"),
    "a quantity without sense": (
        "steps: {finalize: {memory: much}}",
        "steps.finalize.memory: String should match pattern",
    ),
    "an unknown step": ("steps: {finalise: {cpu: 1}}", "finalise is not a step"),
    "an unknown pool": (
        "steps: {finalize: {nodePool: fast}}",
        "steps.finalize wants the node pool fast",
    ),
    "a credential in the open": (
        "environment: {MULTITRACK_LLM_API_KEY: x}",
        "MULTITRACK_LLM_API_KEY is a credential; put it into a Secret",
    ),
    "a secret that nobody reads": (
        "secrets: {TOKEN: {name: a, key: b}}",
        "secrets: no step reads TOKEN",
    ),
    "an image that may change": ("images: {tag: latest}", "images.tag: `latest` says nothing"),
}


@pytest.mark.parametrize(("text", "want"), WRONG.values(), ids=WRONG)
def test_wrong_settings_are_refused(tmp_path: Path, text: str, want: str) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert want in str(refused.value)
    assert "\n" not in str(refused.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "none.yaml")


def test_empty_file_means_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("# nothing\n", encoding="utf-8")
    assert load_settings(file) == load_settings(None) == InstallSettings()


def test_every_setting_is_documented() -> None:
    schema = InstallSettings.model_json_schema(by_alias=True)
    for name, model in {"InstallSettings": schema, **schema["$defs"]}.items():
        for key, value in model.get("properties", {}).items():
            assert value.get("description"), f"{name}.{key}"


def test_numbers_and_truth_in_yaml_become_the_text_that_parameters_are() -> None:
    settings = InstallSettings.model_validate({"parameters": {"threads": 4, "report": False}})
    assert settings.parameters == {"threads": "4", "report": "false"}


def test_image_override_is_taken_whole() -> None:
    settings = InstallSettings.model_validate(
        {
            "images": {
                "registry": "r.example/m",
                "tag": "1",
                "overrides": {"media": "other@sha256:1"},
            }
        }
    )
    assert settings.images.reference(Image.MEDIA) == "other@sha256:1"
    assert settings.images.reference(Image.EDGE) == "r.example/m/multitrack-edge:1"


def test_default_of_an_unknown_job_parameter_is_refused() -> None:
    settings = InstallSettings.model_validate({"parameters": {"modell": "base"}})
    with pytest.raises(SettingsError, match=r"parameters\.modell: process-recording has no such"):
        render_template(PROCESS_RECORDING, settings)


def test_semaphores_without_one_for_mixing_are_refused() -> None:
    settings = InstallSettings.model_validate({"semaphores": {"keys": {"llm": "llm"}}})
    with pytest.raises(SettingsError, match=r"semaphores\.keys: mixdown is missing"):
        render_template(PROCESS_RECORDING, settings)
