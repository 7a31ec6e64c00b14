"""From drafts of topics to topics.json: ids, times and titles by one rule for all backends."""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5

from multitrack_steps.language.backend import TopicDraft
from multitrack_steps.language.titles import clean_title
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.minutes import Backend, Topic, Topics
from workflow_templates.contracts.transcript import Transcript

__all__ = ["topics_document"]


def topics_document(
    transcript: Transcript, drafts: Sequence[TopicDraft], backend: Backend
) -> Topics:
    """Turn a backend's drafts into the document.

    A topic starts with its first segment and lasts until the next one starts; the last one lasts
    until its last word ends. Its id derives from the recording and its first word, so that a second
    run makes the same ids.

    Raises:
        ValueError: The drafts do not divide the segments without holes: a backend's mistake.
    """
    _check_partition(drafts, len(transcript.segments))
    starts = [transcript.segments[draft.first_segment].start for draft in drafts]
    ended = max((segment.end for segment in transcript.segments), default=0.0)
    ends = [*starts[1:], ended][: len(starts)]
    topics = tuple(
        _topic(transcript, draft, number, start, end)
        for number, (draft, start, end) in enumerate(zip(drafts, starts, ends, strict=True), 1)
    )
    return Topics(recording_id=transcript.recording_id, backend=backend, topics=topics)


def _topic(
    transcript: Transcript, draft: TopicDraft, number: int, start: Seconds, end: Seconds
) -> Topic:
    first_word = transcript.segments[draft.first_segment].words[0]
    title = clean_title(draft.title, title_case=(transcript.language or "").startswith("en"))
    return Topic(
        id=str(uuid5(NAMESPACE_URL, f"multitrack:{transcript.recording_id}/topic/{first_word}")),
        title=title or f"Topic {number}",
        summary=" ".join(draft.summary.split()),
        start=start,
        duration=round(max(0.0, end - start), 3),
        first_segment=draft.first_segment,
        last_segment=draft.last_segment,
    )


def _check_partition(drafts: Sequence[TopicDraft], segments: int) -> None:
    position = 0
    for draft in drafts:
        if draft.first_segment != position or draft.last_segment < position:
            raise ValueError(f"topic {draft.title!r} should start with segment {position}: {draft}")
        position = draft.last_segment + 1
    if position != segments:
        raise ValueError(f"topics cover {position} of {segments} segments")
