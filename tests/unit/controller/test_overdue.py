"""Which jobs count as stuck, as late, as not enforced."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from multitrack.api.reasons import ConditionStatus, Phase
from multitrack.api.status import Condition, RecordingJobStatus
from multitrack.controller.overdue import LastChanges, consent_is_unenforced, delivery_is_late
from tests.unit.controller.builders import NOW, a_job

HOUR = timedelta(hours=1)


def a_condition(kind: str, status: str, ago: timedelta, reason: str = "Said") -> Condition:
    """Unchecked: the operator may know more types than this version."""
    facts: dict[str, Any] = {
        "type": kind,
        "status": ConditionStatus(status),
        "reason": reason,
        "last_transition_time": NOW - ago,
    }
    return Condition.model_construct(**facts)


def a_status(*conditions: Condition) -> RecordingJobStatus:
    return RecordingJobStatus.model_construct(conditions=conditions)


@dataclass(frozen=True, slots=True)
class Case:
    conditions: tuple[Condition, ...]
    want_late: bool = False
    want_unenforced: bool = False


READY = a_condition("TranscriptReady", "True", 2 * HOUR)
CASES = {
    "nothing is known yet": Case(()),
    "nothing is to be delivered": Case((READY,)),
    "delivered": Case((READY, a_condition("Delivered", "True", 2 * HOUR))),
    "not delivered": Case((READY, a_condition("Delivered", "False", 2 * HOUR)), want_late=True),
    "delivery goes on": Case(
        (READY, a_condition("Delivered", "Unknown", 2 * HOUR)), want_late=True
    ),
    "a shadow's results go to nobody": Case(
        (READY, a_condition("Delivered", "False", 2 * HOUR, "DeliveryDisabled"))
    ),
    "not delivered, for a moment": Case(
        (
            a_condition("TranscriptReady", "True", HOUR / 2),
            a_condition("Delivered", "False", HOUR / 2),
        )
    ),
    "no transcript to deliver": Case(
        (
            a_condition("TranscriptReady", "False", 2 * HOUR),
            a_condition("Delivered", "Unknown", 2 * HOUR),
        )
    ),
    "audio is gone": Case((a_condition("ConsentEnforced", "True", 2 * HOUR),)),
    "audio is there for too long": Case(
        (a_condition("ConsentEnforced", "False", 2 * HOUR, "Refused"),), want_unenforced=True
    ),
    "audio is being deleted": Case((a_condition("ConsentEnforced", "False", HOUR / 2),)),
    "audio waits for another try": Case(
        (a_condition("ConsentEnforced", "False", 20 * HOUR, "WaitingForRetry"),)
    ),
    "the run still needs the audio": Case(
        (a_condition("ConsentEnforced", "False", 5 * HOUR, "WaitingForEnd"),)
    ),
    "votes are not known": Case((a_condition("ConsentEnforced", "Unknown", 2 * HOUR),)),
}


@pytest.mark.parametrize("sentence", CASES)
def test_lateness(sentence: str) -> None:
    case = CASES[sentence]
    job = replace(a_job(), status=a_status(*case.conditions))
    assert delivery_is_late(job, NOW, HOUR) is case.want_late
    assert consent_is_unenforced(job, NOW, HOUR) is case.want_unenforced


def stuck(changes: LastChanges, status: RecordingJobStatus, now: datetime) -> bool:
    return bool(changes.stuck([a_job(status)], now, HOUR))


def test_a_job_is_stuck_when_its_status_has_not_changed_for_long() -> None:
    changes = LastChanges()
    running = RecordingJobStatus(phase=Phase.RUNNING, start_time=NOW, progress="1/9")
    changes.see(a_job(running))
    assert not stuck(changes, running, NOW + HOUR)
    changes.changed(a_job().key, NOW + HOUR)
    assert not stuck(changes, running, NOW + 2 * HOUR)
    changes.see(a_job(running))
    assert stuck(changes, running, NOW + 2 * HOUR + timedelta(seconds=1))


@pytest.mark.parametrize("phase", [Phase.SUSPENDED, Phase.SUCCEEDED, Phase.FAILED])
def test_what_waits_for_nobody_is_not_stuck(phase: Phase) -> None:
    changes = LastChanges()
    status = RecordingJobStatus(phase=phase, start_time=NOW)
    changes.see(a_job(status))
    assert not stuck(changes, status, NOW + 9 * HOUR)


def test_a_job_that_is_gone_is_not_stuck() -> None:
    changes = LastChanges()
    job = a_job(RecordingJobStatus(phase=Phase.PENDING))
    changes.see(job)
    changes.forget(job.key)
    assert not stuck(changes, job.status, NOW + 9 * HOUR)


def test_a_restarted_operator_knows_a_job_that_stands_still() -> None:
    changes = LastChanges()
    status = RecordingJobStatus(phase=Phase.PENDING, start_time=NOW)
    changes.see(a_job(status))
    assert stuck(changes, status, NOW + 3 * HOUR)
