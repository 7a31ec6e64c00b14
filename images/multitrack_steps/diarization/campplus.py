"""Exports CAM++ (3D-Speaker) to ONNX, with the names that pyannote.audio expects.

Two of its functions are written anew, with the same results: as published they fix the number of
frames at export.
"""

import importlib.util
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import onnxruntime
import torch
from torch.nn import functional

from workflow_templates.runtime.errors import ModelUnavailableError

__all__ = ["export_campplus"]

_MELS = 80
_DIMENSION = 192
_TOLERANCE = 1e-3
"""Largest difference to torch, of values around 1; 7e-6 is usual."""


def export_campplus(code: Path, weights: Path, target: Path) -> None:
    """Write the ONNX file and compare its results with torch's.

    Args:
        code: camplusplus.py, checked by the caller: it is run.
        weights: The checkpoint.
        target: The file to write.

    Raises:
        ModelUnavailableError: The exported model computes something else.
    """
    module = _run(code)
    network = module.CAMPPlus(feat_dim=_MELS, embedding_size=_DIMENSION)
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    network.eval()
    generator = torch.Generator().manual_seed(0)
    inputs = [torch.randn(2, frames, _MELS, generator=generator) for frames in (101, 333)]
    with torch.no_grad():
        wanted = [network(each).numpy() for each in inputs]
    module.CAMLayer.seg_pooling = _pool_segments
    module.StatsPool.forward = _pool_statistics
    _export(network, inputs[-1], target)
    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    for each, expected in zip(inputs, wanted, strict=True):
        (found,) = session.run(["embs"], {"feats": each.numpy()})
        if not np.allclose(found, expected, atol=_TOLERANCE):
            raise ModelUnavailableError(
                "the speaker embedding's export computes other values than torch; install the "
                "versions of torch and onnx that constraints.txt names"
            )


def _run(code: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("multitrack_campplus", code)
    if spec is None or spec.loader is None:
        raise ModelUnavailableError(f"{code}: not Python source")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _export(network: torch.nn.Module, example: torch.Tensor, target: Path) -> None:
    with warnings.catch_warnings():
        # The newer exporter wants two more packages; this one is deprecated, and exact.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (example,),
            str(target),
            dynamo=False,
            input_names=["feats"],
            output_names=["embs"],
            opset_version=17,
            dynamic_axes={"feats": {0: "B", 1: "T"}, "embs": {0: "B"}},
        )


def _pool_statistics(_: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    mean = x.mean(dim=2)
    frames = x.shape[2]
    count = frames.to(x.dtype) if torch.is_tensor(frames) else torch.tensor(frames, dtype=x.dtype)
    deviation = torch.sqrt(((x - mean.unsqueeze(2)) ** 2).sum(dim=2) / (count - 1))
    return torch.cat([mean, deviation], dim=1)


def _pool_segments(
    _: torch.nn.Module, x: torch.Tensor, seg_len: int = 100, stype: str = "avg"
) -> torch.Tensor:
    if stype != "avg":
        raise ValueError(f"CAM++ pools segments by {stype!r}, not by their mean")
    pooled = functional.avg_pool1d(x, kernel_size=seg_len, stride=seg_len, ceil_mode=True)
    return pooled.repeat_interleave(seg_len, dim=-1)[..., : x.shape[-1]]
