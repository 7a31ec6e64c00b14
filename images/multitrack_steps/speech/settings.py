"""What transcribe-track is told, checked when it starts."""

from dataclasses import dataclass
from enum import StrEnum

from multitrack_steps.context import StepContext
from multitrack_steps.speech.cores import available_cores
from multitrack_steps.speech.languages import AUTO, WHISPER_LANGUAGES
from workflow_templates.runtime.errors import SettingsError

__all__ = ["Backend", "Decoding", "Device", "TranscriptionSettings"]


class Backend(StrEnum):
    """Who transcribes."""

    FASTER_WHISPER = "faster-whisper"
    OPENAI = "openai"


class Decoding(StrEnum):
    """How faster-whisper decodes."""

    BATCHED = "batched"
    SEQUENTIAL = "sequential"


class Device(StrEnum):
    """Where faster-whisper computes."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True, slots=True)
class TranscriptionSettings:
    """The step's parameters, as values."""

    backend: Backend
    model: str
    language: str
    """A code that Whisper knows, or `auto`."""
    vocabulary: tuple[str, ...]
    decoding: Decoding
    device: Device
    compute_type: str
    threads: int
    """At least 1."""
    batch_size: int
    base_url: str

    @classmethod
    def from_context(cls, context: StepContext) -> "TranscriptionSettings":
        """Read and check the parameters.

        Raises:
            SettingsError: One is not what it should be.
        """
        parameters = context.parameters
        backend = context.choice("transcription-backend", Backend)
        base_url = parameters["transcription-base-url"]
        if backend is Backend.OPENAI and not base_url:
            raise SettingsError(
                f"{context.step.name}: the backend openai needs an endpoint; "
                "set transcription-base-url, or choose transcription-backend=faster-whisper"
            )
        names = (name.strip() for name in parameters["vocabulary"].split(","))
        return cls(
            backend=backend,
            model=parameters["model"],
            language=_language(parameters["language"]),
            vocabulary=tuple(dict.fromkeys(name for name in names if name)),
            decoding=context.choice("decoding", Decoding),
            device=context.choice("device", Device),
            compute_type=parameters["compute-type"],
            threads=int(context.number("threads")) or available_cores(),
            batch_size=int(context.number("batch-size", least=1)),
            base_url=base_url,
        )


def _language(code: str) -> str:
    language = code.strip().lower()
    if language != AUTO and language not in WHISPER_LANGUAGES:
        raise SettingsError(
            f"transcribe-track: the language {code!r} is not known; "
            "use its ISO 639-1 code, such as en, de or pt, or auto"
        )
    return language
