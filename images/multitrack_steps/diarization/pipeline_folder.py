"""Writes a folder that `pyannote.audio.Pipeline.from_pretrained` loads without a network."""

import shutil
from pathlib import Path

import numpy as np
import yaml

__all__ = ["write_pipeline_folder"]

_DIMENSION = 192
_REDUCED = 128


def write_pipeline_folder(folder: Path, segmentation: Path, embedding: Path) -> None:
    """Describe a SpeakerDiarization pipeline of a segmentation and an embedding model.

    Its own clustering splits rather than merges: turns are clustered anew by what they sound like,
    and a voice that was merged away has lost its turns' borders.

    Args:
        folder: Exists.
        segmentation: Checkpoint; copied.
        embedding: ONNX file, by the path where it will lie when the pipeline is loaded.
    """
    (folder / "segmentation").mkdir()
    shutil.copyfile(segmentation, folder / "segmentation" / "pytorch_model.bin")
    _write_plda(folder / "plda")
    config = {
        "dependencies": {"pyannote.audio": "4.0.0"},
        "pipeline": {
            "name": "pyannote.audio.pipelines.SpeakerDiarization",
            "params": {
                "segmentation": "$model/segmentation",
                "segmentation_batch_size": 32,
                "embedding": str(embedding),
                "embedding_batch_size": 32,
                "embedding_exclude_overlap": True,
                "plda": "$model/plda",
                "clustering": "AgglomerativeClustering",
            },
        },
        "params": {
            "clustering": {"method": "centroid", "min_cluster_size": 4, "threshold": 0.5},
            "segmentation": {"min_duration_off": 0.0},
        },
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


def _write_plda(folder: Path) -> None:
    """The pipeline's constructor wants one; its agglomerative clustering never reads it."""
    folder.mkdir()
    np.savez(
        folder / "xvec_transform.npz",
        mean1=np.zeros(_DIMENSION),
        mean2=np.zeros(_REDUCED),
        lda=np.eye(_DIMENSION, _REDUCED),
    )
    np.savez(
        folder / "plda.npz",
        mu=np.zeros(_REDUCED),
        tr=np.eye(_REDUCED),
        psi=np.linspace(2, 1, _REDUCED),
    )
