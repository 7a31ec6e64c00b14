"""What diarize-track is told, checked when it starts."""

import re
from dataclasses import dataclass
from enum import StrEnum

from multitrack_steps.context import StepContext
from multitrack_steps.speech.cores import available_cores
from multitrack_steps.speech.settings import Device
from workflow_templates.runtime.errors import SettingsError

__all__ = ["Diarization", "DiarizationSettings", "VoiceBounds", "parse_voices"]

_BOUNDS = re.compile(r"(?P<least>[0-9]+)(?:-(?P<most>[0-9]+)?)?")


class Diarization(StrEnum):
    """Which tracks' voices are told apart, and what a missing model means."""

    AUTO = "auto"
    """Shared tracks, the only track of a recording, and those on which screen-tracks hears several
    voices. Without a model they stay undivided."""
    NEVER = "never"
    ALWAYS = "always"
    """Every track. Without a model the step fails."""


@dataclass(frozen=True, slots=True)
class VoiceBounds:
    """How many voices there are on a track."""

    least: int = 1
    most: int | None = None
    """None: as many as are heard."""

    @property
    def known(self) -> int | None:
        """The number, where it is known."""
        return self.least if self.least == self.most else None


@dataclass(frozen=True, slots=True)
class DiarizationSettings:
    """The step's parameters, as values."""

    policy: Diarization
    model: str
    voices: VoiceBounds
    device: Device
    threads: int
    """At least 1."""

    @classmethod
    def from_context(cls, context: StepContext) -> "DiarizationSettings":
        """Read and check the parameters.

        Raises:
            SettingsError: One is not what it should be.
        """
        return cls(
            policy=context.choice("diarization", Diarization),
            model=context.parameters["diarization-model"],
            voices=parse_voices(context.parameters["voices"]),
            device=context.choice("device", Device),
            threads=int(context.number("threads")) or available_cores(),
        )


def parse_voices(value: str) -> VoiceBounds:
    """Read `auto`, `3`, `2-5` or `2-`.

    Raises:
        SettingsError: It is none of these, or the bounds hold no number.
    """
    if value.strip() == "auto":
        return VoiceBounds()
    match = _BOUNDS.fullmatch(value.replace(" ", ""))
    if match is not None:
        least = int(match["least"])
        open_ended = match["most"] is None and "-" in value
        most = None if open_ended else int(match["most"] or least)
        if least >= 1 and (most is None or most >= least):
            return VoiceBounds(least, most)
    raise SettingsError(
        f"diarize-track: voices={value!r} is not understood; "
        "use auto, a number such as 3, or bounds such as 2-5 or 2-"
    )
