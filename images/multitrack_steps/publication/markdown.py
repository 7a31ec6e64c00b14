"""The meeting as Markdown: minutes for a wiki, an issue or a mail."""

import re
from collections.abc import Iterator

from multitrack_steps.publication.turns import Chapter, chapters, text_of
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.minutes import Decision, NextStep
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.runtime.wording import one_line, spoken_date, stopwatch

__all__ = ["escape", "to_markdown"]

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")
_BLOCK_START = re.compile(r"^(?:([#+\-=])|(\d+)([.)]))")
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)


def to_markdown(transcript: PublishedTranscript, warnings: tuple[str, ...] = ()) -> str:
    """Title, participants, summary, topics, decisions, next steps as tasks, transcript by turns.

    Args:
        transcript: What is published.
        warnings: What a reader should know, one sentence each.
    """
    sections = [
        *_head(transcript, warnings),
        *_summary(transcript),
        *_topics(transcript),
        *_decisions(transcript.action_items.decisions),
        *_next_steps(transcript.action_items.next_steps),
        "## Transcript",
        *_transcript(transcript),
    ]
    return "\n\n".join(sections) + "\n"


def escape(text: str) -> str:
    """A text on one line that Markdown shows as it is."""
    escaped = _SPECIAL.sub(r"\\\1", one_line(text))
    return _BLOCK_START.sub(
        lambda start: f"\\{start[1]}" if start[1] else f"{start[2]}\\{start[3]}", escaped
    )


def _head(transcript: PublishedTranscript, warnings: tuple[str, ...]) -> Iterator[str]:
    yield f"# {escape(transcript.title.text)}"
    lines = []
    if date := spoken_date(transcript.recording.started_at):
        lines.append(f"- **Date:** {escape(date)}")
    lines.append(f"- **Duration:** {stopwatch(transcript.recording.duration)}")
    names = ", ".join(escape(participant.name) for participant in transcript.participants)
    lines.append(f"- **Participants:** {names or 'nobody'}")
    yield "\n".join(lines)
    if warnings:
        yield "\n".join(f"> **Note:** {escape(warning)}  " for warning in warnings)


def _summary(transcript: PublishedTranscript) -> Iterator[str]:
    summary = transcript.summary
    if not summary.short and not summary.subjects:
        return
    yield "## Summary"
    if summary.short:
        yield escape(summary.short)
    for subject in summary.subjects:
        yield f"### {escape(subject.heading)}"
        # The text is Markdown of its own; its headings go below ours.
        yield _HEADING.sub("#### ", subject.text.strip())
    if summary.backend.note:
        yield f"*{escape(summary.backend.note)}*"


def _topics(transcript: PublishedTranscript) -> Iterator[str]:
    if transcript.topics:
        yield "## Topics"
        yield "\n".join(
            f"- {_time(topic.start)} **{escape(topic.title)}**"
            + (f": {escape(topic.summary)}" if topic.summary.strip() else "")
            for topic in transcript.topics
        )


def _decisions(decisions: tuple[Decision, ...]) -> Iterator[str]:
    if decisions:
        yield "## Decisions"
        yield "\n".join(
            f"- {escape(decision.decision)}"
            + (f" (**{escape(decision.decided_by)}**)" if decision.decided_by else "")
            + (f": {escape(decision.rationale)}" if decision.rationale else "")
            + (f" {_time(decision.start)}" if decision.start is not None else "")
            for decision in decisions
        )


def _next_steps(next_steps: tuple[NextStep, ...]) -> Iterator[str]:
    if next_steps:
        yield "## Next steps"
        yield "\n".join(
            "- [ ] "
            + (f"**{escape(step.assigned_to)}:** " if step.assigned_to else "")
            + escape(step.task)
            + (f", {escape(step.deadline)}" if step.deadline else "")
            + (f" ({escape(step.context)})" if step.context else "")
            + (f" {_time(step.start)}" if step.start is not None else "")
            for step in next_steps
        )


def _transcript(transcript: PublishedTranscript) -> Iterator[str]:
    parts = chapters(transcript)
    if not parts:
        yield "Nobody said anything."
    for chapter in parts:
        yield from _chapter(chapter, transcript)


def _chapter(chapter: Chapter, transcript: PublishedTranscript) -> Iterator[str]:
    if chapter.topic:
        yield f"### {escape(chapter.topic.title)}"
    for turn in chapter.turns:
        text = escape(text_of(turn, transcript.words))
        yield f"**{escape(turn.speaker_name)}** {_time(turn.start)}  \n{text}"


def _time(seconds: Seconds) -> str:
    r"""In brackets, escaped: `[0:08](...)` would be a link."""
    return rf"\[{stopwatch(seconds)}\]"
