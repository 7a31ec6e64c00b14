"""pyannote.audio behind two questions: who speaks when, and what a stretch sounds like."""

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from multitrack_steps.diarization.audio import Block
from multitrack_steps.diarization.heard import Embedding, HeardTurn, unit
from multitrack_steps.diarization.models import DiarizationModel
from multitrack_steps.diarization.settings import VoiceBounds
from multitrack_steps.speech.flac import SAMPLE_RATE, Samples
from workflow_templates.runtime.errors import (
    ModelUnavailableError,
    MultitrackError,
    SettingsError,
    TemporaryError,
)

__all__ = ["SHORTEST", "PyannoteEngine", "choose_device"]

SHORTEST = int(0.3 * SAMPLE_RATE)
"""Samples below which speech sounds like nobody."""

_STAGES = {"segmentation": (0.0, 0.3), "embeddings": (0.3, 0.9)}
"""Share of a block's work at which each stage begins and ends, as measured on a CPU."""


def choose_device(asked: str) -> str:
    """`cpu` or `cuda`.

    Raises:
        SettingsError: CUDA was asked for by name and there is none.
        ModelUnavailableError: torch cannot be loaded.
    """
    with _converting_load_errors("torch"):
        import torch  # noqa: PLC0415 - seconds; not needed where an earlier output is copied

        has_gpu = torch.cuda.is_available()
    if asked == "cuda" and not has_gpu:
        raise SettingsError(
            "diarize-track: device=cuda, but this machine shows no CUDA device; "
            "run it on a node with a GPU and its driver, or set device=auto or cpu"
        )
    return "cuda" if has_gpu and asked != "cpu" else "cpu"


class PyannoteEngine:
    """A loaded pipeline."""

    def __init__(self, model: DiarizationModel, *, device: str, threads: int) -> None:
        """Load.

        Args:
            model: Where it lies.
            device: From `choose_device`.
            threads: CPU threads.

        Raises:
            ModelUnavailableError: It cannot be loaded.
        """
        with _converting_load_errors(str(model.folder)), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import torch  # noqa: PLC0415 - as above
            from pyannote.audio import Pipeline  # noqa: PLC0415 - as above

            torch.set_num_threads(threads)
            pipeline: Any = Pipeline.from_pretrained(str(model.folder))
            if pipeline is None:
                raise ModelUnavailableError(f"{model.folder}: not a pyannote.audio pipeline")
            pipeline.to(torch.device(device))
        self._torch = torch
        self._pipeline = pipeline

    def turns(
        self, block: Block, voices: VoiceBounds, report: Callable[[float], None]
    ) -> list[HeardTurn]:
        """Who speaks when, on the recording's clock, ordered by start.

        Args:
            block: What to listen to.
            voices: Bounds for this block alone.
            report: Told the share of the block that is done.

        Raises:
            TemporaryError: The GPU failed.
        """
        waveform = self._torch.from_numpy(block.samples)[None]
        with _converting_gpu_errors(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = self._pipeline(
                {"waveform": waveform, "sample_rate": SAMPLE_RATE},
                num_speakers=voices.known,
                min_speakers=voices.least,
                max_speakers=voices.most,
                hook=_progress(report),
            )
        heard = [
            HeardTurn(block.start + turn.start, block.start + turn.end, hint=f"{speaker}")
            for turn, _, speaker in found.speaker_diarization.itertracks(yield_label=True)
        ]
        return sorted(heard, key=lambda turn: (turn.start, turn.end))

    def embed(self, samples: Samples) -> Embedding | None:
        """What the samples sound like; None for too few.

        Raises:
            TemporaryError: The GPU failed.
        """
        if len(samples) < SHORTEST:
            return None
        waveform = self._torch.from_numpy(np.ascontiguousarray(samples))[None, None]
        with _converting_gpu_errors(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            vector = np.asarray(self._pipeline._embedding(waveform)[0])  # noqa: SLF001 - no other way
        return unit(vector) if np.isfinite(vector).all() and vector.any() else None


def _progress(report: Callable[[float], None]) -> Callable[..., None]:
    """What pyannote.audio calls with a stage's name, results, and how far it is."""

    def hook(
        stage: str, *_: object, completed: int | None = None, total: int | None = None, **__: object
    ) -> None:
        if stage in _STAGES and completed is not None and total:
            first, last = _STAGES[stage]
            report(first + (last - first) * completed / total)

    return hook


@contextlib.contextmanager
def _converting_gpu_errors() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if "CUDA" not in str(error):
            raise
        raise TemporaryError(
            f"diarize-track: the GPU failed ({str(error).splitlines()[0]}); try again"
        ) from error


@contextlib.contextmanager
def _converting_load_errors(what: str) -> Iterator[None]:
    try:
        yield
    except (MemoryError, MultitrackError):
        raise
    except OSError as error:
        if "torchaudio" in str(error) or "libcudart" in str(error) or "libtorch" in str(error):
            raise ModelUnavailableError(
                "torchaudio was built for CUDA and torch was not; "
                "run: python -m multitrack_steps.diarization.mend_torchaudio"
            ) from error
        raise _unloadable(what, error) from error
    except Exception as error:
        # A pipeline's description may name anything, and whatever that raises comes out here.
        raise _unloadable(what, error) from error


def _unloadable(what: str, error: Exception) -> ModelUnavailableError:
    lines: Sequence[str] = str(error).strip().splitlines() or [type(error).__name__]
    return ModelUnavailableError(
        f"{what}: the diarization model cannot be loaded ({lines[0]}); fetch it again"
    )
