"""Loads a model for faster-whisper: on which device, with which types, for how many workers."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import ctranslate2
from faster_whisper import WhisperModel

from multitrack_steps.speech.models import SpeechModel
from workflow_templates.runtime.errors import (
    ModelUnavailableError,
    SettingsError,
    TemporaryError,
)

__all__ = ["Workers", "choose_device", "converting_gpu_errors", "load_model"]

_SEED = 0
"""Of the sampling at rising temperatures, so that the same track gives the same words."""


@dataclass(frozen=True, slots=True)
class Workers:
    """How CPU cores are used: `count` chunks under way at once, `threads` on each."""

    count: int
    threads: int


def choose_device(asked: str) -> str:
    """`cpu` or `cuda`.

    Raises:
        SettingsError: CUDA was asked for by name and there is none.
    """
    gpus = ctranslate2.get_cuda_device_count()
    if asked == "cuda" and not gpus:
        raise SettingsError(
            "transcribe-track: device=cuda, but this machine shows no CUDA device; "
            "run it on a node with a GPU and its driver, or set device=auto or cpu"
        )
    return "cuda" if gpus and asked != "cpu" else "cpu"


def load_model(
    model: SpeechModel, *, device: str, compute_type: str, workers: Workers
) -> WhisperModel:
    """Load a model.

    Args:
        model: Where it lies.
        workers: How many chunks are to be decoded side by side.
        device: From `choose_device`.
        compute_type: A type of CTranslate2's; `auto` is int8 on the CPU and float16 on a GPU.

    Raises:
        ModelUnavailableError: Its files are not a whole model.
        SettingsError: The device cannot compute that type.
        TemporaryError: The GPU's memory is full.
    """
    if compute_type == "auto":
        compute_type = "float16" if device == "cuda" else "int8"
    known = ctranslate2.get_supported_compute_types(device)
    if compute_type not in known:
        raise SettingsError(
            f"transcribe-track: compute-type={compute_type!r} cannot be computed on this {device}; "
            f"use auto or one of: {', '.join(sorted(known))}"
        )
    ctranslate2.set_random_seed(_SEED)
    with converting_gpu_errors(), _converting_load_errors(model):
        loaded = WhisperModel(
            str(model.folder),
            device=device,
            compute_type=compute_type,
            cpu_threads=workers.threads,
            num_workers=workers.count,
            local_files_only=True,
        )
    if loaded.feature_extractor.mel_filters.shape[0] != loaded.model.n_mels:
        raise ModelUnavailableError(
            f"{model.folder}: the speech model hears {loaded.model.n_mels} mel bands and its "
            "preprocessor_config.json is missing or says otherwise; fetch or convert it again"
        )
    return loaded


@contextlib.contextmanager
def converting_gpu_errors() -> Iterator[None]:
    """Convert what CTranslate2 raises when the GPU fails.

    Raises:
        TemporaryError: The GPU's memory is full, or it is gone.
    """
    try:
        yield
    except RuntimeError as error:
        if "CUDA" not in str(error):
            raise
        raise TemporaryError(
            f"transcribe-track: the GPU failed ({str(error).splitlines()[0]}); "
            "try again, with a smaller batch-size if its memory is full"
        ) from error


@contextlib.contextmanager
def _converting_load_errors(model: SpeechModel) -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        # The tokenizer's library raises nothing more special than Exception.
        if "CUDA" in str(error):
            raise
        raise ModelUnavailableError(
            f"{model.folder}: the speech model cannot be loaded "
            f"({str(error).splitlines()[0]}); fetch or convert it again"
        ) from error
