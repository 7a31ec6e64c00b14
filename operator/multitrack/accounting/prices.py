"""What was used, and what that costs by an installation's own table of prices."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from multitrack.api.base import Resource

__all__ = ["PriceTable", "Spent"]

_HOUR = 3600
_MILLION = 1_000_000

Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a try, a step or a job has used. Starts at nothing, and can be added up."""

    cpu_seconds: int = 0
    """Requested CPU cores times seconds, as Argo counts them."""
    memory_gib_seconds: float = 0.0
    """Requested memory times seconds."""
    gpu_seconds: int = 0
    """Devices times seconds."""
    audio_seconds: float = 0.0
    """Audio that the step says it worked on."""
    prompt_tokens: int = 0
    """What a language model read."""
    completion_tokens: int = 0
    """What it wrote."""

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.cpu_seconds + other.cpu_seconds,
            self.memory_gib_seconds + other.memory_gib_seconds,
            self.gpu_seconds + other.gpu_seconds,
            self.audio_seconds + other.audio_seconds,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
        )


class PriceTable(Resource):
    """Prices in one currency. What has no price costs nothing."""

    currency: Annotated[str, Field(max_length=16)] = ""
    """The currency's word, as it is to be shown: `EUR`. Empty: nothing is said about cost."""
    cpu_hour: Price = 0.0
    """An hour of one requested CPU core."""
    memory_gib_hour: Annotated[Price, Field(alias="memoryGiBHour")] = 0.0
    """An hour of one requested GiB of memory."""
    gpu_hour: Price = 0.0
    """An hour of one GPU, or of the part of one that is a device of its own."""
    million_prompt_tokens: Price = 0.0
    """A million tokens that a language model reads."""
    million_completion_tokens: Price = 0.0
    """A million tokens that it writes."""

    @property
    def is_set(self) -> bool:
        """The installation has said what its prices are in."""
        return bool(self.currency)

    def cost(self, spent: Spent) -> float:
        """In the table's currency."""
        return (
            spent.cpu_seconds / _HOUR * self.cpu_hour
            + spent.memory_gib_seconds / _HOUR * self.memory_gib_hour
            + spent.gpu_seconds / _HOUR * self.gpu_hour
            + spent.prompt_tokens / _MILLION * self.million_prompt_tokens
            + spent.completion_tokens / _MILLION * self.million_completion_tokens
        )
