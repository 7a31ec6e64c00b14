"""From a draft of the summary to summary.json: one shape for every backend."""

import re
from collections.abc import Sequence

from multitrack_steps.language.backend import SummaryDraft
from workflow_templates.contracts.minutes import Backend, Subject, Summary
from workflow_templates.contracts.transcript import Transcript

__all__ = ["empty_summary", "escape_markdown", "summary_document"]

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")


def escape_markdown(text: str) -> str:
    """Text as Markdown that shows exactly that text: what people said is never markup."""
    return _MARKUP.sub(r"\\\1", text)


def summary_document(transcript: Transcript, draft: SummaryDraft, backend: Backend) -> Summary:
    """Put recap, subjects and participants under their headings."""
    short = " ".join(draft.short.split())
    names = [speaker.name for speaker in transcript.speakers]
    return Summary(
        backend=backend,
        short=short,
        long=_long(short, draft.subjects, names),
        subjects=draft.subjects,
    )


def empty_summary(backend: Backend) -> Summary:
    """For a meeting in which nobody said a word."""
    return Summary(backend=backend, short="", long="", subjects=())


def _long(short: str, subjects: Sequence[Subject], names: Sequence[str]) -> str:
    blocks = ["# Quick recap", escape_markdown(short), "# Summary"]
    for subject in subjects:
        blocks += [f"**{escape_markdown(subject.heading)}**", subject.text.strip()]
    blocks += ["# Participants", "\n".join(f"- {escape_markdown(name)}" for name in names)]
    return "\n\n".join(block for block in blocks if block) + "\n"
