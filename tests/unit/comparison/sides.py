"""Builders of sides; a test names only what it is about."""

from collections.abc import Sequence
from dataclasses import replace

from workflow_templates.comparison.side import Side, SideSegment, SideTopic, SideWord
from workflow_templates.contracts.comparison import SideOrigin

__all__ = ["TEXT", "a_side", "spoken"]

TEXT = "we ship the export button on thursday and ben writes the help article before that"


def spoken(
    text: str, start: float, *, speaker: int = 0, seconds_a_word: float = 0.5
) -> list[SideWord]:
    """Words one after the other, without pauses."""
    return [
        SideWord(
            word, start + place * seconds_a_word, start + (place + 1) * seconds_a_word, speaker
        )
        for place, word in enumerate(text.split())
    ]


def a_side(
    *lines: Sequence[SideWord], names: Sequence[str] = ("Alice", "Ben"), **changes: object
) -> Side:
    """A complete side: each line is a segment, all of it one topic."""
    words = tuple(sorted((word for line in lines for word in line), key=lambda word: word.start))
    side = Side(
        origin=SideOrigin.MULTITRACK,
        source="made up",
        id="r",
        recording_id="r",
        language="en",
        duration=words[-1].end if words else 0.0,
        names=dict(enumerate(names)),
        words=words,
        segments=tuple(
            SideSegment(
                line[0].speaker,
                line[0].start,
                line[-1].end,
                " ".join(word.text for word in line),
            )
            for line in lines
        ),
        topics=(SideTopic("Export button", 0.0, 60.0),) if words else (),
        title="The export button",
        short_summary="The export button ships on Thursday.",
        long_summary="# Summary\nThe export button ships on Thursday.",
    )
    return replace(side, **changes)  # type: ignore[arg-type]  # a builder takes what the side has
