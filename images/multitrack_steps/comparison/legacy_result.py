"""What the legacy pipeline made of a recording, fetched as a side of the comparison."""

import os
from dataclasses import dataclass

from multitrack_steps.comparison.legacy_api import LegacyApi, NotThereError
from multitrack_steps.comparison.search import find_transcript
from multitrack_steps.context import StepContext
from workflow_templates.comparison.legacy import (
    LegacyAnswer,
    LegacyTopic,
    legacy_side,
    read_answer,
    read_topics,
)
from workflow_templates.comparison.side import Side
from workflow_templates.contracts.published import PublishedRecording
from workflow_templates.legacy.formats import TextFormat
from workflow_templates.runtime.errors import (
    BadInputError,
    RefusedError,
    SettingsError,
    TemporaryError,
)

__all__ = ["fetch_legacy_side"]

_TOKEN = "MULTITRACK_LEGACY_API_TOKEN"  # noqa: S105 - a variable's name
_TRANSCRIPT = "{legacy_url}/v1/transcripts/{transcript_id}"
_TOPICS = "{transcript_url}/topics/with-words"
_ENDED, _FAILED = "ended", "error"
_TEXTS = (TextFormat.TEXT, TextFormat.TEXT_TIMESTAMPED, TextFormat.WEBVTT_NAMED)


@dataclass(frozen=True, slots=True)
class _Place:
    transcript: str
    topics: str


def fetch_legacy_side(context: StepContext, recording: PublishedRecording) -> Side:
    """Ask the legacy API for the recording's transcript, with words and in every format.

    Raises:
        SettingsError: No address, or not one of the web.
        TemporaryError: It is away, busy, has no transcript, or is still processing.
        RefusedError: It refuses the token, several transcripts fit, or the legacy run failed.
        BadInputError: It is of a version that is not known.
    """
    parameters = context.parameters
    base = parameters["legacy-url"].rstrip("/")
    if not base:
        raise SettingsError("compare-run: legacy-url is empty; name the legacy API's address")
    token = os.environ.get(_TOKEN, "").strip()
    timeout = context.number("legacy-timeout", least=0.1)
    with LegacyApi(base, token, timeout=timeout) as api:
        place = _locate(api, base, context, recording)
        answer = _ended(api, place)
        return legacy_side(
            answer, place.transcript, topics=_topics(api, place), formats=_formats(api, place)
        )


def _locate(
    api: LegacyApi, base: str, context: StepContext, recording: PublishedRecording
) -> _Place:
    """Fill in the templates; the list is searched only if the transcript's id is needed."""
    parameters = context.parameters
    template = parameters["legacy-transcript-url"] or _TRANSCRIPT
    known = {
        "legacy_url": base,
        "recording_id": parameters["legacy-recording-id"] or recording.id,
        "transcript_id": parameters["legacy-transcript-id"],
    }
    if "{transcript_id}" in template and not known["transcript_id"]:
        known["transcript_id"] = find_transcript(api, base, recording, known["recording_id"])
    transcript = _filled("legacy-transcript-url", template, known)
    topics = parameters["legacy-topics-url"] or _TOPICS
    return _Place(
        transcript, _filled("legacy-topics-url", topics, {**known, "transcript_url": transcript})
    )


def _filled(parameter: str, template: str, known: dict[str, str]) -> str:
    try:
        return template.format(**known)
    except (AttributeError, IndexError, KeyError, ValueError) as error:
        raise SettingsError(
            f"{parameter}={template!r}: only {{{'}, {'.join(known)}}} can be filled in"
        ) from error


def _ended(api: LegacyApi, place: _Place) -> LegacyAnswer:
    content = api.get(
        place.transcript, "transcript of this recording", transcript_format=TextFormat.JSON.value
    )
    answer = read_answer(content, api.site)
    if answer.status == _FAILED:
        raise RefusedError(f"{api.site}: the legacy pipeline failed on this recording")
    if answer.status != _ENDED:
        raise TemporaryError(
            f"{api.site}: the legacy pipeline has not finished (status {answer.status})"
        )
    return answer


def _topics(api: LegacyApi, place: _Place) -> tuple[LegacyTopic, ...] | None:
    """None: this version does not hand them out there."""
    try:
        return read_topics(api.get(place.topics, "topics of this recording"), api.site)
    except NotThereError:
        return None


def _formats(api: LegacyApi, place: _Place) -> dict[str, str]:
    """Those that it has; a format that it refuses is not known."""
    found: dict[str, str] = {}
    for each in _TEXTS:
        try:
            content = api.get(
                place.transcript, f"transcript as {each.value}", transcript_format=each.value
            )
            answer = read_answer(content, api.site)
        except (NotThereError, RefusedError, BadInputError):
            continue
        if answer.transcript_format == each.value and isinstance(answer.transcript, str):
            found[each.value] = answer.transcript
    return found
