"""generate-title: name the meeting in at most ten words."""

from multitrack_steps.context import StepContext
from multitrack_steps.language.backend import LanguageBackend, choose_backend
from multitrack_steps.language.titles import clean_title
from workflow_templates.contracts.minutes import Title, Topics
from workflow_templates.contracts.results import StepReport

__all__ = ["run"]

_UNTITLED = "Untitled Meeting"


def run(context: StepContext) -> StepReport:
    """Write title.json: the given title as it is, else one made from the topics.

    Raises:
        BadInputError: topics.json is not a list of topics.
        SettingsError: The backend's parameters do not fit together.
        LanguageModelError: The language model is away or answers nonsense.
    """
    topics = Topics.read(context.input("topics"))
    backend = choose_backend(context)
    given = context.parameters["title"]
    is_given = bool(given.strip())
    title = given if is_given else _title_of(topics, backend)
    document = Title(title=title, given=is_given, backend=backend.description)
    document.write(context.output("title"))
    return StepReport(warnings=backend.warnings, tokens=backend.tokens)


def _title_of(topics: Topics, backend: LanguageBackend) -> str:
    if not topics.topics:
        return _UNTITLED
    return clean_title(backend.generate_title(topics)) or _UNTITLED
