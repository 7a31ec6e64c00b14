"""The backend that needs no language model: everything is taken from the transcript."""

from dataclasses import dataclass, field

from multitrack_steps.language.backend import ActionItemsDraft, SummaryDraft, TopicDraft
from multitrack_steps.language.extractive.lexis import Lexis, lexis_for
from workflow_templates.contracts.minutes import Backend, Topics
from workflow_templates.contracts.transcript import Transcript

__all__ = ["ExtractiveBackend"]

_NOTE = "Sentences taken from the transcript; no language model was used."
_UNKNOWN_NOTE = (
    "The extractive backend does not know this language: parts are cut at pauses; "
    "no language model was used."
)
_UNKNOWN_WARNING = (
    "The extractive backend does not know the language ({language}): parts are cut at pauses and "
    "no action items are found; set up a language model for better minutes."
)
_LEXICAL_WARNING = (
    "The extractive backend knows the words of this language ({language}), not its cue phrases: "
    "topics follow vocabulary and pauses, and no action items are found."
)
_DESCRIPTION = Backend(name="extractive", note=_NOTE)


@dataclass(slots=True)
class ExtractiveBackend:
    """Offline and deterministic. Imports are deferred, so that each step pays only for its own."""

    warnings: tuple[str, ...] = field(default=(), init=False)
    tokens: None = field(default=None, init=False)
    description: Backend = field(default=_DESCRIPTION, init=False)

    def detect_topics(self, transcript: Transcript) -> tuple[TopicDraft, ...]:
        """Divide by cue phrases, vocabulary and pauses; by pauses alone in an unknown language."""
        from multitrack_steps.language.extractive.parts import draft_parts  # noqa: PLC0415
        from multitrack_steps.language.extractive.topics import draft_topics  # noqa: PLC0415

        lexis = self._lexis(transcript)
        return draft_topics(transcript, lexis) if lexis else draft_parts(transcript)

    def generate_title(self, topics: Topics) -> str:
        """Join the titles of the longest topics."""
        from multitrack_steps.language.extractive.meeting_title import join_titles  # noqa: PLC0415

        return join_titles(topics)

    def generate_summary(self, transcript: Transcript, topics: Topics) -> SummaryDraft:
        """Choose telling sentences of each topic."""
        from multitrack_steps.language.extractive.summary import (  # noqa: PLC0415
            draft_plain_summary,
            draft_summary,
        )

        lexis = self._lexis(transcript)
        return draft_summary(transcript, topics, lexis) if lexis else draft_plain_summary(topics)

    def extract_action_items(self, transcript: Transcript) -> ActionItemsDraft:
        """Find decisions and next steps by the phrases in which English speakers put them."""
        from multitrack_steps.language.extractive.decisions import find_decisions  # noqa: PLC0415
        from multitrack_steps.language.extractive.names import Roster  # noqa: PLC0415
        from multitrack_steps.language.extractive.sentences import split_sentences  # noqa: PLC0415
        from multitrack_steps.language.extractive.tasks import find_next_steps  # noqa: PLC0415

        lexis = self._lexis(transcript)
        if lexis is None or not lexis.is_english:
            return ActionItemsDraft()
        sentences = split_sentences(transcript)
        return ActionItemsDraft(
            decisions=find_decisions(sentences, lexis),
            next_steps=find_next_steps(sentences, lexis, Roster.of(transcript)),
        )

    def _lexis(self, transcript: Transcript) -> Lexis | None:
        """What is known of the transcript's language; says so where it is little."""
        lexis = lexis_for(transcript.language)
        language = transcript.language or "unknown"
        if lexis is None:
            self.description = Backend(name="extractive", note=_UNKNOWN_NOTE)
            self.warnings = (_UNKNOWN_WARNING.format(language=language),)
        elif not lexis.is_english:
            self.warnings = (_LEXICAL_WARNING.format(language=language),)
        return lexis
