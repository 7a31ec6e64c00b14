"""comparisons.json: many comparisons together, for the decision to cut over."""

from workflow_templates.contracts.base import Contract, Document
from workflow_templates.contracts.comparison import Verdict

__all__ = ["ComparisonRow", "ComparisonSummary", "MeasureSummary"]


class ComparisonRow(Contract):
    """One comparison, in a line."""

    file: str
    recording_id: str | None
    started_at: str | None
    verdict: Verdict
    sentence: str


class MeasureSummary(Contract):
    """One measure over all comparisons that have it."""

    measure: str
    unit: str
    at_least: bool
    """The worst is the smallest value; else the largest."""
    known: int
    """Comparisons in which it could be measured."""
    past_limit: int
    median: float | None
    """None where it is never known; so are the other figures."""
    worst: float | None
    worst_file: str | None
    earlier_median: float | None
    """Of the first half of the comparisons, by the time of the recording."""
    later_median: float | None


class ComparisonSummary(Document):
    """comparisons.json, made by `multitrack compare --summary`."""

    alike: int
    different: int
    incomplete: int
    not_compared: int
    """Of the incomplete: those in which one side had no result at all."""
    measures: tuple[MeasureSummary, ...]
    comparisons: tuple[ComparisonRow, ...]
    """By the time of the recording, where it is known."""
    missing: dict[str, int]
    """How often each sentence about something missing occurs."""
