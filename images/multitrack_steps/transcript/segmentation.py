"""Cuts each speaker's words into segments of about a sentence."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID, uuid5

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.transcript import Segment, Word

__all__ = ["cut_segments"]

LONGEST_PAUSE: Seconds = 1.5
"""Between a word's end and the next one's start. Pauses within a sentence are mostly below one
second; after one and a half, what follows reads better on a line of its own, with its own time."""
LONGEST_TEXT = 1000
"""Characters; a segment that has them is cut at the next word. As the legacy pipeline does."""

_SEGMENT_IDS = UUID("5e0d5f0c-6f0b-5a52-9a1f-3f6f2a3a9c11")
"""Namespace of segment ids (RFC 4122, version 5)."""
_SENTENCE_END = re.compile(r"""[.?!…。？！．｡؟۔।॥][\s"'”’»›)\]}」』）】]*$""")  # noqa: RUF001 - other scripts' full stops


def cut_segments(recording_id: str, words: Sequence[Word]) -> tuple[Segment, ...]:
    """Segments by start; every word that is no echo is in exactly one.

    Words of a speaker's two tracks (a reconnect) are never mixed in one segment: where both run at
    once, their sentences would interleave.

    Args:
        recording_id: Segment ids derive from it and the first word's index.
        words: In the transcript's order.
    """
    streams = defaultdict(list)
    for index, word in enumerate(words):
        if word.echo_of is None:
            streams[word.speaker, word.track].append(index)
    segments = [
        _segment(recording_id, words, indices)
        for stream in streams.values()
        for indices in _cut(words, stream)
    ]
    return tuple(sorted(segments, key=lambda segment: (segment.start, segment.words[0])))


def _cut(words: Sequence[Word], stream: Sequence[int]) -> Iterator[list[int]]:
    """Cut one speaker's words where a sentence, a breath or the longest text ends."""
    segment: list[int] = []
    length = 0
    for index in stream:
        word = words[index]
        if segment and word.start - words[segment[-1]].end > LONGEST_PAUSE:
            yield segment
            segment, length = [], 0
        segment.append(index)
        length += len(word.text)
        if length >= LONGEST_TEXT or _SENTENCE_END.search(word.text):
            yield segment
            segment, length = [], 0
    if segment:
        yield segment


def _segment(recording_id: str, words: Sequence[Word], indices: Sequence[int]) -> Segment:
    first = words[indices[0]]
    return Segment(
        id=str(uuid5(_SEGMENT_IDS, f"{recording_id}/segment/{indices[0]}")),
        speaker=first.speaker,
        start=first.start,
        end=max(words[index].end for index in indices),
        text="".join(words[index].text for index in indices).strip(),
        words=tuple(indices),
    )
