"""recording-job.md: the resource's fields, its refusals, its conditions and reasons."""

from collections.abc import Iterator
from enum import StrEnum

from docs.generator.markdown import heading, table
from docs.generator.schemas import COLUMNS, field_rows, sentences
from docs.generator.source import meanings
from multitrack.api import reasons
from multitrack.api.crd import custom_resource_definition
from multitrack.api.names import API_VERSION, KIND, SHORT_NAME

__all__ = ["page"]

_REASONS: dict[str, type[StrEnum]] = {
    "WorkflowCreated": reasons.WorkflowCreatedReason,
    "Succeeded": reasons.SucceededReason,
    "TranscriptReady": reasons.TranscriptReason,
    "Degraded": reasons.DegradedReason,
}


def page() -> Iterator[str]:
    """The page's lines."""
    (version,) = custom_resource_definition()["spec"]["versions"]
    schema = version["schema"]["openAPIV3Schema"]["properties"]
    yield heading(f"{KIND}")
    yield "After this page you know every field of a job, what the API server refuses and with"
    yield "which words, and what every condition says."
    yield f"\n`apiVersion: {API_VERSION}`, `kind: {KIND}`, short name `{SHORT_NAME}`, namespaced;"
    yield f"`kubectl explain {SHORT_NAME}.spec` says the same."
    yield "\n## spec\n\nWhat a person asks for."
    yield from table(COLUMNS, field_rows(schema["spec"], "spec"))
    yield "\n## What is refused\n\nBeside types, limits and required fields, each with a sentence:"
    rules = ((f"`{path}`", sentence) for path, sentence in sentences(schema["spec"], "spec"))
    yield from table(("field", "sentence"), rules)
    yield "\n## status\n\nWhat has become of it. The operator alone writes it."
    rows = ((field, kind, meaning) for field, kind, _, meaning in _status_rows(schema["status"]))
    yield from table(("field", "type", "meaning"), rows)
    yield "\n## Phases\n\n`status.phase`, for people."
    yield from _members(reasons.Phase)
    yield "\n## Conditions\n\n`status.conditions`, for programs."
    yield from _members(reasons.ConditionType)
    yield "\n[Troubleshooting](../troubleshooting.md) says what to do about each reason."
    for condition, kind in _REASONS.items():
        yield f"\n### Reasons of {condition}"
        yield from _members(kind)


def _status_rows(schema: dict[str, object]) -> Iterator[tuple[str, str, str, str]]:
    return field_rows(schema, "status")


def _members(kind: type[StrEnum]) -> Iterator[str]:
    said = meanings(kind)
    rows = ((f"`{member.value}`", said.get(member.name, "")) for member in kind)
    yield from table(("word", "meaning"), rows)
