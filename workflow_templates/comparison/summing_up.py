"""Many comparisons together: how often, how far, which way it goes, and the worst cases."""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from workflow_templates.contracts.comparison import Check, Comparison, SideOrigin, Verdict
from workflow_templates.contracts.comparison_summary import (
    ComparisonRow,
    ComparisonSummary,
    MeasureSummary,
)
from workflow_templates.runtime.errors import SourceNotFoundError

__all__ = ["find_comparisons", "sum_up"]

_NAME = "comparison.json"

Found = tuple[str, Comparison]
"""The file's path, and what it holds."""


def find_comparisons(places: Iterable[Path]) -> list[Found]:
    """Every comparison.json in these folders and below them, each once.

    Raises:
        SourceNotFoundError: A place has none.
        BadInputError: One cannot be read.
    """
    found: dict[Path, Comparison] = {}
    for place in places:
        files = [place] if place.is_file() else sorted(place.rglob(_NAME))
        if not files:
            raise SourceNotFoundError(
                f"{place}: no {_NAME} there; make one with: multitrack compare A B -o {place}"
            )
        for file in files:
            if file.resolve() not in found:
                found[file.resolve()] = Comparison.read(file)
    return [(str(file), comparison) for file, comparison in found.items()]


def sum_up(found: Sequence[Found]) -> ComparisonSummary:
    """All of them in one value; `found` in any order."""
    ordered = sorted(found, key=lambda each: (each[1].started_at or "", each[0]))
    verdicts = Counter(comparison.verdict for _, comparison in ordered)
    measures = dict.fromkeys(check.measure for _, each in ordered for check in each.checks)
    return ComparisonSummary(
        alike=verdicts[Verdict.ALIKE],
        different=verdicts[Verdict.DIFFERENT],
        incomplete=verdicts[Verdict.INCOMPLETE],
        not_compared=sum(
            SideOrigin.NOTHING in (each.a.origin, each.b.origin) for _, each in ordered
        ),
        measures=tuple(_measure(name, ordered) for name in measures),
        comparisons=tuple(
            ComparisonRow(
                file=file,
                recording_id=each.recording_id,
                started_at=each.started_at,
                verdict=each.verdict,
                sentence=each.sentence,
            )
            for file, each in ordered
        ),
        missing=dict(
            Counter(sentence for _, each in ordered for sentence in each.missing).most_common()
        ),
    )


def _measure(name: str, ordered: Sequence[Found]) -> MeasureSummary:
    checks = [
        (file, check) for file, each in ordered for check in each.checks if check.measure == name
    ]
    first = checks[0][1]
    known = [(check.value, file) for file, check in checks if check.value is not None]
    values = [value for value, _ in known]
    worst = (min if first.at_least else max)(known, key=lambda each: each[0], default=None)
    half = len(values) // 2
    return MeasureSummary(
        measure=name,
        unit=first.unit,
        at_least=first.at_least,
        known=len(values),
        past_limit=sum(check.within is False for _, check in checks),
        median=_median(values),
        worst=worst[0] if worst else None,
        worst_file=worst[1] if worst and _is_worth_naming(worst, checks) else None,
        earlier_median=_median(values[:half]),
        later_median=_median(values[half:]) if half else None,
    )


def _is_worth_naming(worst: tuple[float, str], checks: Iterable[tuple[str, Check]]) -> bool:
    """Not where the worst is perfect."""
    perfect = 1.0 if next(iter(checks))[1].at_least else 0.0
    return worst[0] != perfect


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None
