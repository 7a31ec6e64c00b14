"""files.md: every file that a job leaves."""

import inspect
import re
from collections.abc import Iterator
from typing import get_args

from docs.generator.markdown import heading, table
from docs.generator.source import meanings
from workflow_templates.contracts.base import Contract, Document
from workflow_templates.contracts.comparison import Comparison
from workflow_templates.contracts.comparison_summary import ComparisonSummary
from workflow_templates.contracts.deletion import DeletionAudit, DeletionRequest
from workflow_templates.contracts.delivery import WebhookDelivery, ZulipMessage
from workflow_templates.contracts.minutes import ActionItems, Summary, Title, Topics
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.recording import Participants, Recording
from workflow_templates.contracts.results import Manifest, Waveform
from workflow_templates.contracts.track import Track
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.contracts.turns import TrackTurns
from workflow_templates.contracts.words import TrackWords

__all__ = ["page"]

_FILES: dict[str, type[Document]] = {
    "recording.json": Recording,
    "participants.json": Participants,
    "track/<i>.json": Track,
    "words/<i>.json": TrackWords,
    "turns/<i>.json": TrackTurns,
    "transcript.json": Transcript,
    "topics.json": Topics,
    "title.json": Title,
    "summary.json": Summary,
    "action_items.json": ActionItems,
    "waveform.json": Waveform,
    "manifest.json": Manifest,
    "published/transcript.json": PublishedTranscript,
    "delivery/zulip.json": ZulipMessage,
    "delivery/webhook.json": WebhookDelivery,
    "comparison/comparison.json": Comparison,
    "comparisons.json": ComparisonSummary,
    "consent/audit.json": DeletionAudit,
    "deletions/pending/<id>.json": DeletionRequest,
}


def page() -> Iterator[str]:
    """The page's lines."""
    yield heading("The files")
    yield "After this page you can read every file that a job leaves. Times are seconds on the"
    yield "recording's clock. A result folder shows `published/…` and `mix.mp3` at its top; all"
    yield "else lies under `.multitrack/files/`. Within a schema version fields are only added."
    parts: dict[str, type[Contract]] = {}
    for key, contract in _FILES.items():
        yield f"\n## {key}\n"
        yield from _contract(contract)
        for part in _parts(contract):
            parts.setdefault(part.__name__, part)
    yield "\n# Their parts"
    for name, part in sorted(parts.items()):
        yield f"\n## {name}\n"
        yield from _contract(part)


def _contract(contract: type[Contract]) -> Iterator[str]:
    meant: dict[str, str] = {}
    for kind in reversed(contract.__mro__):
        if issubclass(kind, Contract):
            meant |= meanings(kind)
    yield inspect.cleandoc(contract.__doc__ or "")
    rows = (
        (f"`{name}`", f"`{_type_name(field.annotation)}`", meant.get(name, ""))
        for name, field in contract.model_fields.items()
    )
    yield from table(("field", "type", "meaning"), rows)


def _parts(contract: type[Contract]) -> Iterator[type[Contract]]:
    for field in contract.model_fields.values():
        for kind in (field.annotation, *_arguments(field.annotation)):
            if inspect.isclass(kind) and issubclass(kind, Contract):
                yield kind
                yield from _parts(kind)


def _arguments(annotation: object) -> Iterator[object]:
    for argument in get_args(annotation):
        yield argument
        yield from _arguments(argument)


def _type_name(annotation: object) -> str:
    plain = inspect.isclass(annotation) and not get_args(annotation)
    text = str(getattr(annotation, "__name__", "")) if plain else str(annotation)
    text = re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", text)
    return re.sub(r", FieldInfo\(.*?\)\]", "]", text)
