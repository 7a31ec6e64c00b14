"""Conversations with an endpoint: requests, their tries, and what is learnt about it meanwhile."""

import asyncio
import logging
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import openai
from pydantic import BaseModel, JsonValue

from multitrack_steps.language.llm.completion import Completion, read_completion
from multitrack_steps.language.llm.dialect import AnswerFormat, Dialect, LimitName
from multitrack_steps.language.llm.endpoint import LEAST_CONTEXT_TOKENS, Endpoint
from multitrack_steps.language.llm.failures import (
    AnswerTruncatedError,
    ContextOverflowError,
    Failure,
    Objection,
    understand,
)
from multitrack_steps.language.llm.patience import Patience
from multitrack_steps.language.llm.prompts import prompt
from multitrack_steps.language.llm.schema import schema_of, schema_text
from multitrack_steps.language.llm.tokens import estimate_tokens
from multitrack_steps.language.llm.usage import Usage
from workflow_templates.contracts.base import Seconds
from workflow_templates.runtime.rate_limit import RateLimit

__all__ = ["Chat", "Message"]

_log = logging.getLogger(__name__)

_LEAST_ANSWER_TOKENS = 256
"""With less room than this even a short answer is cut off."""
_FIRST_ANSWER_TOKENS = 8192
"""Asked for at first, if there is room. Generous: thinking models spend most of it on thoughts."""
_OVERHEAD_TOKENS = 64
"""What chat templates add to the messages."""
_CONNECT_TIMEOUT: Seconds = 10.0


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: str
    """`system`, `user` or `assistant`."""
    content: str


@dataclass(frozen=True, slots=True)
class _Request:
    """A conversation in an endpoint's dialect."""

    messages: tuple[Message, ...]
    answer: type[BaseModel]
    temperature: float
    limit: int
    """The longest answer, in tokens."""
    dialect: Dialect

    def body(self, model: str) -> dict[str, JsonValue]:
        """What is posted."""
        body: dict[str, JsonValue] = {
            "model": model,
            "messages": [{"role": turn.role, "content": turn.content} for turn in self.messages],
        }
        if self.dialect.limit_name is not LimitName.UNKNOWN:
            body[self.dialect.limit_name] = self.limit
        if self.dialect.takes_temperature:
            body["temperature"] = self.temperature
        match self.dialect.answer_format:
            case AnswerFormat.BOUNDED_SCHEMA | AnswerFormat.SCHEMA as answer_format:
                bounded = answer_format is AnswerFormat.BOUNDED_SCHEMA
                body["response_format"] = {
                    "type": "json_schema",
                    "json_schema": {
                        "name": self.answer.__name__,
                        "strict": True,
                        "schema": schema_of(self.answer, bounded=bounded),
                    },
                }
            case AnswerFormat.JSON_OBJECT:
                body["response_format"] = {"type": "json_object"}
            case AnswerFormat.PROMPT:
                pass
        return body


class Chat:
    """Sends messages and brings back text. Used within `async with`; knows nothing of meetings."""

    def __init__(self, endpoint: Endpoint, usage: Usage, patience: Patience) -> None:
        self.context_tokens = endpoint.context_tokens
        """What prompt and answer may have together; falls if the endpoint says it holds less."""
        self.endpoint = endpoint
        self._usage = usage
        self._patience = patience
        self._dialect = Dialect()
        self._rate = RateLimit(endpoint.requests_per_second, time.monotonic)
        self._places = asyncio.Semaphore(endpoint.concurrency)
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key,
            max_retries=0,
            timeout=openai.Timeout(
                endpoint.timeout, connect=min(_CONNECT_TIMEOUT, endpoint.timeout)
            ),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.close()

    async def ask(
        self, messages: tuple[Message, ...], answer: type[BaseModel], *, temperature: float
    ) -> Completion:
        """Send a conversation; what comes back ought to be JSON of the given model.

        Raises:
            ContextOverflowError: The messages leave no room for an answer.
            AnswerTruncatedError: The answer does not fit into the room that there is.
            LanguageModelError: The endpoint is away or busy for longer than it is waited for.
            RefusedError: It said no for good.
        """
        wanted = _FIRST_ANSWER_TOKENS
        while True:
            request, completion = await self._answer(messages, answer, temperature, wanted)
            if not completion.is_truncated:
                return completion
            if request.limit < wanted or request.dialect.limit_name is LimitName.UNKNOWN:
                raise AnswerTruncatedError(
                    f"{self.endpoint.address}: the answer of {self.endpoint.model!r} was cut off; "
                    "use a model with a larger context, or one that answers shorter"
                )
            wanted *= 2

    async def _answer(
        self,
        messages: tuple[Message, ...],
        answer: type[BaseModel],
        temperature: float,
        wanted: int,
    ) -> tuple[_Request, Completion]:
        """Try until the endpoint answers; a refusal that teaches something changes the request."""
        tries = 0
        while True:
            dialect, context = self._dialect, self.context_tokens
            sent = _with_schema(messages, answer, dialect)
            limit = min(wanted, self._room_for_answer(sent, context))
            request = _Request(sent, answer, temperature, limit, dialect)
            try:
                return request, await self._send(request)
            except (openai.OpenAIError, TimeoutError) as error:
                failure = understand(error, self.endpoint)
                if self._adapt(failure, dialect, context):
                    continue
                tries += 1
                delay = self._patience.delay_after(tries, failure)
                if delay is None:
                    raise failure.error from error
            await self._pause(delay, failure)

    async def _send(self, request: _Request) -> Completion:
        async with self._places:
            await self._rate.wait()
            async with asyncio.timeout(self.endpoint.timeout):
                body = await self._client.post(
                    "/chat/completions", cast_to=str, body=request.body(self.endpoint.model)
                )
        completion = read_completion(body, self.endpoint)
        self._usage.add(
            "\n".join(turn.content for turn in request.messages),
            completion.reasoning + completion.text,
            completion.tokens,
        )
        return completion

    async def _pause(self, delay: Seconds, failure: Failure) -> None:
        _log.warning(
            "language model is asked again",
            extra={"because": str(failure.error), "delay": delay},
        )
        if failure.retry_after is not None:
            self._rate.hold(delay)
        else:
            await asyncio.sleep(delay)

    def _adapt(self, failure: Failure, dialect: Dialect, context: int) -> bool:
        """Learn from a refusal; true if the next request will be another one.

        Others may have learnt the same meanwhile: only what this request was sent with is given up.
        """
        if failure.objection is Objection.OVERFLOW:
            return self._learn_context(failure.context_tokens, context)
        simpler = dialect.without(failure.objection)
        if simpler is None:
            return False
        if self._dialect == dialect:
            self._dialect = simpler
        return True

    def _learn_context(self, said: int | None, context: int) -> bool:
        if self.context_tokens < context:
            return True
        known = context // 2 if said is None else said
        if not LEAST_CONTEXT_TOKENS <= known < context:
            return False
        self.context_tokens = known
        return True

    def _room_for_answer(self, messages: tuple[Message, ...], context: int) -> int:
        asked = sum(estimate_tokens(turn.content) for turn in messages)
        room = context - asked - _OVERHEAD_TOKENS
        if room < _LEAST_ANSWER_TOKENS:
            raise ContextOverflowError(
                f"{self.endpoint.address}: a request of about {asked} tokens leaves no room for an "
                f"answer in the {context} that {self.endpoint.model!r} holds; "
                "use a model with a larger context"
            )
        return room


def _with_schema(
    messages: tuple[Message, ...], answer: type[BaseModel], dialect: Dialect
) -> tuple[Message, ...]:
    """Put the schema into the last message where the endpoint does not enforce it."""
    if dialect.answer_format < AnswerFormat.JSON_OBJECT:
        return messages
    *earlier, last = messages
    asked = f"{last.content}\n\n{prompt('schema', schema=schema_text(answer))}"
    return (*earlier, Message(last.role, asked))
