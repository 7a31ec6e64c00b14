"""The result events: which files they are made of, and what they say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from multitrack.api.reasons import StepPhase
from multitrack.api.recording_job import RecordingJob
from multitrack.gateway.events.changes import is_same_run
from multitrack.gateway.events.event import Event, EventName
from workflow_templates.contracts.minutes import ActionItems, Summary, Title, Topics
from workflow_templates.contracts.results import Waveform
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.legacy.action_items import legacy_action_items
from workflow_templates.legacy.topics import legacy_topics
from workflow_templates.runtime.errors import BadInputError

__all__ = ["RESULTS", "Result", "due_results", "made_results"]

Read = Callable[[str], bytes]
"""Reads one of the job's files, by its key below the job's prefix."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a step makes that followers are told."""

    step: str
    events: Callable[[Read], Iterator[Event]]

    def told(self, read: Read) -> tuple[Event, ...]:
        """Its events.

        Raises:
            BadInputError: A file is not what its contract says.
            MultitrackError: As `read`.
        """
        try:
            return tuple(self.events(read))
        except ValidationError as error:
            raise BadInputError(f"what {self.step} has written is not of its contract") from error


def made_results(job: RecordingJob) -> tuple[Result, ...]:
    """What is there now."""
    done = {step.name for step in job.status.steps if step.phase is StepPhase.SUCCEEDED}
    return tuple(result for result in RESULTS if result.step in done)


def due_results(before: RecordingJob | None, after: RecordingJob) -> tuple[Result, ...]:
    """What has been made since `before`, or made anew."""
    if before is None or not is_same_run(before, after):
        return made_results(after)
    ended = {step.name: step.completion_time for step in after.status.steps}
    earlier = {
        step.name: step.completion_time
        for step in before.status.steps
        if step.phase is StepPhase.SUCCEEDED
    }
    return tuple(
        result
        for result in made_results(after)
        if result.step not in earlier or earlier[result.step] != ended[result.step]
    )


def _topics(read: Read) -> Iterator[Event]:
    transcript = Transcript.model_validate_json(read("transcript.json"))
    topics = Topics.model_validate_json(read("topics.json")).topics
    for topic in legacy_topics(topics, transcript.segments, transcript.words):
        yield Event.of_result(EventName.TOPIC, topic.model_dump(mode="json"))


def _title(read: Read) -> Iterator[Event]:
    title = Title.model_validate_json(read("title.json"))
    yield Event.of_result(EventName.FINAL_TITLE, {"title": title.title})


def _summary(read: Read) -> Iterator[Event]:
    summary = Summary.model_validate_json(read("summary.json"))
    yield Event.of_result(EventName.FINAL_LONG_SUMMARY, {"long_summary": summary.long})
    yield Event.of_result(EventName.FINAL_SHORT_SUMMARY, {"short_summary": summary.short})


def _action_items(read: Read) -> Iterator[Event]:
    found = ActionItems.model_validate_json(read("action_items.json"))
    items = legacy_action_items(found.decisions, found.next_steps)
    yield Event.of_result(EventName.ACTION_ITEMS, {"action_items": items})


def _waveform(read: Read) -> Iterator[Event]:
    waveform = Waveform.model_validate_json(read("waveform.json"))
    yield Event.of_result(EventName.WAVEFORM, {"waveform": list(waveform.peaks)})


RESULTS = (
    Result("detect-topics", _topics),
    Result("generate-title", _title),
    Result("generate-summary", _summary),
    Result("extract-action-items", _action_items),
    Result("generate-waveform", _waveform),
)
"""In the order in which they are replayed."""
