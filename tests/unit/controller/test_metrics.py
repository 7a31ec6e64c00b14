"""What counts as an ended comparison, and how often."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from prometheus_client import CollectorRegistry

from multitrack.api.reasons import ComparedReason, ConditionStatus, ConditionType
from multitrack.api.status import ComparisonStatus, Condition, RecordingJobStatus
from multitrack.controller.metrics import Metrics
from tests.unit.controller.builders import NOW

TRUE, FALSE, UNKNOWN = ConditionStatus
BEFORE = RecordingJobStatus()


def a_status(
    status: ConditionStatus, reason: ComparedReason, verdict: str | None = None, number: int = 1
) -> RecordingJobStatus:
    said = Condition(
        type=ConditionType.COMPARED, status=status, reason=reason, last_transition_time=NOW
    )
    known = ComparisonStatus(number=number, verdict=verdict)
    return RecordingJobStatus(conditions=(said,), comparison=known)


GOES_ON = a_status(UNKNOWN, ComparedReason.COMPARING)
ALIKE = a_status(TRUE, ComparedReason.COMPARED, "alike")
DIFFERENT = a_status(TRUE, ComparedReason.COMPARED, "different")
INCOMPLETE = a_status(FALSE, ComparedReason.INCOMPLETE, "incomplete")
FAILED = a_status(FALSE, ComparedReason.FAILED)
WAITS = RecordingJobStatus(
    conditions=(a_status(UNKNOWN, ComparedReason.NOT_YET).conditions[0],), comparison=None
)


@dataclass(frozen=True, slots=True)
class Case:
    statuses: tuple[RecordingJobStatus, ...]
    want: dict[str, int]


CASES = {
    "nothing is published": Case((WAITS,), {}),
    "it goes on": Case((GOES_ON,), {}),
    "it ends": Case((GOES_ON, ALIKE), {"alike": 1}),
    "it ends between two looks": Case((DIFFERENT,), {"different": 1}),
    "the same end is seen again": Case((GOES_ON, ALIKE, ALIKE), {"alike": 1}),
    "one side could not be had": Case((GOES_ON, INCOMPLETE), {"incomplete": 1}),
    "it fails, and somebody tries again": Case(
        (GOES_ON, FAILED, GOES_ON, DIFFERENT), {"failed": 1, "different": 1}
    ),
    "the next attempt comes to the same": Case(
        (ALIKE, a_status(TRUE, ComparedReason.COMPARED, "alike", number=2)), {"alike": 2}
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_comparisons(case: Case) -> None:
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    for before, after in pairwise((BEFORE, *case.statuses)):
        metrics.note_change(before, after)
    counted = {
        verdict: registry.get_sample_value(
            "multitrack_comparisons_finished_total", {"verdict": verdict}
        )
        for verdict in ("alike", "different", "incomplete", "failed")
    }
    assert counted == {verdict: case.want.get(verdict, 0) for verdict in counted}
