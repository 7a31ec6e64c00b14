"""What a step is given when it runs: two folders, its parameters, its place among the tries."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from workflow_templates.catalog import Artifact, Step
from workflow_templates.contracts.recording import TrackItem
from workflow_templates.runtime.errors import SettingsError

__all__ = ["OnTrackFailure", "StepContext"]


_Choice = TypeVar("_Choice", bound=StrEnum)


class OnTrackFailure(StrEnum):
    """What an unusable track does to the meeting."""

    FAIL = "fail"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class StepContext:
    """One run of one step.

    `parameters` holds every parameter of the catalog, defaults filled in.
    """

    step: Step
    inputs: Path
    outputs: Path
    parameters: Mapping[str, str]
    attempt: int = 1
    attempts: int = 1

    @property
    def is_last_attempt(self) -> bool:
        """Nobody will try again after this run."""
        return self.attempt >= self.attempts

    def input(self, name: str, index: int | None = None) -> Path:
        """Where the named input lies: a file, a folder for a prefix, nothing if it is optional."""
        return self.inputs / self._artifact_key(self.step.inputs, name, index)

    def output(self, name: str, index: int | None = None) -> Path:
        """Where the named output goes; its folder exists afterwards."""
        path = self.outputs / self._artifact_key(self.step.outputs, name, index)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def has_input(self, name: str, index: int | None = None) -> bool:
        """Whether a file is there; Argo leaves an empty folder where an optional one is missing."""
        return self.input(name, index).is_file()

    def track(self) -> TrackItem:
        """The fan-out entry of a per-track step.

        Raises:
            SettingsError: The parameter is not a valid entry.
        """
        try:
            return TrackItem.model_validate_json(self.parameters["track"])
        except ValidationError as error:
            raise SettingsError(
                f"{self.step.name}: 'track' is not an entry of get-participants' list; "
                "start the step as the pipeline does"
            ) from error

    def on_track_failure(self) -> OnTrackFailure:
        """The policy for an unusable track.

        Raises:
            SettingsError: Neither `fail` nor `gap`.
        """
        return self.choice("on-track-failure", OnTrackFailure)

    def choice(self, name: str, choices: type[_Choice]) -> _Choice:
        """A parameter that is one of a few words.

        Raises:
            SettingsError: It is none of them; the sentence lists them.
        """
        value = self.parameters[name]
        try:
            return choices(value)
        except ValueError as error:
            allowed = ", ".join(choices)
            raise SettingsError(
                f"{self.step.name}: {name}={value!r} is not known; use one of: {allowed}"
            ) from error

    def number(self, name: str, *, least: float = 0.0) -> float:
        """A numeric parameter, at least `least`.

        Raises:
            SettingsError: Not a number, or too small.
        """
        value = self.parameters[name]
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not number >= least:
            raise SettingsError(
                f"{self.step.name}: {name}={value!r} is not a number of at least {least:g}"
            )
        return number

    def write_parameter(self, name: str, value: str) -> None:
        """Hand a small value to the engine (an Argo output parameter)."""
        file = self.outputs / "parameters" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(value, encoding="utf-8")

    def report_progress(self, done: float, total: float) -> None:
        """Say how far the step is, in any unit; `$ARGO_PROGRESS_FILE` gets whole numbers, `N/M`."""
        file = os.environ.get("ARGO_PROGRESS_FILE")
        if file and total > 0:
            whole = max(1, round(total))
            Path(file).write_text(f"{min(whole, int(done))}/{whole}\n", encoding="ascii")

    @staticmethod
    def _artifact_key(artifacts: tuple[Artifact, ...], name: str, index: int | None) -> str:
        return next(artifact for artifact in artifacts if artifact.name == name).key_for(index)
