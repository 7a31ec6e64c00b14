"""Votes on keeping the audio: what counts, and how they are kept."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.fakes.s3 import FakeS3, running_s3
from workflow_templates.contracts.consent import Vote, is_denied
from workflow_templates.runtime.errors import BadInputError
from workflow_templates.runtime.store import S3Address, S3Store
from workflow_templates.runtime.votes import read_votes, votes_prefix, write_vote


def a_vote(*, yes: bool, user: str | None = None, at: int = 0) -> Vote:
    return Vote(id=f"v{at}", at=f"2026-03-14T10:00:{at:02}.000Z", consent_given=yes, user_id=user)


@dataclass(frozen=True, slots=True)
class Case:
    votes: tuple[Vote, ...]
    want: bool


CASES = {
    "nobody voted": Case((), want=False),
    "everybody agrees": Case((a_vote(yes=True), a_vote(yes=True, user="u1")), want=False),
    "an anonymous no stays": Case((a_vote(yes=False), a_vote(yes=True)), want=True),
    "a signed-in person may change a no to a yes": Case(
        (a_vote(yes=False, user="u1"), a_vote(yes=True, user="u1")), want=False
    ),
    "a signed-in person may change a yes to a no": Case(
        (a_vote(yes=True, user="u1"), a_vote(yes=False, user="u1")), want=True
    ),
    "another person's yes changes nothing": Case(
        (a_vote(yes=False, user="u1"), a_vote(yes=True, user="u2")), want=True
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_denial(case: Case) -> None:
    assert is_denied(case.votes) is case.want


@pytest.fixture(scope="module")
def s3() -> Iterator[FakeS3]:
    with running_s3() as server:
        server.put("recordings", {})
        yield server


@pytest.fixture
def store(s3: FakeS3, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return S3Store.open()


def test_votes_come_back_in_the_order_of_their_time_and_once(store: S3Store) -> None:
    later, earlier = a_vote(yes=True, at=9), a_vote(yes=False, user="u1", at=3)
    for vote in (later, earlier, later):
        write_vote(store, "recordings", "rec-1", vote)
    write_vote(store, "recordings", "rec-10", a_vote(yes=False, at=1))
    assert read_votes(store, "recordings", "rec-1") == (earlier, later)


def test_a_vote_that_is_sent_again_overtakes_no_later_one(store: S3Store) -> None:
    yes, no = a_vote(yes=True, user="u1", at=1), a_vote(yes=False, user="u1", at=2)
    yes_again = yes.model_copy(update={"at": "2026-03-14T10:00:09.000Z"})
    for vote in (yes, no, yes_again):
        write_vote(store, "recordings", "rec-3", vote)
    assert read_votes(store, "recordings", "rec-3") == (yes, no)
    assert is_denied(read_votes(store, "recordings", "rec-3"))


def test_what_is_no_vote_is_never_taken_for_consent(store: S3Store) -> None:
    prefix = votes_prefix("recordings", "rec-2")
    store.write(S3Address(prefix.bucket, f"{prefix.key}x.json"), b"{}")
    with pytest.raises(BadInputError, match=r"consent/rec-2/x\.json: not a vote"):
        read_votes(store, "recordings", "rec-2")
