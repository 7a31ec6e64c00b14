"""cleanup-consent as an engine runs it, against buckets that keep versions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RunStep, StepRun
from tests.fakes.daily import a_recording, running_daily
from tests.fakes.s3 import FakeS3, running_s3
from tests.fakes.s3_faults import FaultyS3, Rule, running_faulty_s3
from workflow_templates.contracts.consent import Vote
from workflow_templates.contracts.deletion import (
    DeletionAudit,
    DeletionRequest,
    DeletionScope,
    SourceObject,
)
from workflow_templates.contracts.recording import Origin, Recording, SourceKind, SourceTrack

START = "1700000000000"
ALICE = "0f3a7b52-3c55-4a5e-9a1b-0123456789ab"
ROOM = f"domain/room/{START}-{ALICE}"
SOURCES = [f"{ROOM}-cam-audio-1700000001000", f"{ROOM}-cam-video-1700000001000"]
NEIGHBOUR = f"domain/room/1700000999000-{ALICE}-cam-audio-1700000999000"
AUDIO = [
    "source/0",
    "audio/0.flac",
    "probe/0.flac",
    "spread/0.flac",
    "mix.mp3",
    "waveform.json",
    "player/a.m4a",
]
TEXT = ["recording.json", "words/0.json", "transcript.json", "manifest.json"]
PUBLISHED = ["published/transcript.json", "logs/w/p/main.log"]


@pytest.fixture(scope="module")
def s3() -> Iterator[FakeS3]:
    with running_s3() as server:
        yield server


@pytest.fixture
def faulty(s3: FakeS3) -> Iterator[FaultyS3]:
    with running_faulty_s3(s3.endpoint_url) as server:
        yield server


class Meeting:
    """A finished job in two buckets, everything written twice."""

    def __init__(self, s3: FakeS3, faulty: FaultyS3, folder: Path, run_step: RunStep) -> None:
        self.s3, self.faulty, self.folder, self.run_step = s3, faulty, folder, run_step
        name = folder.name.replace("_", "-").lower()[-40:].strip("-")
        self.source, self.storage = f"src-{name}", f"job-{name}"
        for bucket in (self.source, self.storage):
            s3.client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
        track = SourceTrack(
            index=0, origin=Origin(name="a", bucket=self.source, key=SOURCES[0]), size=1
        )
        recording = Recording(id="rec", kind=SourceKind.S3, name="room", tracks=(track,))
        recording.write(folder / "in" / "recording.json")
        for _ in range(2):
            for key in (*SOURCES, NEIGHBOUR):
                self.put(self.source, key)
            for key in (*AUDIO, *TEXT, *PUBLISHED, "published/report.html"):
                self.put(self.storage, f"jobs/uid/{key}")
            self.put(self.storage, "jobs/uid-2/mix.mp3")
        s3.client.delete_object(Bucket=self.storage, Key="jobs/uid/audio/0.flac")

    def put(self, bucket: str, key: str, body: bytes = b"speech") -> None:
        self.s3.client.put_object(Bucket=bucket, Key=key, Body=body)

    def vote(self, number: int, *, given: bool) -> None:
        vote = Vote(id=f"v{number}", at="2026-03-14T10:00:00Z", consent_given=given)
        body = vote.model_dump_json().encode()
        self.put(self.storage, f"consent/uid/20260314-{number}.json", body)

    def keys(self, bucket: str) -> set[str]:
        """Of all versions and delete markers."""
        listed = self.s3.client.list_object_versions(Bucket=bucket)
        return {
            each["Key"] for each in (*listed.get("Versions", []), *listed.get("DeleteMarkers", []))
        }

    def clean(self, **parameters: str) -> StepRun:
        told = {
            "job-address": f"s3://{self.storage}/jobs/uid/",
            "s3-endpoint-url": self.faulty.url,
        } | {name.replace("_", "-"): value for name, value in parameters.items()}
        return self.run_step(
            "cleanup-consent",
            self.folder / "in",
            self.folder / "out",
            parameters=told,
            environment={**self.s3.environment, "AWS_MAX_ATTEMPTS": "1"},
        )

    @property
    def audit(self) -> DeletionAudit:
        return DeletionAudit.read(self.folder / "out" / "consent" / "audit.json")

    @property
    def says_deleted(self) -> str:
        file = self.folder / "out" / "parameters" / "audio-deleted"
        return file.read_text(encoding="utf-8")

    def jobs(self) -> set[str]:
        return {key.removeprefix("jobs/uid/") for key in self.keys(self.storage)}


@pytest.fixture
def meeting(s3: FakeS3, faulty: FaultyS3, tmp_path: Path, run_step: RunStep) -> Meeting:
    return Meeting(s3, faulty, tmp_path, run_step)


def test_one_no_deletes_all_audio_in_all_versions_and_keeps_the_text(meeting: Meeting) -> None:
    meeting.vote(1, given=True)
    meeting.vote(2, given=False)
    run = meeting.clean()
    assert (run.exit_code, run.stderr) == (0, "")
    assert meeting.keys(meeting.source) == {NEIGHBOUR}
    left = meeting.jobs()
    assert left >= {*TEXT, *PUBLISHED, "jobs/uid-2/mix.mp3"}
    assert not left & {*AUDIO, "published/report.html"}
    audit = meeting.audit
    assert (audit.audio_deleted, meeting.says_deleted) == (True, "true")
    assert audit.votes == ("v1", "v2")
    assert audit.because == "A participant does not consent."
    versions = {each.address: each.versions for each in audit.deleted}
    assert versions[f"s3://{meeting.storage}/jobs/uid/audio/0.flac"] == 3, "with its delete marker"
    assert versions[f"s3://{meeting.source}/{SOURCES[1]}"] == 2
    assert audit.remaining == ()
    assert set(audit.kept) >= {"transcript.json", "published/transcript.json"}
    assert any(key.startswith("deletions/done/uid/") for key in left)


def test_without_a_no_nothing_is_touched(meeting: Meeting) -> None:
    meeting.vote(1, given=True)
    before = (meeting.keys(meeting.source), meeting.keys(meeting.storage))
    assert meeting.clean().exit_code == 0
    assert (meeting.keys(meeting.source), meeting.keys(meeting.storage)) == before
    assert meeting.audit.audio_deleted is False
    assert meeting.says_deleted == "false"


def test_a_second_deletion_finds_nothing_and_says_so(meeting: Meeting) -> None:
    for _ in range(2):
        assert meeting.clean(consent_denied="true").exit_code == 0
    assert meeting.audit.audio_deleted
    assert meeting.audit.deleted == ()


def test_a_mix_that_comes_back_goes_again(meeting: Meeting) -> None:
    meeting.clean(consent_denied="true")
    meeting.put(meeting.storage, "jobs/uid/mix.mp3")
    assert meeting.clean(consent_denied="true").exit_code == 0
    assert "mix.mp3" not in meeting.jobs()


def test_a_deletion_list_reaches_what_no_recording_names(meeting: Meeting) -> None:
    """As after a job that failed before it had a recording.json, with a shadow run beside it."""
    (meeting.folder / "in" / "recording.json").unlink()
    request = DeletionRequest(
        id="1",
        job_uid="uid",
        because="Alice withdrew her consent.",
        requested_at="2026-03-14T12:00:00Z",
        sources=tuple(SourceObject(bucket=meeting.source, key=key) for key in SOURCES),
        prefixes=(f"s3://{meeting.storage}/jobs/uid-2/",),
    )
    meeting.put(meeting.storage, "deletions/pending/1.json", request.model_dump_json().encode())
    address = f"s3://{meeting.storage}/deletions/pending/1.json"
    run = meeting.clean(deletion_address=address, consent_policy="Keep")
    assert run.exit_code == 0
    assert meeting.keys(meeting.source) == {NEIGHBOUR}
    assert "jobs/uid-2/mix.mp3" not in meeting.jobs()
    assert meeting.audit.because == "Alice withdrew her consent."
    assert meeting.audit.recording_id is None


def a_request(meeting: Meeting, **more: Any) -> str:
    """Put an entry on the deletion list; its address."""
    request = DeletionRequest(
        id="1",
        job_uid="uid",
        because="Alice withdrew her consent.",
        requested_at="2026-03-14T12:00:00Z",
        **more,
    )
    meeting.put(meeting.storage, "deletions/pending/1.json", request.model_dump_json().encode())
    return f"s3://{meeting.storage}/deletions/pending/1.json"


def test_a_shadow_deletes_its_copies_and_no_original(meeting: Meeting) -> None:
    meeting.vote(1, given=False)
    assert meeting.clean(deletion_scope="Copies").exit_code == 0
    assert meeting.keys(meeting.source) == {*SOURCES, NEIGHBOUR}
    assert not meeting.jobs() & set(AUDIO)
    assert (meeting.audit.scope, meeting.audit.audio_deleted) == (DeletionScope.COPIES, True)


def test_intermediates_go_and_the_mix_stays(meeting: Meeting) -> None:
    address = a_request(meeting, scope=DeletionScope.INTERMEDIATES)
    assert meeting.clean(deletion_address=address).exit_code == 0
    assert meeting.keys(meeting.source) == {*SOURCES, NEIGHBOUR}
    left = meeting.jobs()
    assert left >= {"mix.mp3", "waveform.json", "published/report.html", *TEXT}
    assert not left & {"source/0", "audio/0.flac", "probe/0.flac", "spread/0.flac"}
    assert (meeting.audit.request_id, meeting.audit.scope) == ("1", DeletionScope.INTERMEDIATES)


UNLISTED = {
    "a folder": ("domain/room", set()),
    "a folder with its slash": ("domain/room/", set()),
    "one of several recordings of a room": (f"domain/room/{START}", {NEIGHBOUR}),
}


@pytest.mark.parametrize(("prefix", "left"), UNLISTED.values(), ids=UNLISTED)
def test_originals_that_no_recording_names_are_found_by_what_the_job_was_told(
    meeting: Meeting, prefix: str, left: set[str]
) -> None:
    (meeting.folder / "in" / "recording.json").unlink()
    notes = {"domain/room/notes.txt", "domain/room/deeper/old.webm"}
    for key in (*notes, "domain/room/Alice.webm"):
        meeting.put(meeting.source, key)
    meeting.s3.client.delete_object(Bucket=meeting.source, Key=SOURCES[0])
    address = a_request(meeting, source=(f"s3://{meeting.source}/{prefix}",))
    run = meeting.clean(deletion_address=address)
    assert run.exit_code == 0, run.stderr
    assert meeting.keys(meeting.source) - {"domain/room/Alice.webm"} == notes | left


def test_originals_that_nobody_can_find_keep_no_copy_and_are_not_called_deleted(
    meeting: Meeting,
) -> None:
    (meeting.folder / "in" / "recording.json").unlink()
    address = a_request(meeting, source=("daily:rec-7",))
    run = meeting.clean(deletion_address=address)
    assert run.exit_code == 3
    assert "MULTITRACK_DAILY_API_KEY" in run.sentence
    assert not meeting.jobs() & set(AUDIO)
    assert (meeting.audit.audio_deleted, meeting.says_deleted) == (False, "false")
    assert [each.address for each in meeting.audit.remaining] == ["the originals"]


def test_originals_at_daily_are_found_by_asking_it(meeting: Meeting) -> None:
    (meeting.folder / "in" / "recording.json").unlink()
    with running_daily() as daily:
        tracks = [{"type": "audio", "s3Key": SOURCES[0], "size": 1}]
        place = {"bucket_name": meeting.source, "endpoint": meeting.s3.endpoint_url}
        daily.put_recording({**a_recording("rec-7", tracks=tracks), "s3": place})
        run = meeting.run_step(
            "cleanup-consent",
            meeting.folder / "in",
            meeting.folder / "out",
            parameters={
                "job-address": f"s3://{meeting.storage}/jobs/uid/",
                "deletion-address": a_request(meeting, source=("daily:rec-7",)),
                "s3-endpoint-url": meeting.s3.endpoint_url,
                "daily-endpoint-url": meeting.s3.endpoint_url,
                "daily-api-url": daily.api_url,
            },
            environment={**meeting.s3.environment, **daily.environment},
        )
    assert run.exit_code == 0, run.stderr
    assert meeting.keys(meeting.source) == {NEIGHBOUR}


def test_a_missing_right_is_named_and_nothing_is_called_deleted(meeting: Meeting) -> None:
    meeting.faulty.rules.append(
        Rule(
            lambda each: each.method == "DELETE" and meeting.source in each.target,
            403,
            "AccessDenied",
        )
    )
    run = meeting.clean(consent_denied="true")
    assert run.exit_code == 3
    assert "The audio is not deleted: " in run.sentence
    assert SOURCES[0] in run.sentence
    assert f"grant s3:DeleteObjectVersion on bucket '{meeting.source}'" in run.sentence
    assert meeting.audit.audio_deleted is False
    assert meeting.says_deleted == "false"
    assert {each.address for each in meeting.audit.remaining} == {
        f"s3://{meeting.source}/{key}" for key in SOURCES
    }
    assert not meeting.jobs() & set(AUDIO), "one bucket that refuses keeps no other"


def test_a_lock_is_named(meeting: Meeting) -> None:
    meeting.s3.client.put_object_retention(
        Bucket=meeting.source,
        Key=SOURCES[0],
        Retention={
            "Mode": "COMPLIANCE",
            "RetainUntilDate": datetime.now(UTC) + timedelta(days=30),
        },
    )
    run = meeting.clean(consent_denied="true")
    assert run.exit_code == 3
    assert "is locked (COMPLIANCE until" in run.sentence
    assert SOURCES[0] in run.sentence
    assert meeting.audit.audio_deleted is False


def test_deletes_that_fail_for_now_are_tried_again(meeting: Meeting) -> None:
    meeting.faulty.rules.append(
        Rule(lambda each: each.method == "DELETE", 503, "SlowDown", times=3)
    )
    first = meeting.clean(consent_denied="true")
    assert first.exit_code == 75
    assert meeting.audit.audio_deleted is False
    assert meeting.clean(consent_denied="true").exit_code == 0
    assert meeting.audit.audio_deleted
    assert meeting.keys(meeting.source) == {NEIGHBOUR}


def test_a_server_that_only_says_it_deleted_is_not_believed(meeting: Meeting) -> None:
    meeting.faulty.rules.append(
        Rule(lambda each: each.method == "DELETE" and "mix.mp3" in each.target, 204, "")
    )
    run = meeting.clean(consent_denied="true")
    assert run.exit_code == 75
    assert "still there after its deletion" in run.sentence
    assert meeting.audit.audio_deleted is False


def test_missing_credentials_are_named(meeting: Meeting) -> None:
    run = meeting.run_step(
        "cleanup-consent",
        meeting.folder / "in",
        meeting.folder / "out",
        parameters={
            "job-address": f"s3://{meeting.storage}/jobs/uid/",
            "s3-endpoint-url": meeting.s3.endpoint_url,
        },
        environment={
            **meeting.s3.environment,
            "AWS_ACCESS_KEY_ID": "",
            "AWS_SECRET_ACCESS_KEY": "",
        },
    )
    assert run.exit_code == 3
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in run.sentence


def test_a_vote_that_cannot_be_read_is_no_consent(meeting: Meeting) -> None:
    meeting.put(meeting.storage, "consent/uid/1.json", b"{}")
    run = meeting.clean()
    assert run.exit_code == 2
    assert "not a vote" in run.sentence


def test_on_one_machine_it_says_what_to_do_instead(meeting: Meeting) -> None:
    run = meeting.clean(job_address="")
    assert run.exit_code == 2
    assert "delete the meeting's folder" in run.sentence
