"""extract-action-items: what was decided, and who does what next."""

from multitrack_steps.context import StepContext
from multitrack_steps.language.attribution import Attribution
from multitrack_steps.language.backend import ActionItemsDraft, choose_backend
from workflow_templates.contracts.minutes import ActionItems
from workflow_templates.contracts.recording import Participants
from workflow_templates.contracts.results import StepReport
from workflow_templates.contracts.transcript import Transcript

__all__ = ["run"]


def run(context: StepContext) -> StepReport:
    """Write action_items.json; without words it is empty and nobody is asked.

    Raises:
        BadInputError: transcript.json or participants.json is not what its name says.
        SettingsError: The backend's parameters do not fit together.
        LanguageModelError: The language model is away or answers nonsense.
    """
    transcript = Transcript.read(context.input("transcript"))
    participants = Participants.read(context.input("participants"))
    backend = choose_backend(context)
    has_words = bool(transcript.segments)
    draft = backend.extract_action_items(transcript) if has_words else ActionItemsDraft()
    attribution = Attribution(transcript, participants)
    ActionItems(
        backend=backend.description,
        decisions=tuple(attribution.of_decision(decision) for decision in draft.decisions),
        next_steps=tuple(attribution.of_next_step(step) for step in draft.next_steps),
    ).write(context.output("action-items"))
    return StepReport(warnings=backend.warnings, tokens=backend.tokens)
