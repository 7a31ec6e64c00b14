"""The transcript as a list of sentences, each with its speaker and time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from multitrack_steps.language.extractive.lexis import straight_apostrophes
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.transcript import Segment, Transcript

__all__ = ["Sentence", "split_sentences"]

_END = re.compile(r"(?<=[.?!…])\s+(?=\S)")
_ABBREVIATION = re.compile(r"\b(?:[Mm]rs?|[Mm]s|[Dd]r|[Pp]rof|vs|e\.g|i\.e|approx|[A-HJ-Z])\.$")
_LONGEST = 45
"""Words. Recognisers drop full stops in fast speech; a longer stretch is cut at its longest
pauses."""
_PAUSE: Seconds = 0.35
"""A pause inside a stretch without punctuation must be at least this long to end a sentence."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of one segment."""

    index: int
    """Position among all sentences of the meeting."""
    segment: int
    """Index in `Transcript.segments`."""
    speaker: int
    name: str
    start: Seconds
    end: Seconds
    text: str

    @property
    def is_question(self) -> bool:
        """Whether it asks for something."""
        return self.text.endswith("?")


def split_sentences(transcript: Transcript) -> tuple[Sentence, ...]:
    """All sentences in the order of the segments, with straight apostrophes."""
    names = transcript.names()
    sentences: list[Sentence] = []
    for number, segment in enumerate(transcript.segments):
        for start, end, text in _parts(transcript, segment):
            sentences.append(
                Sentence(
                    index=len(sentences),
                    segment=number,
                    speaker=segment.speaker,
                    name=names.get(segment.speaker, ""),
                    start=start,
                    end=end,
                    text=straight_apostrophes(text),
                )
            )
    return tuple(sentences)


def _parts(transcript: Transcript, segment: Segment) -> Iterator[tuple[Seconds, Seconds, str]]:
    """Sentences with times from their words, where the words make up the segment's text."""
    words = [transcript.words[index] for index in segment.words]
    written = segment.text.split()
    spoken = "".join(word.text for word in words).split()
    timed = len(words) == len(written) == len(spoken)
    position = 0
    for text in _texts(segment.text):
        length = len(text.split())
        chunk = words[position : position + length] if timed else []
        position += length
        if not chunk:
            yield segment.start, segment.end, text
            continue
        cuts = [0]
        if length > _LONGEST:
            pauses = [later.start - earlier.end for earlier, later in pairwise(chunk)]
            cuts += [number + 1 for number, pause in enumerate(pauses) if pause >= _PAUSE]
        for begin, stop in zip(cuts, [*cuts[1:], length], strict=True):
            part = " ".join(text.split()[begin:stop])
            yield chunk[begin].start, chunk[stop - 1].end, part


def _texts(text: str) -> Iterator[str]:
    """Cut at ends of sentences, but not after abbreviations and initials."""
    pending = ""
    for part in _END.split(" ".join(text.split())):
        pending = f"{pending} {part}".strip()
        if not _ABBREVIATION.search(pending):
            yield pending
            pending = ""
    if pending:
        yield pending
