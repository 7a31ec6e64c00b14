"""compare-run: shadow mode's proof, our result beside what the legacy pipeline made of it."""

from pydantic import TypeAdapter, ValidationError

from multitrack_steps.comparison.legacy_result import fetch_legacy_side
from multitrack_steps.context import StepContext
from workflow_templates.comparison.comparing import compare_sides
from workflow_templates.comparison.ours import read_tracks, side_of
from workflow_templates.comparison.page import write_page
from workflow_templates.comparison.settings import ComparisonSettings
from workflow_templates.comparison.side import Side, nothing
from workflow_templates.contracts.comparison import StepFigures
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.results import StepReport
from workflow_templates.runtime.errors import (
    BadInputError,
    RefusedError,
    SettingsError,
    TemporaryError,
)

__all__ = ["run"]

_STEPS = TypeAdapter(tuple[StepFigures, ...])


def run(context: StepContext) -> StepReport:
    """Fetch, compare, and write comparison/comparison.json and comparison.html.

    A legacy side that cannot be had is a result too: an incomplete comparison that says why. As
    long as it may still come, and somebody tries again, the step ends as temporary instead.

    Raises:
        SettingsError: A parameter is wrong.
        BadInputError: Our own result cannot be read.
        TemporaryError: The legacy is away or still processing, and this is not the last try.
    """
    settings = ComparisonSettings.parse(context.parameters["comparison-settings"])
    steps = _steps(context.parameters["own-steps"])
    meeting = PublishedTranscript.read(context.input("transcript"))
    ours = side_of(
        meeting,
        "published/transcript.json",
        tracks=read_tracks(context.input("tracks")),
        steps=steps,
    )
    theirs, warnings = _legacy_side(context, meeting)
    comparison = compare_sides(ours, theirs, settings)
    comparison.write(context.output("comparison"))
    write_page(comparison, context.output("page"))
    context.write_parameter("verdict", comparison.verdict.value)
    context.write_parameter("sentence", comparison.sentence)
    return StepReport(warnings=warnings)


def _legacy_side(
    context: StepContext, meeting: PublishedTranscript
) -> tuple[Side, tuple[str, ...]]:
    try:
        return fetch_legacy_side(context, meeting.recording), ()
    except SettingsError:
        raise
    except TemporaryError as error:
        if not context.is_last_attempt:
            raise TemporaryError(f"{error}; the next try asks again") from error
        why = f"{error}, also at the last of {context.attempts} tries."
    except (RefusedError, BadInputError) as error:
        why = f"{error}."
    return nothing(context.parameters["legacy-url"], why), (f"not compared: {why}",)


def _steps(text: str) -> tuple[StepFigures, ...]:
    try:
        return _STEPS.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise SettingsError(
            f"compare-run: own-steps is no list of {{name, seconds, cost}} ({first['msg']})"
        ) from error
