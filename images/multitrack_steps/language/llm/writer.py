"""Asking a question until the answer can be used."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from multitrack_steps.language.llm.answer import json_objects, without_reasoning
from multitrack_steps.language.llm.chat import Chat, Message
from multitrack_steps.language.llm.completion import Completion
from multitrack_steps.language.llm.failures import ContextOverflowError, UnusableAnswerError
from multitrack_steps.language.llm.prompts import prompt
from multitrack_steps.language.llm.tokens import estimate_tokens
from workflow_templates.runtime.errors import SettingsError

__all__ = ["Question", "Writer", "clip_evenly"]

_T = TypeVar("_T", bound=BaseModel)

_REPAIRS = 3
"""Tries after the first answer."""
_LONGEST_QUOTE = 2000
"""Characters of a bad answer that are shown to the model again."""
_LONGEST_COMPLAINT = 500
_TEMPERATURE = 0.2
"""Minutes report, they do not invent."""
_WARMER = 0.2
"""Added for each repair: at the same temperature a model tends to repeat its mistake."""
_INSTRUCTION_TOKENS = 600
"""The longest prompt's own words, or what a repair adds to it."""
_LEAST_MATERIAL_TOKENS = 200


def _nothing_to_wish(_: object) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Question(Generic[_T]):
    """What is asked, and what the answer has to look like."""

    text: str
    answer: type[_T]
    wish: Callable[[_T], str | None] = field(default=_nothing_to_wish)
    """What a valid answer could do better: asked for, but if it does not come, not insisted on."""


class Writer:
    """A language model that was told whose meeting it is, and what minutes are."""

    def __init__(self, chat: Chat, *, participants: Sequence[str], language: str) -> None:
        self._chat = chat
        self._system = Message(
            "system",
            prompt("system", participants=", ".join(participants) or "unknown", language=language),
        )

    @property
    def material_tokens(self) -> int:
        """How much of the meeting to show at once: half the context, less the instructions."""
        return max(_LEAST_MATERIAL_TOKENS, self._chat.context_tokens // 2 - _INSTRUCTION_TOKENS)

    async def ask(self, question: Question[_T]) -> _T:
        """Ask, and ask again with what was wrong, until the answer can be used.

        Raises:
            UnusableAnswerError: It could not be used after all repairs.
            LanguageModelError, RefusedError: As `Chat.ask`.
        """
        asked = (self._system, Message("user", question.text))
        messages: tuple[Message, ...] = asked
        valid: _T | None = None
        complaint = ""
        for attempt in range(1 + _REPAIRS):
            completion = await self._chat.ask(
                messages, question.answer, temperature=_TEMPERATURE + attempt * _WARMER
            )
            text = without_reasoning(completion.text)
            found = _read(text, completion, question.answer)
            if isinstance(found, str):
                complaint = found
            else:
                valid, wish = found, question.wish(found)
                if wish is None:
                    return found
                complaint = wish
            messages = (*asked, *_repair(text, complaint))
        if valid is not None:
            return valid
        endpoint = self._chat.endpoint
        raise UnusableAnswerError(
            f"{endpoint.address}: {endpoint.model!r} gave no usable answer in {1 + _REPAIRS} tries "
            f"({complaint.rstrip('.')}); try again, or use a more capable model"
        )

    async def ask_shortened(self, question_on: Callable[[int], Question[_T]]) -> _T:
        """Ask about material that can be clipped, as far as the context needs it.

        Args:
            question_on: Makes the question, with so many tokens of material.

        Raises:
            SettingsError: Not even a little of it fits.
            UnusableAnswerError, LanguageModelError, RefusedError: As `ask`.
        """
        tokens = self.material_tokens
        while True:
            try:
                return await self.ask(question_on(tokens))
            except ContextOverflowError as error:
                if tokens <= _LEAST_MATERIAL_TOKENS:
                    raise SettingsError(str(error)) from error
            # The context may have turned out smaller than promised, or the estimate too low.
            tokens = max(_LEAST_MATERIAL_TOKENS, min(self.material_tokens, tokens // 2))


def clip_evenly(texts: Sequence[str], most_tokens: int) -> list[str]:
    """Shorten all texts by the same share, so that together they cost about `most_tokens`."""
    total = sum(estimate_tokens(text) for text in texts)
    if total <= most_tokens:
        return list(texts)
    share = most_tokens / total
    return [text[: int(len(text) * share)].rstrip() + "…" for text in texts]


def _read(text: str, completion: Completion, answer: type[_T]) -> _T | str:
    """The answer, or a sentence on why there is none."""
    objects = [*json_objects(text), *json_objects(without_reasoning(completion.reasoning))]
    if not objects:
        return "it is empty." if not text else "it holds no JSON object."
    complaint = ""
    for found in objects:
        try:
            return answer.model_validate(found)
        except ValidationError as error:
            complaint = complaint or _sentence(error)
    return complaint


def _sentence(error: ValidationError) -> str:
    faults = [
        f"{'.'.join(str(part) for part in fault['loc']) or 'the object'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False)[:3]
    ]
    return "; ".join(faults)[:_LONGEST_COMPLAINT] + "."


def _repair(bad: str, complaint: str) -> tuple[Message, ...]:
    correction = Message("user", prompt("repair", complaint=complaint))
    return (Message("assistant", bad[:_LONGEST_QUOTE]), correction) if bad else (correction,)
