"""generate-summary: a recap, and a text by subject."""

from multitrack_steps.context import StepContext
from multitrack_steps.language.backend import choose_backend
from multitrack_steps.language.summary_document import empty_summary, summary_document
from workflow_templates.contracts.minutes import Topics
from workflow_templates.contracts.results import StepReport
from workflow_templates.contracts.transcript import Transcript

__all__ = ["run"]


def run(context: StepContext) -> StepReport:
    """Write summary.json; without words it is empty and nobody is asked.

    Raises:
        BadInputError: transcript.json or topics.json is not what its name says.
        SettingsError: The backend's parameters do not fit together.
        LanguageModelError: The language model is away or answers nonsense.
    """
    transcript = Transcript.read(context.input("transcript"))
    topics = Topics.read(context.input("topics"))
    backend = choose_backend(context)
    if transcript.segments:
        draft = backend.generate_summary(transcript, topics)
        summary = summary_document(transcript, draft, backend.description)
    else:
        summary = empty_summary(backend.description)
    summary.write(context.output("summary"))
    return StepReport(warnings=backend.warnings, tokens=backend.tokens)
