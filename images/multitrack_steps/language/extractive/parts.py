"""Topics of a meeting in a language of which nothing is known: cut at the longest pauses."""

import re

from multitrack_steps.language.backend import TopicDraft
from multitrack_steps.language.extractive.segmentation import expected_topics
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.transcript import Transcript

__all__ = ["draft_parts", "is_part_title"]

_PART = re.compile(r"Part \d+")
_SHORTEST = 0.4
"""A part lasts at least this share of the typical length of a topic."""


def draft_parts(transcript: Transcript) -> tuple[TopicDraft, ...]:
    """Consecutive parts between the longest pauses, numbered; as many as topics are usual."""
    cuts = [0, *_longest_pauses(transcript)]
    ends = [*cuts[1:], len(transcript.segments)]
    return tuple(
        TopicDraft(
            title=f"Part {number}",
            summary=transcript.segments[first].text,
            first_segment=first,
            last_segment=end - 1,
        )
        for number, (first, end) in enumerate(zip(cuts, ends, strict=True), start=1)
    )


def is_part_title(title: str) -> bool:
    """Whether a topic's title says nothing but its place."""
    return _PART.fullmatch(title) is not None


def _longest_pauses(transcript: Transcript) -> list[int]:
    """Segments before which the pauses are longest, ascending, none too close to another."""
    segments = transcript.segments
    began = segments[0].start
    ended = max(segment.end for segment in segments)
    count = round(expected_topics(ended - began))
    shortest = _SHORTEST * (ended - began) / count
    heard_until: Seconds = segments[0].end
    pauses: list[tuple[Seconds, int]] = []
    for index, segment in enumerate(segments[1:], start=1):
        pauses.append((segment.start - heard_until, index))
        heard_until = max(heard_until, segment.end)
    chosen: list[int] = []
    for _, index in sorted(pauses, key=lambda pause: (-pause[0], pause[1])):
        times = [began, ended, *(segments[other].start for other in chosen)]
        if len(chosen) + 1 < count and all(
            abs(segments[index].start - time) >= shortest for time in times
        ):
            chosen.append(index)
    return sorted(chosen)
