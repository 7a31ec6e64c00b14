"""detect-topics: divide the meeting into topics."""

from multitrack_steps.context import StepContext
from multitrack_steps.language.backend import choose_backend
from multitrack_steps.language.topic_documents import topics_document
from workflow_templates.contracts.results import StepReport
from workflow_templates.contracts.transcript import Transcript

__all__ = ["run"]


def run(context: StepContext) -> StepReport:
    """Write topics.json; without words it is empty and nobody is asked.

    Raises:
        BadInputError: transcript.json is not a transcript.
        SettingsError: The backend's parameters do not fit together.
        LanguageModelError: The language model is away or answers nonsense.
    """
    transcript = Transcript.read(context.input("transcript"))
    backend = choose_backend(context)
    drafts = backend.detect_topics(transcript) if transcript.segments else ()
    topics_document(transcript, drafts, backend.description).write(context.output("topics"))
    return StepReport(warnings=backend.warnings, tokens=backend.tokens)
