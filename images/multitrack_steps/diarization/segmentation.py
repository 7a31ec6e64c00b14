"""Exports pyannote's segmentation model to ONNX: then who speaks is heard without torch."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch

from multitrack_steps.speech.flac import SAMPLE_RATE
from workflow_templates.runtime.errors import ModelUnavailableError

__all__ = ["export_segmentation"]

_TOLERANCE = 1e-2
"""Largest difference to torch, of logarithms from -10 to 0; 3e-5 is usual."""


def export_segmentation(checkpoint: Path, target: Path) -> None:
    """Write the ONNX file and compare its results with torch's.

    Args:
        checkpoint: pytorch_model.bin.
        target: The file to write.

    Raises:
        ModelUnavailableError: The exported model computes something else.
    """
    with warnings.catch_warnings():
        # torchcodec may be without FFmpeg, and the newer exporter wants two more packages.
        warnings.simplefilter("ignore")
        from pyannote.audio import Model  # noqa: PLC0415 - warns when it is imported

        network: Any = Model.from_pretrained(str(checkpoint))
        network.eval()
        generator = torch.Generator().manual_seed(0)
        inputs = [
            0.1 * torch.randn(2, 1, seconds * SAMPLE_RATE, generator=generator)
            for seconds in (2, 4)
        ]
        with torch.no_grad():
            wanted = [network(each).numpy() for each in inputs]
        torch.onnx.export(
            network,
            (inputs[-1],),
            str(target),
            dynamo=False,
            input_names=["waveform"],
            output_names=["scores"],
            opset_version=17,
            dynamic_axes={"waveform": {0: "B", 2: "T"}, "scores": {0: "B", 1: "F"}},
        )
    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    for each, expected in zip(inputs, wanted, strict=True):
        (found,) = session.run(["scores"], {"waveform": each.numpy()})
        if not np.allclose(found, expected, atol=_TOLERANCE):
            raise ModelUnavailableError(
                "the segmentation model's export computes other values than torch; install the "
                "versions of torch and onnx that constraints.txt names"
            )
