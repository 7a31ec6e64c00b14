"""The `openai` backend: one language model, asked for structured answers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Self, TypeVar

from multitrack_steps.context import StepContext
from multitrack_steps.language.backend import ActionItemsDraft, SummaryDraft, TopicDraft
from multitrack_steps.language.llm.action_items import extract_action_items
from multitrack_steps.language.llm.chat import Chat
from multitrack_steps.language.llm.endpoint import Endpoint
from multitrack_steps.language.llm.patience import Patience
from multitrack_steps.language.llm.stretches import as_data
from multitrack_steps.language.llm.summary import generate_summary
from multitrack_steps.language.llm.title import generate_title
from multitrack_steps.language.llm.topics import detect_topics
from multitrack_steps.language.llm.usage import Usage
from multitrack_steps.language.llm.writer import Writer
from workflow_templates.catalog import Resources
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.minutes import Backend, Topics
from workflow_templates.contracts.results import Tokens
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.runtime.errors import LanguageModelError

__all__ = ["OpenAIBackend"]

_T = TypeVar("_T")

_SHARE_OF_DEADLINE = 0.9
"""The backend gives up before the step's deadline, so that a sentence says why."""


class OpenAIBackend:
    """Implements `multitrack_steps.language.backend.LanguageBackend`. Asynchronous inside."""

    def __init__(
        self, endpoint: Endpoint, resources: Resources, *, patience: Patience | None = None
    ) -> None:
        self._endpoint = endpoint
        self._resources = resources
        self._patience = patience or Patience()
        self._usage = Usage()

    @classmethod
    def from_context(cls, context: StepContext) -> Self:
        """Make the backend that a step's parameters and environment describe.

        Raises:
            SettingsError: A parameter is wrong.
        """
        return cls(Endpoint.from_context(context), context.step.resources)

    @property
    def description(self) -> Backend:
        """Who writes, for the documents."""
        return Backend(
            name="openai",
            model=self._endpoint.model,
            note="Written by a language model from the transcript; it can be wrong.",
        )

    @property
    def tokens(self) -> Tokens | None:
        """What was used so far, tries that came to nothing included."""
        return self._usage.tokens

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader should know about the result: one sentence each."""
        return self._usage.warnings

    def detect_topics(self, transcript: Transcript) -> tuple[TopicDraft, ...]:
        """Divide all segments into consecutive topics without holes; none for no segments.

        Raises:
            LanguageModelError: The endpoint is away, busy, or gives no usable answer.
            RefusedError: It said no for good.
            SettingsError: The model's context is too small.
        """
        return self._run(lambda writer: detect_topics(writer, transcript), transcript)

    def generate_title(self, topics: Topics) -> str:
        """At most ten words. Raises as `detect_topics`."""
        return self._run(lambda writer: generate_title(writer, topics), None)

    def generate_summary(self, transcript: Transcript, topics: Topics) -> SummaryDraft:
        """Recap and subjects. Raises as `detect_topics`."""
        return self._run(lambda writer: generate_summary(writer, transcript, topics), transcript)

    def extract_action_items(self, transcript: Transcript) -> ActionItemsDraft:
        """Decisions and next steps. Raises as `detect_topics`."""
        return self._run(lambda writer: extract_action_items(writer, transcript), transcript)

    def _run(self, work: Callable[[Writer], Awaitable[_T]], transcript: Transcript | None) -> _T:
        return asyncio.run(self._work(work, transcript))

    async def _work(
        self, work: Callable[[Writer], Awaitable[_T]], transcript: Transcript | None
    ) -> _T:
        time_left = self._time_for(transcript.duration if transcript else 0.0)
        async with Chat(self._endpoint, self._usage, self._patience) as chat:
            writer = Writer(
                chat, participants=_participants(transcript), language=_language(transcript)
            )
            try:
                async with asyncio.timeout(time_left):
                    return await work(writer)
            except TimeoutError as error:
                raise LanguageModelError(
                    f"{self._endpoint.address}: not done within this step's {time_left:.0f} s; "
                    "try again later, or use a faster model or endpoint"
                ) from error

    def _time_for(self, duration: Seconds) -> Seconds:
        deadline = self._resources.deadline
        deadline += self._resources.deadline_per_recorded_second * duration
        return _SHARE_OF_DEADLINE * deadline


def _participants(transcript: Transcript | None) -> Sequence[str]:
    return [as_data(speaker.name) for speaker in transcript.speakers] if transcript else []


def _language(transcript: Transcript | None) -> str:
    """How the system prompt names the language to write in."""
    if transcript is None:
        return "the language of the topics"
    if transcript.language is None:
        return "the language of the transcript"
    return f"the language of the transcript (ISO 639-1 code: {transcript.language})"
