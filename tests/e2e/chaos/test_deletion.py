"""Deletions while those who delete are killed, and while the bucket's server fails."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from tests.e2e.audio import audio_left, await_struck_off, keep_versions, keys, proofs
from tests.e2e.chaos.ambush import Ambush, Moment, Strike, Victim
from tests.e2e.chaos.figures import Figures
from tests.e2e.installation import Installation, condition, eventually
from tests.e2e.specs import a_short_job
from tests.fakes.loopback import Request
from tests.fakes.s3_faults import FaultyS3, Rule

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(2400)]

PATIENCE = 1500
FAILURES = 40
"""So many deletes the server fails in all, one in three of them."""
DENIED = {"denied": True, "graceAfterFailure": 0}
ENDINGS = ("success", "failure", "deletion", "late-no")


@dataclass(frozen=True, slots=True)
class Case:
    """How the job ends, and who is killed at the first delete of its audio."""

    ending: str
    victim: Victim
    moment: Moment

    @property
    def job(self) -> str:
        return f"no-{self.ending}-{self.victim}"

    @property
    def key(self) -> str:
        return f"recordings/{self.job}/Carol.webm"


@pytest.fixture
def unreliable(storage: FaultyS3, moments: random.Random) -> Iterator[Rule]:
    """The server fails some deletes with 503, as S3 does when it is asked too much."""
    rule = Rule(lambda request: deletes(request) and moments.random() < 1 / 3, 503, "SlowDown")
    rule.times = FAILURES
    storage.rules.append(rule)
    yield rule
    storage.rules.remove(rule)


@pytest.mark.usefixtures("versions")
def test_all_audio_goes_whatever_is_killed(
    installation: Installation,
    clip: Path,
    ambush: Ambush,
    unreliable: Rule,
    moments: random.Random,
    figures: Figures,
) -> None:
    cases = [
        Case(ending, victim, moments.choice(list(Moment)))
        for ending, victim in product(ENDINGS, Victim)
    ]
    before = len(ambush.carried_out)
    jobs = {case.job: begin(installation, case, clip) for case in cases}
    for case in cases:
        ambush.lay(strike_at(case, jobs[case.job]))
    for case in cases:
        end(installation, case, jobs[case.job])

    for case in cases:
        if case.ending != "deletion":
            job = installation.wait(case.job, ".status.audioDeleted=true", PATIENCE)
            assert condition(job, "ConsentEnforced")["reason"] == "Enforced"
    await_struck_off(installation, jobs.values(), PATIENCE)

    left = {case.job: audio_left(installation, jobs[case.job], case.key) for case in cases}
    audits = {case.job: proofs(installation, jobs[case.job])[-1] for case in cases}
    figures.add(
        f"all audio of {len(cases)} meetings goes, in all versions",
        f"{len(ambush.carried_out) - before} kills at deletes; {FAILURES - unreliable.times} "
        "deletes failed with 503",
        f"{sum(len(each) for each in left.values())} objects or versions left, "
        f"{sum(not audit['audio_deleted'] for audit in audits.values())} without a proof",
    )
    assert left == {case.job: set() for case in cases}
    assert all(audit["audio_deleted"] for audit in audits.values())
    assert len(ambush.carried_out) - before == len(cases)
    assert unreliable.times < FAILURES


def test_a_missing_right_is_named_and_the_audio_goes_once_it_is_granted(
    installation: Installation, clip: Path, storage: FaultyS3
) -> None:
    """The job never runs: its originals are to go at once."""
    case = Case("no-right", Victim.STEP, Moment.BEFORE)
    installation.upload(clip, prefix=f"recordings/{case.job}/")
    rule = Rule(lambda request: deletes(request) and names(request, case.key), 403, "AccessDenied")
    storage.rules.append(rule)
    stopped = {"suspend": True, "cancel": True, "consent": DENIED}
    installation.apply(case.job, a_short_job({"key": case.key, "name": "Carol"}, **stopped))

    said = installation.await_reason(case.job, "Refused")
    assert said["status"] == "False"
    assert f"s3://{installation.bucket}/{case.key}" in said["message"]
    assert "grant s3:DeleteObject" in said["message"]
    assert not installation.job(case.job)["status"]["audioDeleted"]

    storage.rules.remove(rule)
    installation.wait(case.job, ".status.audioDeleted=true", 120)
    assert keys(installation, case.key) == set()


@pytest.fixture
def versions(installation: Installation) -> None:
    keep_versions(installation)


def begin(installation: Installation, case: Case, clip: Path) -> str:
    """Two versions of one original, and the job; its uid."""
    body = b"this is no audio" if case.ending == "failure" else clip.read_bytes()
    for _ in range(2):
        installation.s3.put_object(Bucket=installation.bucket, Key=case.key, Body=body)
    consent = {} if case.ending == "late-no" else DENIED
    installation.apply(case.job, a_short_job({"key": case.key, "name": "Carol"}, consent=consent))
    return str(installation.job(case.job)["metadata"]["uid"])


def end(installation: Installation, case: Case, uid: str) -> None:
    """What somebody does about the job."""
    if case.ending == "deletion":
        prefix = f"jobs/{uid}/audio/"
        eventually(lambda: keys(installation, prefix), f"padded audio of {case.job}", PATIENCE)
        installation.kubectl("delete", "recordingjob", case.job, "--wait=false")
    if case.ending == "late-no":
        installation.wait(case.job, ".status.phase=Succeeded", PATIENCE)
        installation.patch(case.job, consent={"denied": True})


def strike_at(case: Case, uid: str) -> Strike:
    """Whichever step or Workflow sends the delete."""

    def matches(request: Request) -> bool:
        return deletes(request) and (names(request, f"jobs/{uid}/") or names(request, case.key))

    pods = f"multitrack.dev/job-uid={uid},app.kubernetes.io/component=cleanup-consent"
    return Strike(matches, case.moment, case.victim, pods)


def deletes(request: Request) -> bool:
    """One object, or many by one request."""
    return request.method == "DELETE" or (request.method == "POST" and "?delete" in request.target)


def names(request: Request, key: str) -> bool:
    """In its address, or in the list that it carries."""
    return key in request.target or key.encode() in request.body
