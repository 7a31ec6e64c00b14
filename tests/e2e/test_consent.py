"""Consent on a real cluster and a bucket with versions: whatever becomes of a job, audio goes."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.e2e.audio import audio_left, await_struck_off, keep_versions, keys, proofs
from tests.e2e.conftest import NAME
from tests.e2e.installation import Installation, condition, eventually
from tests.e2e.specs import a_short_job
from workflow_templates.contracts.consent import Vote
from workflow_templates.runtime.store import S3Store
from workflow_templates.runtime.votes import write_vote

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

LOCKED = f"{NAME}-locked"
"""A bucket in which objects can be locked."""
DENIED = {"denied": True, "graceAfterFailure": 0}


@dataclass(frozen=True, slots=True)
class Meeting:
    """A job and its own original, in all versions."""

    installation: Installation
    name: str
    key: str
    uid: str = ""
    bucket: str = NAME

    def keys(self, prefix: str) -> set[str]:
        """Of all versions and delete markers."""
        return keys(self.installation, prefix, self.bucket)

    def audio(self) -> set[str]:
        """What there still is of it."""
        return audio_left(self.installation, self.uid, self.key)


def a_meeting(installation: Installation, name: str, track: Path, **spec: Any) -> Meeting:
    """A job of one short track, uploaded twice, so that an old version lies below it."""
    prefix = f"recordings/{name}/"
    for _ in range(2):
        installation.upload(track, prefix=prefix)
    key = f"{prefix}{track.name}"
    installation.apply(name, a_short_job({"key": key, "name": "Carol"}, **spec))
    uid = installation.job(name)["metadata"]["uid"]
    return Meeting(installation, name, key, uid)


@pytest.fixture
def versions(installation: Installation) -> None:
    """The bucket keeps old versions of everything from now on."""
    keep_versions(installation)


@pytest.mark.usefixtures("versions")
def test_audio_goes_whatever_becomes_of_the_job(
    installation: Installation, sample: Path, tmp_path: Path
) -> None:
    """Side by side: denied before the run, after success, with a failure, deleted during it."""
    carol = sample / "Carol.webm"
    broken = tmp_path / "Broken.webm"
    broken.write_bytes(b"this is no audio")
    before = a_meeting(installation, "no-before", carol, consent=DENIED, steps={"report": False})
    after = a_meeting(installation, "no-after", carol, consent={})
    failing = a_meeting(installation, "no-failed", broken, consent=DENIED)
    deleted = a_meeting(installation, "no-deleted", carol, consent=DENIED)

    def is_under_way() -> bool:
        return bool(deleted.keys(f"jobs/{deleted.uid}/audio/"))

    eventually(is_under_way, "padded audio of the job that is deleted", 300)
    installation.kubectl("delete", "recordingjob", deleted.name, "--wait=true", "--timeout=60s")
    installation.kill_operator()

    succeeded = installation.wait("no-after", ".status.phase=Succeeded")
    assert condition(succeeded, "ConsentEnforced")["reason"] == "NobodyDenies"
    assert after.audio() >= {after.key}
    store = S3Store(installation.s3)
    # Nobody tells the job: the operator's sweep finds the vote.
    vote = Vote(id="late", at="2026-03-14T10:00:00.000+00:00", consent_given=False)
    write_vote(store, installation.bucket, after.uid, vote)
    installation.kill_operator()

    for meeting in (before, after, failing):
        job = installation.wait(meeting.name, ".status.audioDeleted=true", 300)
        assert condition(job, "ConsentEnforced")["reason"] == "Enforced"
        assert "finalizers" not in job["metadata"]
    assert installation.job("no-failed")["status"]["phase"] == "Failed"
    assert installation.job("no-before")["status"]["phase"] == "Succeeded"
    meetings = (before, after, failing, deleted)
    await_struck_off(installation, [meeting.uid for meeting in meetings], 300)
    for meeting in meetings:
        assert meeting.audio() == set(), meeting.name
        proof = proofs(installation, meeting.uid)[-1]
        assert proof["audio_deleted"] is True
        assert f"s3://{installation.bucket}/{meeting.key}" in {
            each["address"] for each in proof["deleted"]
        }
        assert f"jobs/{meeting.uid}/recording.json" in meeting.keys(f"jobs/{meeting.uid}/")


CANCELLED = {"suspend": True, "cancel": True, "consent": {"denied": True}}
"""Such a job never runs, and its originals are to go at once."""


def test_what_stands_in_the_way_of_a_deletion_is_named(
    installation: Installation, locked: Meeting
) -> None:
    key, spec = "recordings/no-credential/Carol.webm", a_short_job(**CANCELLED)
    installation.s3.put_object(Bucket=installation.bucket, Key=key, Body=b"speech")
    source = {"tracks": [{"key": key, "name": "Carol"}]}
    installation.apply("no-credential", {**spec, "source": source, "profile": "no-secret"})

    refused = installation.await_reason(locked.name, "Refused")
    assert refused["status"] == "False"
    assert f"s3://{LOCKED}/{locked.key}" in refused["message"]
    assert "is locked" in refused["message"]
    assert not installation.job(locked.name)["status"]["audioDeleted"]
    hold(installation, locked, "OFF")
    installation.wait(locked.name, ".status.audioDeleted=true", 120)
    assert locked.keys(locked.key) == set()

    unable = installation.await_reason("no-credential", "Unverified")
    assert "no-such-secret" in unable["message"]
    assert not installation.job("no-credential")["status"]["audioDeleted"]
    installation.s3.head_object(Bucket=installation.bucket, Key=key)
    installation.make_secret("no-such-secret", {"access-key-id": os.environ["AWS_ACCESS_KEY_ID"]})
    try:
        installation.wait("no-credential", ".status.audioDeleted=true", 120)
    finally:
        installation.kubectl("delete", "secret", "no-such-secret")


@pytest.fixture
def locked(installation: Installation) -> Meeting:
    """A recording that somebody has put under legal hold, and a job whose audio is to go."""
    buckets = [each["Name"] for each in installation.s3.list_buckets()["Buckets"]]
    if LOCKED not in buckets:
        installation.s3.create_bucket(Bucket=LOCKED, ObjectLockEnabledForBucket=True)
    meeting = Meeting(installation, "locked", "recordings/locked/Carol.webm", bucket=LOCKED)
    installation.s3.put_object(Bucket=LOCKED, Key=meeting.key, Body=b"speech")
    hold(installation, meeting, "ON")
    source = {"s3": {"bucket": LOCKED, "prefix": "recordings/locked/"}}
    installation.apply(meeting.name, {**a_short_job(**CANCELLED), "source": source})
    return meeting


def hold(installation: Installation, meeting: Meeting, status: Literal["ON", "OFF"]) -> None:
    installation.s3.put_object_legal_hold(
        Bucket=meeting.bucket, Key=meeting.key, LegalHold={"Status": status}
    )
