"""Whether the audio goes: the whole table."""

from dataclasses import dataclass

import pytest

from multitrack_steps.consent.decision import decide
from workflow_templates.contracts.consent import Vote
from workflow_templates.contracts.deletion import ConsentPolicy, DeletionRequest

KEEP, ON_DENIAL, ALWAYS = ConsentPolicy


def vote(number: int, *, given: bool, user: str | None = None) -> Vote:
    return Vote(
        id=str(number), at=f"2026-03-14T10:{number:02}:00Z", consent_given=given, user_id=user
    )


REQUEST = DeletionRequest(
    id="1", job_uid="uid", because="Alice withdrew her consent.", requested_at="2026-03-14T12:00Z"
)


@dataclass(frozen=True, slots=True)
class Case:
    policy: ConsentPolicy
    votes: tuple[Vote, ...] = ()
    denied_by_job: bool = False
    request: DeletionRequest | None = None
    want: bool = False


CASES = {
    "without a vote the audio stays": Case(ON_DENIAL),
    "everybody consents": Case(ON_DENIAL, (vote(1, given=True), vote(2, given=True, user="ann"))),
    "one anonymous no is enough": Case(
        ON_DENIAL, (vote(1, given=True), vote(2, given=False)), want=True
    ),
    "an anonymous no stays, whoever says yes later": Case(
        ON_DENIAL, (vote(1, given=False), vote(2, given=True)), want=True
    ),
    "one who signed in may change no to yes": Case(
        ON_DENIAL, (vote(1, given=False, user="ann"), vote(2, given=True, user="ann"))
    ),
    "one who signed in may change yes to no": Case(
        ON_DENIAL, (vote(1, given=True, user="ann"), vote(2, given=False, user="ann")), want=True
    ),
    "nobody changes another's mind": Case(
        ON_DENIAL, (vote(1, given=False, user="ann"), vote(2, given=True, user="ben")), want=True
    ),
    "the job itself denies": Case(ON_DENIAL, denied_by_job=True, want=True),
    "kept whatever anybody votes": Case(KEEP, (vote(1, given=False),), denied_by_job=True),
    "deleted though everybody consents": Case(ALWAYS, (vote(1, given=True),), want=True),
    "what was decided before is not taken back": Case(
        ON_DENIAL, (vote(1, given=True),), request=REQUEST, want=True
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_decide(case: Case) -> None:
    decision = decide(
        case.policy, case.votes, denied_by_job=case.denied_by_job, request=case.request
    )
    assert decision.is_deletion == case.want
    assert decision.because.endswith(".")
