"""Which optional parts of the protocol an endpoint understands: learnt from its refusals.

OpenAI's own reasoning models refuse `max_tokens` and `temperature`, its strict schemas refuse
bounds on strings, older llama.cpp and many gateways know no `json_schema`, some know no
`response_format` at all.
"""

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from multitrack_steps.language.llm.failures import Objection

__all__ = ["AnswerFormat", "Dialect", "LimitName"]


class AnswerFormat(IntEnum):
    """How an endpoint is held to the asked form, best first."""

    BOUNDED_SCHEMA = 0
    """`json_schema`, strict, with bounds on lengths, which keep small models from running on."""
    SCHEMA = 1
    """`json_schema`, strict, without bounds."""
    JSON_OBJECT = 2
    """`json_object`; the schema stands in the prompt."""
    PROMPT = 3
    """No `response_format`; the schema stands in the prompt."""


class LimitName(StrEnum):
    """What the longest answer is called."""

    MAX_TOKENS = "max_tokens"
    MAX_COMPLETION_TOKENS = "max_completion_tokens"
    UNKNOWN = ""
    """Neither is accepted: the endpoint decides."""


_NEXT_LIMIT = {
    LimitName.MAX_TOKENS: LimitName.MAX_COMPLETION_TOKENS,
    LimitName.MAX_COMPLETION_TOKENS: LimitName.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is sent along with the messages."""

    answer_format: AnswerFormat = AnswerFormat.BOUNDED_SCHEMA
    limit_name: LimitName = LimitName.MAX_TOKENS
    takes_temperature: bool = True

    def without(self, objection: Objection) -> "Dialect | None":
        """The next simpler dialect after a refusal; None where nothing is left to give up."""
        match objection:
            case Objection.FORMAT if self.answer_format is not AnswerFormat.PROMPT:
                return replace(self, answer_format=AnswerFormat(self.answer_format + 1))
            case Objection.LIMIT if self.limit_name in _NEXT_LIMIT:
                return replace(self, limit_name=_NEXT_LIMIT[self.limit_name])
            case Objection.TEMPERATURE if self.takes_temperature:
                return replace(self, takes_temperature=False)
            case _:
                return None
