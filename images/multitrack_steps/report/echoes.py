"""The words that a microphone picked up from somebody else: kept out of the way, yet there."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from multitrack_steps.report.wording import position
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.transcript import Word
from workflow_templates.runtime.wording import one_line

__all__ = ["EchoLine", "echo_lines"]

LONGEST_PAUSE: Seconds = 1.5
"""Within one line."""


@dataclass(frozen=True, slots=True)
class EchoLine:
    """Consecutive echoes on one track."""

    start: Seconds
    label: str
    """1:23."""
    name: str
    """Whose microphone it was."""
    text: str


def echo_lines(transcript: PublishedTranscript) -> tuple[EchoLine, ...]:
    """All echoes by start."""
    names = {
        participant.speaker: one_line(participant.name) for participant in transcript.participants
    }
    lines: list[list[Word]] = []
    line_of_track: defaultdict[int, list[Word]] = defaultdict(list)
    for word in transcript.words:
        if word.echo_of is None:
            continue
        line = line_of_track[word.track]
        if not line or word.start - line[-1].end > LONGEST_PAUSE:
            line = line_of_track[word.track] = []
            lines.append(line)
        line.append(word)
    return tuple(_line(line, names[line[0].speaker]) for line in lines)


def _line(words: Sequence[Word], name: str) -> EchoLine:
    return EchoLine(
        start=words[0].start,
        label=position(words[0].start),
        name=name,
        text=one_line("".join(word.text for word in words)),
    )
