"""One conversation with an endpoint: a request, its tries, and what was learnt about the endpoint meanwhile."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, assert_never

import openai
from openai.types.chat import ChatCompletion
from pydantic import BaseModel

from multitrack_steps.language.llm.dialect import AnswerFormat, Dialect, LimitName
from multitrack_steps.language.llm.endpoint import LEAST_CONTEXT_TOKENS, Endpoint
from multitrack_steps.language.llm.failures import (
    AnswerTruncatedError,
    ContextOverflowError,
    Failure,
    Objection,
    understand,
)
from multitrack_steps.language.llm.prompts import prompt
from multitrack_steps.language.llm.rate_limit import RateLimit
from multitrack_steps.language.llm.schema import schema_of, schema_text
from multitrack_steps.language.llm.tokens import estimate_tokens
from multitrack_steps.language.llm.usage import Usage
from workflow_templates.contracts.base import Seconds

__all__ = ["Answer", "Chat", "Message", "Patience"]

_log = logging.getLogger(__name__)

_LEAST_ANSWER_TOKENS = 512
"""With less room than this, even a short answer of a model that thinks first is cut off."""
_FIRST_ANSWER_TOKENS = 8192
"""Asked for at first, if there is room. Generous: thinking models spend most of it before they answer."""
_MESSAGE_OVERHEAD_TOKENS = 64
"""What chat templates add to the messages."""
_CONNECT_TIMEOUT: Seconds = 10.0


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: str
    """`system`, `user` or `assistant`."""
    content: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote."""

    text: str
    """May be empty."""
    reasoning: str
    """What the endpoint itself set apart as thought; some put the whole answer there."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an endpoint that is away or busy is waited for, within one run of a step.

    The step itself is tried again by its engine, much later; so this only bridges what passes quickly.
    """

    tries: int = 5
    first_delay: Seconds = 0.5
    """Doubled after each further try."""
    longest_delay: Seconds = 60.0
    """Also of what the endpoint asks for: if it wants a longer pause, the step ends and is tried again later."""
    timeouts: int = 2
    """Tries that may end in silence: each costs the whole timeout."""

    def delay_after(self, tries: int, failure: Failure) -> Seconds | None:
        """Seconds until the next try; None: no further one."""
        if tries >= self.tries or (failure.is_timeout and tries >= self.timeouts):
            return None
        if failure.retry_after is not None:
            return failure.retry_after if failure.retry_after <= self.longest_delay else None
        return min(self.longest_delay, self.first_delay * 2.0 ** (tries - 1))


class Chat:
    """Sends messages and brings back text. Used within `async with`; knows nothing of meetings."""

    def __init__(
        self,
        endpoint: Endpoint,
        usage: Usage,
        *,
        patience: Patience,
        clock: Callable[[], Seconds] = time.monotonic,
    ) -> None:
        self.context_tokens = endpoint.context_tokens
        """What prompt and answer may have together; falls when the endpoint says that it holds less."""
        self._endpoint = endpoint
        self._usage = usage
        self._patience = patience
        self._dialect = Dialect()
        self._rate = RateLimit(endpoint.requests_per_second, clock)
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
        self, messages: list[Message], answer: type[BaseModel], *, temperature: float
    ) -> Answer:
        """Send a conversation; the answer is text that ought to be JSON of the given model.

        Raises:
            ContextOverflowError: The messages leave no room for an answer.
            AnswerTruncatedError: The answer does not fit into the room that there is.
            LanguageModelError: The endpoint is away or busy for longer than it is waited for.
            RefusedError: It said no for good.
        """
        wanted = _FIRST_ANSWER_TOKENS
        tries = 0
        while True:
            dialect, context = self._dialect, self.context_tokens
            sent = _with_schema(messages, answer, dialect)
            room = self._room_for_answer(sent, context)
            limit = min(wanted, room)
            try:
                completion = await self._request(sent, answer, dialect, limit, temperature)
            except (openai.OpenAIError, TimeoutError) as error:
                tries += 1
                failure = understand(error, self._endpoint)
                delay = self._next_delay(failure, tries, dialect, context)
                if delay is None:
                    raise failure.error from error
                _log.warning(
                    "language model is asked again",
                    extra={"because": str(failure.error), "tries": tries, "delay": delay},
                )
                if failure.objection is not Objection.TRY_AGAIN:
                    tries = 0
                await asyncio.sleep(delay)
                continue
            found = self._read(completion, sent)
            if not _is_truncated(completion):
                return found
            if limit == room or dialect.limit_name is LimitName.UNKNOWN:
                raise AnswerTruncatedError(
                    f"{self._endpoint.address}: the answer of {self._endpoint.model!r} was cut off; "
                    "use a model with a larger context, or one that answers shorter"
                )
            wanted *= 2
