"""Who speaks in a few seconds, and what they sound like: the packaged models by ONNX alone.

For a quick look at many stretches: loading torch and pyannote.audio takes longer than that.
"""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from multitrack_steps.diarization import packaged
from multitrack_steps.diarization.fbank import filter_banks
from multitrack_steps.diarization.heard import Embedding, unit
from multitrack_steps.speech.flac import Samples
from workflow_templates.runtime.errors import ModelUnavailableError

__all__ = ["OnnxEar", "packaged_ear"]

_VOICES = 3
"""The segmentation model's classes: nobody, each of three voices alone, each pair of them."""


class OnnxEar:
    """A loaded segmentation model and a loaded speaker embedding."""

    def __init__(self, segmentation: Path, embedding: Path, threads: int) -> None:
        """Load.

        Args:
            segmentation: From `export_segmentation`.
            embedding: From `export_campplus`.
            threads: CPU threads.
        """
        self._segmentation = _session(segmentation, threads)
        self._embedding = _session(embedding, threads)

    def alone(self, samples: Samples) -> list[Samples]:
        """For each voice that is heard in a stretch, the samples in which nobody else speaks.

        Args:
            samples: One to ten seconds.
        """
        (scores,) = self._segmentation.run(["scores"], {"waveform": samples[None, None]})
        heard: NDArray[np.intp] = scores[0].argmax(axis=1)
        frame_of = np.minimum(np.arange(len(samples)) * len(heard) // len(samples), len(heard) - 1)
        voice = heard[frame_of]
        return [samples[voice == number] for number in range(1, _VOICES + 1)]

    def embed(self, samples: Samples) -> Embedding:
        """What the samples sound like.

        Args:
            samples: At least half a second.
        """
        features = filter_banks(samples)
        (found,) = self._embedding.run(["embs"], {"feats": features[None]})
        return unit(found[0])


def packaged_ear() -> OnnxEar:
    """The packaged models on one core: other steps run beside this one.

    Raises:
        ModelUnavailableError: They are not installed, or cannot be exported.
    """
    try:
        folder = packaged.provide()
    except (ImportError, OSError) as error:
        # Once, torch and pyannote.audio are needed, for the export.
        raise ModelUnavailableError(
            f"the diarization model {packaged.NAME} cannot be prepared ({error}); "
            "pip install 'multitrack[diarize]'"
        ) from error
    return OnnxEar(folder / packaged.SEGMENTATION_ONNX, folder / packaged.EMBEDDING_ONNX, 1)


def _session(model: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        str(model), sess_options=options, providers=["CPUExecutionProvider"]
    )
