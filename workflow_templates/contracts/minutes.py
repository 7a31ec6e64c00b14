"""topics.json, title.json, summary.json, action_items.json: what was made of the transcript."""

from typing import Annotated

from pydantic import Field

from workflow_templates.contracts.base import Contract, Document, Seconds

__all__ = [
    "ActionItems",
    "Backend",
    "Decision",
    "NextStep",
    "Subject",
    "Summary",
    "Title",
    "Topic",
    "Topics",
]


class Backend(Contract):
    """Who wrote a text, so that a reader knows how far to trust it."""

    name: str
    """`extractive` or `openai`; in published/transcript.json `none` for what was left out."""
    model: str | None = None
    note: str | None = None
    """One honest sentence: "Sentences taken from the transcript; no language model was used."."""


class Topic(Contract):
    """A stretch of the meeting about one thing."""

    id: str
    """Derived from the recording's id and the first word's index."""
    title: str
    summary: str
    """At most two sentences."""
    start: Seconds
    duration: Seconds
    first_segment: Annotated[int, Field(ge=0)]
    last_segment: Annotated[int, Field(ge=0)]
    """Indices in `Transcript.segments`, both included. Topics follow each other without holes."""


class Topics(Document):
    """topics.json, made by detect-topics. Empty for a meeting without words."""

    recording_id: str
    backend: Backend
    topics: tuple[Topic, ...]


class Title(Document):
    """title.json, made by generate-title."""

    title: Annotated[str, Field(min_length=1)]
    """At most ten words; "Untitled Meeting" without topics."""
    given: bool
    """A person chose it."""
    backend: Backend


class Subject(Contract):
    """One part of the long summary."""

    heading: str
    text: str
    """Markdown, one or more paragraphs."""


class Summary(Document):
    """summary.json, made by generate-summary."""

    backend: Backend
    short: str
    """The recap: one paragraph, plain text. Empty for a meeting without words."""
    long: str
    """Markdown: `# Quick recap`, `# Summary` with a bold heading per subject, `# Participants`."""
    subjects: tuple[Subject, ...]


class Decision(Contract):
    """Something that was settled."""

    decision: str
    rationale: str | None = None
    decided_by: str | None = None
    decided_by_participant_id: str | None = None
    start: Seconds | None = None
    """When it was said."""


class NextStep(Contract):
    """Something that somebody will do."""

    task: str
    assigned_to: str | None = None
    assigned_to_participant_id: str | None = None
    deadline: str | None = None
    """In the meeting's own words: "before the release", "on Wednesday"."""
    context: str | None = None
    start: Seconds | None = None


class ActionItems(Document):
    """action_items.json, made by extract-action-items."""

    backend: Backend
    decisions: tuple[Decision, ...]
    next_steps: tuple[NextStep, ...]
