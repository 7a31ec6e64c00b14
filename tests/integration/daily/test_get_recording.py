"""get-recording and get-participants of recordings that Daily made: REST, bucket, both steps."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RunStep, StepRun
from tests.fakes.daily import FakeDaily, a_participant, a_recording, a_track, running_daily
from tests.fakes.s3 import FakeS3, running_s3
from workflow_templates.contracts.recording import (
    Participants,
    Recording,
    SourceKind,
    TimingHints,
    TrackItem,
)

ANN = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"
BEN = "00000000-9e95-4fa7-aaa3-fb62f5be0449"
BEN_AGAIN = "11111111-9e95-4fa7-aaa3-fb62f5be0449"
MEETING = "257764e6-c74e-4c30-944a-a887a03173a3"
ID = "08fa0b24-9220-44c5-846c-3f116cf8e738"
START_MS = 1692124183000


@pytest.fixture(scope="module")
def s3() -> Iterator[FakeS3]:
    with running_s3() as server:
        server.client.create_bucket(Bucket="daily")
        server.client.put_bucket_versioning(
            Bucket="daily", VersioningConfiguration={"Status": "Enabled"}
        )
        yield server


@pytest.fixture
def daily() -> Iterator[FakeDaily]:
    with running_daily() as server:
        yield server


class Job:
    """Runs both steps on one recording."""

    def __init__(self, run_step: RunStep, daily: FakeDaily, s3: FakeS3, folder: Path) -> None:
        self._run_step = run_step
        self._folder = folder
        self._runs = 0
        self.parameters = {"daily-api-url": daily.api_url}
        self.environment = {**s3.environment, **daily.environment, "AWS_MAX_ATTEMPTS": "1"}

    def get_recording(
        self,
        source: str = f"daily:{ID}",
        *,
        attempts: int = 1,
        environment: Mapping[str, str] | None = None,
        **parameters: str,
    ) -> StepRun:
        self._runs += 1
        return self._run_step(
            "get-recording",
            self._folder / "in",
            self._folder / f"recording{self._runs}",
            parameters={
                **self.parameters,
                "source": json.dumps([source]),
                **{name.replace("_", "-"): value for name, value in parameters.items()},
            },
            environment={**self.environment, **(environment or {})},
            arguments=("--attempts", str(attempts)),
        )

    def get_participants(
        self,
        run: StepRun,
        *,
        attempts: int = 1,
        environment: Mapping[str, str] | None = None,
        participants: str = "[]",
    ) -> StepRun:
        self._runs += 1
        return self._run_step(
            "get-participants",
            run.outputs,
            self._folder / f"participants{self._runs}",
            parameters={**self.parameters, "participants": participants},
            environment={**self.environment, **(environment or {})},
            arguments=("--attempts", str(attempts)),
        )


@pytest.fixture
def job(run_step: RunStep, daily: FakeDaily, s3: FakeS3, tmp_path: Path) -> Job:
    return Job(run_step, daily, s3, tmp_path)


def recording_of(run: StepRun) -> Recording:
    assert run.exit_code == 0, run.stderr
    return Recording.read(run.outputs / "recording.json")


def people_of(run: StepRun) -> Participants:
    assert run.exit_code == 0, run.stderr
    return Participants.read(run.outputs / "participants.json")


def items_of(run: StepRun) -> list[TrackItem]:
    listed = json.loads((run.outputs / "parameters" / "tracks").read_text())
    return [TrackItem.model_validate(each) for each in listed]


def stored(s3: FakeS3, *tracks: Mapping[str, Any], bucket: str = "daily") -> list[Any]:
    """The tracks, with their audio in the bucket."""
    for track in tracks:
        s3.client.put_object(Bucket=bucket, Key=track["s3Key"], Body=track["s3Key"].encode())
    return list(tracks)


def meeting(s3: FakeS3, folder: str) -> list[Any]:
    """Ann, Ben, Ben's camera and what he showed."""
    audio = stored(
        s3,
        a_track(ANN, offset_ms=8339, folder=folder),
        a_track(BEN, offset_ms=438, folder=folder),
    )
    return [
        *audio,
        a_track(BEN, kind="cam-video", folder=folder),
        a_track(BEN, kind="screen-audio", offset_ms=99, folder=folder),
    ]


def test_a_raw_tracks_recording_gives_its_microphones(
    job: Job, daily: FakeDaily, s3: FakeS3
) -> None:
    tracks = meeting(s3, "acme/one")
    daily.put_recording(
        a_recording(ID, tracks=tracks, room_name="standup-20230815182943", s3key="acme/one/x")
    )
    run = job.get_recording()
    recording = recording_of(run)
    assert (recording.id, recording.kind) == (ID, SourceKind.DAILY)
    assert (recording.name, recording.room_name) == ("standup", "standup-20230815182943")
    assert (recording.duration, recording.meeting_session_id) == (277.0, MEETING)
    assert recording.started_at == "2023-08-15T18:29:43.000+00:00"
    assert [track.participant_id for track in recording.tracks] == [BEN, ANN]
    assert [track.timing for track in recording.tracks] == [
        TimingHints(key_offset=0.438),
        TimingHints(key_offset=8.339),
    ]
    keys = [tracks[1]["s3Key"], tracks[0]["s3Key"]]
    assert [(run.outputs / "source" / str(index)).read_bytes().decode() for index in (0, 1)] == keys
    for track, key in zip(recording.tracks, keys, strict=True):
        head = s3.client.head_object(Bucket="daily", Key=key)
        origin = track.origin
        assert (origin.bucket, origin.key, origin.version) == ("daily", key, head["VersionId"])
    assert (run.outputs / "parameters" / "duration").read_text() == "277.0"
    assert run.report.warnings[0].startswith("not a participant's microphone, left out")
    assert [item.recording_duration for item in items_of(job.get_participants(run))] == [278.0] * 2


def test_event_json_beside_the_tracks_is_found(job: Job, daily: FakeDaily, s3: FakeS3) -> None:
    tracks = meeting(s3, "acme/events")
    events = [
        {
            "type": "track-added",
            "participant_id": ANN,
            "data": {"displayName": "Ann Events", "trackSessionNum": 1},
        },
        {
            "type": "recording-media-started",
            "participant_id": ANN,
            "data": {
                "uri": f"s3://daily/{tracks[0]['s3Key']}",
                "contentType": "audio/webm",
                "mediaStartTime": START_MS / 1000 + 8.13,
            },
        },
    ]
    s3.client.put_object(
        Bucket="daily",
        Key=f"acme/events/{START_MS}.event.json",
        Body=json.dumps({"events": events}).encode(),
    )
    daily.put_recording(a_recording(ID, tracks=tracks, s3key=...))
    daily.put_participants(MEETING, a_participant(ANN, "Ann List"), a_participant(BEN, "Ben"))
    run = job.get_recording()
    assert recording_of(run).tracks[1].timing == TimingHints(key_offset=8.339, event_offset=8.13)
    people = job.get_participants(run)
    assert [each.name for each in people_of(people).participants] == ["Ben", "Ann Events"]
    assert len(people.report.warnings) == 1
    assert "'Ann Events' in the event JSON, 'Ann List'" in people.report.warnings[0]


def test_a_mixed_recording_is_one_shared_track(job: Job, daily: FakeDaily, s3: FakeS3) -> None:
    s3.client.put_object(Bucket="daily", Key="acme/mixed/1692124183000", Body=b"everybody")
    for kind in ("cloud", "cloud-audio-only", None):
        daily.put_recording(
            a_recording(ID, type=kind, tracks=None, s3key="acme/mixed/1692124183000")
        )
        run = job.get_recording()
        (track,) = recording_of(run).tracks
        assert (track.shared, track.timing.start_offset) == (True, 0.0)
        assert recording_of(run).started_at == "2023-08-15T18:29:43.000+00:00"
        people = job.get_participants(run)
        (item,) = items_of(people)
        assert (item.shared, item.name) == (True, "Speaker 1")
        (row,) = people_of(people).tracks
        assert (row.diarized, row.screened) == (True, False)


def test_without_microphones_the_recording_is_empty_and_no_failure(
    job: Job, daily: FakeDaily
) -> None:
    for tracks in ([], [a_track(BEN, kind="cam-video")]):
        daily.put_recording(a_recording(ID, tracks=tracks))
        run = job.get_recording()
        assert recording_of(run).tracks == ()
        assert "the Daily recording has no audio track" in run.report.warnings
        people = job.get_participants(run)
        assert (people_of(people).participants, people.report.warnings) == ((), ())


def test_tracks_that_daily_does_not_tell_are_found_in_the_bucket(
    job: Job, daily: FakeDaily, s3: FakeS3
) -> None:
    meeting(s3, "acme/untold")
    stored(s3, a_track(ANN, folder="acme/untold", start_ts=1692130000))
    daily.put_recording(a_recording(ID, tracks=None, s3key=f"acme/untold/{START_MS}"))
    assert len(recording_of(job.get_recording()).tracks) == 2


def test_the_installations_bucket_fills_in_what_daily_leaves_out(
    job: Job, daily: FakeDaily, s3: FakeS3
) -> None:
    daily.put_recording(a_recording(ID, tracks=meeting(s3, "acme/two"), bucket=None))
    run = job.get_recording()
    assert (run.exit_code, "daily.sourceBucket.name" in run.sentence) == (2, True)
    run = job.get_recording(
        daily_bucket="daily",
        daily_bucket_region="us-east-1",
        daily_endpoint_url=s3.endpoint_url,
        environment={"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"},
    )
    assert recording_of(run).tracks[0].origin.bucket == "daily"


def test_the_bucket_has_credentials_of_its_own_or_a_role(
    job: Job, daily: FakeDaily, s3: FakeS3
) -> None:
    daily.put_recording(a_recording(ID, tracks=meeting(s3, "acme/three")))
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    assert job.get_recording(environment=nobody).exit_code == 3
    own = {
        **nobody,
        "MULTITRACK_DAILY_AWS_ACCESS_KEY_ID": "own",
        "MULTITRACK_DAILY_AWS_SECRET_ACCESS_KEY": "own-secret",
    }
    assert len(recording_of(job.get_recording(environment=own)).tracks) == 2
    role = "arn:aws:iam::123456789012:role/multitrack-reads"
    sts = {"AWS_ENDPOINT_URL_STS": s3.endpoint_url}
    run = job.get_recording(environment={**own, **sts}, daily_assume_role=role)
    assert len(recording_of(run).tracks) == 2
    run = job.get_recording(environment={**nobody, **sts}, daily_assume_role=role)
    assert (run.exit_code, "no credentials to assume it with" in run.sentence) == (3, True)
    away = {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9"}
    run = job.get_recording(environment={**own, **away}, daily_assume_role=role)
    assert (run.exit_code, "STS is away" in run.sentence) == (75, True)


def test_a_track_that_somebody_deleted_is_not_waited_for(
    job: Job, daily: FakeDaily, s3: FakeS3
) -> None:
    track = a_track(ANN, folder="acme/deleted")
    daily.put_recording(a_recording(ID, tracks=[track]))
    s3.put("daily", {track["s3Key"]: b"voice"})
    s3.client.delete_object(Bucket="daily", Key=track["s3Key"])
    run = job.get_recording()
    assert (run.exit_code, "it was deleted" in run.sentence) == (2, True)


def test_a_late_recording_of_everybody_is_waited_for_beside_the_tracks_of_its_meeting(
    job: Job, daily: FakeDaily, s3: FakeS3
) -> None:
    tracks = meeting(s3, "acme/both")
    beginning = tracks[0]["s3Key"].partition("-")[0]
    fields = {"type": "cloud", "tracks": None, "s3key": beginning}
    daily.put_recording(a_recording(ID, **fields))
    run = job.get_recording()
    assert (run.exit_code, "it is not there yet" in run.sentence) == (75, True), run.sentence


FAILURES: dict[str, tuple[dict[str, Any], int, str]] = {
    "still recording": ({"status": "in-progress", "duration": ...}, 75, "has not finished it yet"),
    "cancelled": ({"status": "canceled"}, 2, "it was cancelled"),
    "neither tracks nor file": (
        {"type": None, "tracks": None, "s3key": None, "s3": None},
        75,
        "has not finished it yet",
    ),
    "a late object": (
        {"tracks": [a_track(ANN, folder="acme/late")]},
        75,
        "it is not there yet; try again later",
    ),
    "tracks nobody tells": ({"tracks": None, "s3key": None}, 75, "which files it has"),
    "a bucket that is not there": (
        {"tracks": [a_track(ANN)], "s3": {"bucket_name": "nowhere"}},
        3,
        "there is no such bucket",
    ),
}


@pytest.mark.parametrize(("fields", "exit_code", "words"), FAILURES.values(), ids=FAILURES)
def test_what_cannot_be_fetched_says_why(
    job: Job, daily: FakeDaily, fields: dict[str, Any], exit_code: int, words: str
) -> None:
    daily.put_recording(a_recording(ID, **fields))
    run = job.get_recording()
    assert run.exit_code == exit_code, run.stderr
    assert words in run.sentence
    assert "Traceback" not in run.stderr


def test_a_length_that_comes_later_is_waited_for_but_not_for_ever(
    job: Job, daily: FakeDaily, s3: FakeS3
) -> None:
    daily.put_recording(a_recording(ID, tracks=meeting(s3, "acme/four"), duration=None))
    assert job.get_recording(attempts=2).exit_code == 75
    run = job.get_recording()
    assert recording_of(run).duration is None
    assert (run.outputs / "parameters" / "duration").read_text() == ""
    assert [item.recording_duration for item in items_of(job.get_participants(run))] == [None] * 2


def test_daily_that_refuses_or_is_away_says_so(job: Job) -> None:
    run = job.get_recording()
    assert (run.exit_code, "it knows no recording" in run.sentence) == (3, True)
    run = job.get_recording(environment={"MULTITRACK_DAILY_API_KEY": "wrong-key"})
    assert (run.exit_code, "does not take the API key" in run.sentence) == (3, True)
    assert "wrong-key" not in run.stderr
    run = job.get_recording(environment={"MULTITRACK_DAILY_API_KEY": ""})
    assert (run.exit_code, "there is no API key" in run.sentence) == (3, True)
    run = job.get_recording(daily_api_url="http://127.0.0.1:9/v1")
    assert (run.exit_code, "try again later" in run.sentence) == (75, True)
    run = job.get_recording("daily:")
    assert (run.exit_code, "write daily: and the recording's id" in run.sentence) == (2, True)


def test_what_the_job_knows_fills_in_what_daily_leaves_out(
    job: Job, daily: FakeDaily, s3: FakeS3
) -> None:
    fields = {"room_name": None, "mtgSessionId": None}
    daily.put_recording(a_recording(ID, tracks=meeting(s3, "acme/five"), **fields))
    recording = recording_of(job.get_recording(f"daily:{ID}?room=weekly&session={MEETING}"))
    assert (recording.room_name, recording.meeting_session_id) == ("weekly", MEETING)


def test_people_are_named_over_all_pages_and_who_came_back_is_one_speaker(
    job: Job, daily: FakeDaily, s3: FakeS3
) -> None:
    daily.account.page = 1
    tracks = stored(
        s3,
        a_track(ANN, offset_ms=8339, folder="acme/six"),
        a_track(BEN, offset_ms=438, folder="acme/six"),
        a_track(ANN, offset_ms=90_000, folder="acme/six"),
        a_track(BEN_AGAIN, offset_ms=100_000, folder="acme/six"),
    )
    daily.put_recording(a_recording(ID, tracks=tracks))
    daily.put_participants(
        MEETING,
        a_participant(BEN.upper(), "Ben", user_id="user-7", joined=0),
        a_participant(ANN, "Ann", user_id=ANN, joined=8),
        a_participant(BEN_AGAIN, "Ben (phone)", user_id="user-7", joined=99),
    )
    run = job.get_participants(job.get_recording())
    people = people_of(run)
    assert [(each.name, each.user_id) for each in people.participants] == [
        ("Ben", "user-7"),
        ("Ann", None),
    ]
    assert [row.speaker for row in people.tracks] == [0, 1, 1, 0]
    assert run.report.warnings == ()


def test_nothing_that_daily_leaves_open_about_people_is_a_failure(
    job: Job, daily: FakeDaily, s3: FakeS3
) -> None:
    tracks = meeting(s3, "acme/seven")
    daily.put_recording(a_recording(ID, tracks=tracks))
    run = job.get_recording()
    away = {"MULTITRACK_DAILY_API_KEY": "wrong"}
    daily.put_participants(MEETING, a_participant(ANN, None))
    cases = [
        (job.get_participants(run), "lacks 1 of the people"),
        (job.get_participants(run, environment=away), "does not take the API key"),
    ]
    daily.fail("/meetings", times=9)
    assert job.get_participants(run, attempts=2).exit_code == 75
    cases.append((job.get_participants(run), "people without a name of their own"))
    daily.put_recording(a_recording(ID, tracks=tracks, mtgSessionId=None))
    cases.append((job.get_participants(job.get_recording()), "names no meeting session"))
    for people, words in cases:
        assert [each.name for each in people_of(people).participants] == ["Speaker 1", "Speaker 2"]
        assert len(people.report.warnings) == 1
        assert words in people.report.warnings[0]


def test_a_persons_own_list_goes_before_what_daily_says(
    job: Job, daily: FakeDaily, s3: FakeS3
) -> None:
    daily.put_recording(a_recording(ID, tracks=meeting(s3, "acme/eight")))
    daily.put_participants(MEETING, a_participant(ANN, "Ann"), a_participant(BEN, "Ben"))
    rows = json.dumps([{"file": ANN, "name": "Dr. Ann Smith"}])
    people = people_of(job.get_participants(job.get_recording(), participants=rows))
    assert [each.name for each in people.participants] == ["Ben", "Dr. Ann Smith"]
