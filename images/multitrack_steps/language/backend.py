"""What a language backend must be able to do, and how one is chosen.

A backend writes drafts; the steps turn drafts into documents (ids, times, participants), so that
both backends obey the
same rules and no id ever comes from a model's text.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from multitrack_steps.context import StepContext
from workflow_templates.contracts.minutes import Backend, Decision, NextStep, Subject, Topics
from workflow_templates.contracts.results import Tokens
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.runtime.errors import SettingsError

__all__ = [
    "ActionItemsDraft",
    "BackendName",
    "LanguageBackend",
    "SummaryDraft",
    "TopicDraft",
    "choose_backend",
]


class BackendName(StrEnum):
    """The values of the parameter `backend`."""

    AUTO = "auto"
    EXTRACTIVE = "extractive"
    OPENAI = "openai"


@dataclass(frozen=True, slots=True)
class TopicDraft:
    """A stretch of segments about one thing, its first and its last segment included."""

    title: str
    summary: str
    first_segment: int
    last_segment: int


@dataclass(frozen=True, slots=True)
class SummaryDraft:
    """A recap in plain text, and one text per subject in Markdown."""

    short: str
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class ActionItemsDraft:
    """Names as they were said; the step finds the participants."""

    decisions: tuple[Decision, ...] = ()
    next_steps: tuple[NextStep, ...] = field(default=())


class LanguageBackend(Protocol):
    """Writes the minutes. One object serves one run of one step."""

    @property
    def description(self) -> Backend:
        """Who writes, for the documents."""

    @property
    def tokens(self) -> Tokens | None:
        """What was used so far; None where no model is asked."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader should know about the result: one sentence each."""

    def detect_topics(self, transcript: Transcript) -> tuple[TopicDraft, ...]:
        """Divide all segments into consecutive topics without holes; none for no segments."""

    def generate_title(self, topics: Topics) -> str:
        """At most ten words. Only called with at least one topic."""

    def generate_summary(self, transcript: Transcript, topics: Topics) -> SummaryDraft:
        """Recap and subjects. Only called with at least one segment."""

    def extract_action_items(self, transcript: Transcript) -> ActionItemsDraft:
        """Decisions and next steps. Only called with at least one segment."""


def choose_backend(context: StepContext) -> LanguageBackend:
    """The backend that the step's parameters ask for; each is imported only when it is used.

    Raises:
        SettingsError: `openai` without an endpoint or model, or an unknown backend.
    """
    endpoint = context.parameters["llm-base-url"]
    match context.choice("backend", BackendName):
        case BackendName.EXTRACTIVE:
            return _extractive()
        case BackendName.AUTO if not endpoint:
            return _extractive()
        case BackendName.AUTO | BackendName.OPENAI:
            if not endpoint or not context.parameters["llm-model"]:
                raise SettingsError(
                    f"{context.step.name}: the backend openai needs an endpoint and a model; "
                    "set llm-base-url and llm-model, or choose the backend extractive"
                )
            from multitrack_steps.language.llm.backend import OpenAIBackend  # noqa: PLC0415

            return OpenAIBackend.from_context(context)


def _extractive() -> LanguageBackend:
    from multitrack_steps.language.extractive.backend import ExtractiveBackend  # noqa: PLC0415

    return ExtractiveBackend()
