"""Which changes of a job's conditions become Events, and of which kind."""

from dataclasses import dataclass
from enum import StrEnum

import pytest

from multitrack.api.reasons import (
    ComparedReason,
    ConditionStatus,
    ConditionType,
    ConsentReason,
    DegradedReason,
    DeliveredReason,
    Phase,
    SucceededReason,
    TranscriptReason,
    WorkflowCreatedReason,
)
from multitrack.api.status import Condition, RecordingJobStatus
from multitrack.controller.announce import TELLING, News, news
from tests.unit.controller.builders import NOW

REASONS: dict[ConditionType, type[StrEnum]] = {
    ConditionType.WORKFLOW_CREATED: WorkflowCreatedReason,
    ConditionType.SUCCEEDED: SucceededReason,
    ConditionType.TRANSCRIPT_READY: TranscriptReason,
    ConditionType.DEGRADED: DegradedReason,
    ConditionType.CONSENT_ENFORCED: ConsentReason,
    ConditionType.DELIVERED: DeliveredReason,
    ConditionType.COMPARED: ComparedReason,
}
TRUE, FALSE, UNKNOWN = ConditionStatus
NORMAL, WARNING = False, True
SENTENCE = "as the condition says"


def a_status(
    kind: ConditionType,
    status: ConditionStatus,
    reason: str,
    message: str = SENTENCE,
    *,
    phase: Phase = Phase.RUNNING,
) -> RecordingJobStatus:
    said = Condition(
        type=kind, status=status, reason=reason, message=message, last_transition_time=NOW
    )
    return RecordingJobStatus(phase=phase, conditions=(said,))


@dataclass(frozen=True, slots=True)
class Case:
    kind: ConditionType
    status: ConditionStatus
    reason: str
    want: bool | None = None
    """Whether the Event is a warning; None: there is none."""
    phase: Phase = Phase.RUNNING


CASES = {
    "a Workflow is made": Case(
        ConditionType.WORKFLOW_CREATED, TRUE, WorkflowCreatedReason.CREATED, NORMAL
    ),
    "a Workflow is refused": Case(
        ConditionType.WORKFLOW_CREATED, FALSE, WorkflowCreatedReason.WORKFLOW_REFUSED, WARNING
    ),
    "an attempt lets the one before end": Case(
        ConditionType.WORKFLOW_CREATED,
        FALSE,
        WorkflowCreatedReason.WAITING_FOR_EARLIER_ATTEMPT,
        NORMAL,
    ),
    "a job runs": Case(ConditionType.SUCCEEDED, UNKNOWN, SucceededReason.RUNNING, NORMAL),
    "a pod cannot start, and the job still waits": Case(
        ConditionType.SUCCEEDED, UNKNOWN, SucceededReason.POD_CANNOT_START, WARNING
    ),
    "a job fails": Case(ConditionType.SUCCEEDED, FALSE, SucceededReason.NO_AUDIO, WARNING),
    "somebody has deleted the recording": Case(
        ConditionType.SUCCEEDED, FALSE, SucceededReason.SOURCE_DELETED, WARNING, Phase.FAILED
    ),
    "a shadow job comes after the audio's end": Case(
        ConditionType.SUCCEEDED, FALSE, SucceededReason.SOURCE_DELETED, NORMAL, Phase.SKIPPED
    ),
    "a transcript is there": Case(
        ConditionType.TRANSCRIPT_READY, TRUE, TranscriptReason.PUBLISHED, NORMAL
    ),
    "a transcript is not there yet": Case(
        ConditionType.TRANSCRIPT_READY, UNKNOWN, TranscriptReason.NOT_YET
    ),
    "nothing is missing": Case(ConditionType.DEGRADED, FALSE, DegradedReason.NOTHING_MISSING),
    "a track is a gap": Case(ConditionType.DEGRADED, TRUE, DegradedReason.TRACK_GAP, WARNING),
    "nobody denies consent": Case(
        ConditionType.CONSENT_ENFORCED, TRUE, ConsentReason.NOBODY_DENIES
    ),
    "audio goes when the run has ended": Case(
        ConditionType.CONSENT_ENFORCED, FALSE, ConsentReason.WAITING_FOR_END, NORMAL
    ),
    "audio may not be deleted": Case(
        ConditionType.CONSENT_ENFORCED, FALSE, ConsentReason.REFUSED, WARNING
    ),
    "audio is gone": Case(ConditionType.CONSENT_ENFORCED, TRUE, ConsentReason.ENFORCED, NORMAL),
    "nothing can be delivered yet": Case(ConditionType.DELIVERED, UNKNOWN, DeliveredReason.NOT_YET),
    "a shadow delivers nothing": Case(ConditionType.DELIVERED, FALSE, DeliveredReason.DISABLED),
    "results are delivered": Case(ConditionType.DELIVERED, TRUE, DeliveredReason.DELIVERED, NORMAL),
    "a receiver refuses": Case(ConditionType.DELIVERED, FALSE, DeliveredReason.REFUSED, WARNING),
    "nothing can be compared yet": Case(ConditionType.COMPARED, UNKNOWN, ComparedReason.NOT_YET),
    "a comparison begins": Case(ConditionType.COMPARED, UNKNOWN, ComparedReason.COMPARING, NORMAL),
    "a verdict is there": Case(ConditionType.COMPARED, TRUE, ComparedReason.COMPARED, NORMAL),
    "one side could not be had": Case(
        ConditionType.COMPARED, FALSE, ComparedReason.INCOMPLETE, WARNING
    ),
    "a comparison fails": Case(ConditionType.COMPARED, FALSE, ComparedReason.FAILED, WARNING),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_event(case: Case) -> None:
    after = a_status(case.kind, case.status, case.reason, phase=case.phase)
    want = [] if case.want is None else [News(case.reason, SENTENCE, case.want)]
    assert list(news(RecordingJobStatus(), after)) == want


def test_every_reason_is_decided_about() -> None:
    assert set(REASONS) == set(ConditionType)
    assert set(TELLING) == {(kind, reason) for kind, all_of in REASONS.items() for reason in all_of}


def test_another_sentence_for_the_same_reason_is_no_news() -> None:
    kind, reason = ConditionType.DELIVERED, DeliveredReason.DELIVERING
    before = a_status(kind, UNKNOWN, reason, "webhook: not taken yet")
    assert list(news(before, a_status(kind, UNKNOWN, reason, "webhook: 503 (try 2)"))) == []


def test_a_reason_that_becomes_final_is_told_again() -> None:
    kind, reason = ConditionType.SUCCEEDED, SucceededReason.POD_CANNOT_START
    before = a_status(kind, UNKNOWN, reason)
    assert list(news(before, a_status(kind, FALSE, reason))) == [News(reason, SENTENCE, WARNING)]
