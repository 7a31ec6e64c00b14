"""Let torchaudio work beside a torch without CUDA: `python -m …diarization.mend_torchaudio`.

The package index carries torchaudio 2.11 only as built for CUDA, and its two libraries do not load
beside a torch built for the CPU. torchaudio works without them: it then uses its functions in
Python, and pyannote.audio needs no others. Nothing is changed where torch has CUDA.
"""

import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

__all__ = ["main"]


def main() -> None:
    """Remove the libraries that cannot be loaded, and say so."""
    folder = _folder_of("torchaudio")
    torch_folder = _folder_of("torch")
    if folder is None or torch_folder is None:
        sys.exit("torch or torchaudio is not installed; pip install 'multitrack[diarize]'")
    libraries = sorted((folder / "lib").glob("*torchaudio.abi3.so"))
    if _has_cuda(torch_folder) or not libraries:
        return
    for library in libraries:
        library.unlink()
    sys.stdout.write(f"torchaudio {version('torchaudio')} now runs without CUDA\n")


def _has_cuda(torch_folder: Path) -> bool:
    """Whether torch was built for CUDA: known without loading it."""
    return any((torch_folder / "lib").glob("libtorch_cuda*"))


def _folder_of(package: str) -> Path | None:
    try:
        version(package)
    except PackageNotFoundError:
        return None
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


if __name__ == "__main__":
    main()
