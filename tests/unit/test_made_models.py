"""Models that are made once: in the image's folder, the cache, or a temporary folder."""

from pathlib import Path

import pytest

from multitrack_steps.made_models import made_once


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("MULTITRACK_MODELS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def fill(folder: Path, _: Path) -> None:
    (folder / "model.onnx").write_bytes(b"weights")


def never(folder: Path, _: Path) -> None:
    pytest.fail(f"made again: {folder}")


def test_it_is_made_once_and_nothing_else_is_left(cache: Path) -> None:
    made = made_once("voices-1", fill)
    assert made == cache / "multitrack" / "models" / "voices-1"
    assert made_once("voices-1", never) == made
    assert [each.name for each in made.parent.iterdir()] == ["voices-1"]


def test_an_image_finds_what_its_build_has_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MULTITRACK_MODELS", str(tmp_path / "image"))
    assert made_once("voices-1", fill) == tmp_path / "image" / "voices-1"
    assert made_once("voices-1", never) == tmp_path / "image" / "voices-1"


def test_everybody_may_read_what_was_made() -> None:
    assert made_once("voices-1", fill).stat().st_mode & 0o777 == 0o755


def test_what_is_filled_knows_where_it_will_lie(cache: Path) -> None:
    def write_path(folder: Path, final: Path) -> None:
        (folder / "path").write_text(str(final))

    made = made_once("voices-1", write_path)
    assert (made / "path").read_text() == str(made) == f"{cache}/multitrack/models/voices-1"


def test_of_two_the_faster_one_stays() -> None:
    def slower(folder: Path, _: Path) -> None:
        made_once("voices-1", fill)
        (folder / "model.onnx").write_bytes(b"later")

    made = made_once("voices-1", slower)
    assert (made / "model.onnx").read_bytes() == b"weights"
    assert [each.name for each in made.parent.iterdir()] == ["voices-1"]


def test_a_failure_leaves_nothing_that_could_be_taken_for_a_model(cache: Path) -> None:
    def fail(folder: Path, target: Path) -> None:
        fill(folder, target)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        made_once("voices-1", fail)
    assert list((cache / "multitrack" / "models").iterdir()) == []
