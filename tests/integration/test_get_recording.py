"""get-recording, in its own process, against folders and a bucket."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import RunStep, StepRun
from tests.fakes.s3 import FakeS3, running_s3
from workflow_templates.contracts.recording import Recording, SourceKind, TimingHints

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

ANN = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"
BEN = "00000000-9e95-4fa7-aaa3-fb62f5be0449"
START = 1692124183000
ANN_KEY = f"{START}-{ANN}-cam-audio-{START + 8339}"
BEN_KEY = f"{START}-{BEN}-cam-audio-{START + 438}"
VIDEO_KEY = f"{START}-{BEN}-cam-video-{START}"
EVENTS = json.dumps(
    {
        "events": [
            {
                "type": "track-added",
                "participant_id": ANN,
                "data": {"displayName": "Ann", "trackSessionNum": 1},
            },
            {
                "type": "recording-media-started",
                "participant_id": ANN,
                "data": {
                    "uri": f"s3://daily/acme/standup/{ANN_KEY}",
                    "contentType": "audio/wav",
                    "mediaStartTime": START / 1000 + 8.13,
                    "trackSessionNum": 1,
                },
            },
        ]
    }
).encode()


@pytest.fixture(scope="module")
def s3() -> Iterator[FakeS3]:
    with running_s3() as server:
        yield server


class Job:
    """Runs the step on sources, each time into a fresh folder."""

    def __init__(self, run_step: RunStep, folder: Path) -> None:
        self._run_step = run_step
        self._folder = folder
        self._runs = 0

    def get(
        self,
        *source: str | Path,
        environment: Mapping[str, str] | None = None,
        name: str = "",
        copy_to: str | Path = "",
    ) -> StepRun:
        self._runs += 1
        return self._run_step(
            "get-recording",
            self._folder / "in",
            self._folder / f"out{self._runs}",
            parameters={
                "source": json.dumps([str(place) for place in source]),
                "name": name,
                "copy-to": str(copy_to),
            },
            environment=environment,
        )


@pytest.fixture
def job(run_step: RunStep, tmp_path_factory: pytest.TempPathFactory) -> Job:
    return Job(run_step, tmp_path_factory.mktemp("job"))


def recording_of(run: StepRun) -> Recording:
    assert run.exit_code == 0, run.stderr
    return Recording.read(run.outputs / "recording.json")


def fill(folder: Path, files: Mapping[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def copies(run: StepRun) -> list[bytes]:
    return [file.read_bytes() for file in sorted((run.outputs / "source").iterdir())]


def test_a_folder_becomes_its_audio_tracks_in_natural_order(job: Job, sample: Path) -> None:
    run = job.get(sample)
    recording = recording_of(run)
    assert [track.origin.name for track in recording.tracks] == [
        "Alice.webm",
        "Ben.webm",
        "Carol.webm",
        "David.webm",
    ]
    assert (recording.kind, recording.name) == (SourceKind.FOLDER, "sample")
    assert copies(run) == [(sample / track.origin.name).read_bytes() for track in recording.tracks]
    assert [track.size for track in recording.tracks] == [len(copy) for copy in copies(run)]
    assert (run.outputs / "parameters" / "duration").read_text() == ""
    assert run.report.tracks == 4


def test_the_originals_stay_as_they_are(job: Job, tmp_path: Path) -> None:
    folder = fill(tmp_path / "meeting", {"Alice.webm": b"alice"})
    before = (folder / "Alice.webm").stat()
    run = job.get(folder)
    after = (folder / "Alice.webm").stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_mode) == (
        before.st_ino,
        before.st_mtime_ns,
        before.st_mode,
    )
    shutil.rmtree(run.outputs)
    assert (folder / "Alice.webm").read_bytes() == b"alice"


def test_a_second_run_into_the_same_folder_replaces_the_first(
    run_step: RunStep, tmp_path: Path
) -> None:
    folder = fill(tmp_path / "meeting", {"Alice.webm": b"first"})
    for content in (b"first", b"second"):
        (folder / "Alice.webm").unlink()
        (folder / "Alice.webm").write_bytes(content)
        for _ in range(2):
            run = run_step(
                "get-recording",
                tmp_path / "in",
                tmp_path / "out",
                parameters={"source": json.dumps([str(folder)])},
            )
            recording_of(run)
            assert copies(run) == [content]


def test_the_id_follows_from_the_contents_alone(job: Job, tmp_path: Path) -> None:
    files = {"Alice.webm": b"alice", "Ben.webm": b"ben"}
    first = recording_of(job.get(fill(tmp_path / "one", files)))
    elsewhere = fill(tmp_path / "two", files)
    os.utime(elsewhere / "Ben.webm", (1, 1))
    listed = [elsewhere / "Ben.webm", elsewhere / "Alice.webm"]
    assert recording_of(job.get(elsewhere)).id == first.id
    assert recording_of(job.get(*listed)).id == first.id
    (elsewhere / "Ben.webm").write_bytes(b"eve")
    assert recording_of(job.get(elsewhere)).id != first.id


def test_links_are_followed_and_keep_their_names(job: Job, tmp_path: Path) -> None:
    stored = fill(tmp_path / "stored", {"0001": b"alice"})
    folder = fill(tmp_path / "meeting", {})
    (folder / "Alice.webm").symlink_to(stored / "0001")
    run = job.get(folder)
    origin = recording_of(run).tracks[0].origin
    assert (origin.name, origin.path) == ("Alice.webm", str((stored / "0001").resolve()))
    assert copies(run) == [b"alice"]
    assert not next((run.outputs / "source").iterdir()).is_symlink()


def test_listed_files_may_come_from_several_folders(job: Job, tmp_path: Path) -> None:
    one = fill(tmp_path / "one", {"mic.wav": b"1"})
    two = fill(tmp_path / "two", {"mic.wav": b"2"})
    run = job.get(one / "mic.wav", two / "mic.wav")
    recording = recording_of(run)
    assert (recording.kind, recording.name) == (SourceKind.FILES, "recording")
    assert copies(run) == [b"1", b"2"]


def test_a_given_name_is_kept(job: Job, tmp_path: Path) -> None:
    folder = fill(tmp_path / "meeting", {"Alice.webm": b"alice"})
    assert recording_of(job.get(folder, name=" Standup ")).name == "Standup"


def test_a_daily_folder_gives_participants_and_times(job: Job, tmp_path: Path) -> None:
    folder = fill(
        tmp_path / "room",
        {ANN_KEY: b"ann", f"{BEN_KEY}.webm": b"ben", VIDEO_KEY: b"v", "x.event.json": EVENTS},
    )
    run = job.get(folder)
    recording = recording_of(run)
    assert recording.started_at == "2023-08-15T18:29:43.000+00:00"
    assert [track.participant_id for track in recording.tracks] == [BEN, ANN]
    assert [track.display_name for track in recording.tracks] == [None, "Ann"]
    assert [track.content_type for track in recording.tracks] == [None, "audio/wav"]
    assert [track.timing for track in recording.tracks] == [
        TimingHints(key_offset=0.438),
        TimingHints(key_offset=8.339, event_offset=8.13),
    ]
    assert run.report.warnings == (f"not a participant's microphone, left out: {VIDEO_KEY}",)


def test_broken_event_json_is_left_out_and_named(job: Job, tmp_path: Path) -> None:
    folder = fill(tmp_path / "room", {ANN_KEY: b"ann", f"{START}.event.json": EVENTS[:50]})
    run = job.get(folder)
    assert recording_of(run).tracks[0].timing == TimingHints(key_offset=8.339)
    assert len(run.report.warnings) == 1
    assert run.report.warnings[0].startswith(f"{START}.event.json: ignored, not usable event JSON")


def test_a_daily_recording_without_audio_succeeds_empty(job: Job, tmp_path: Path) -> None:
    run = job.get(fill(tmp_path / "room", {VIDEO_KEY: b"v"}))
    assert recording_of(run).tracks == ()
    assert not (run.outputs / "source").exists()
    assert "the Daily recording has no audio track" in run.report.warnings


def test_a_bucket_of_dailys_becomes_a_recording(job: Job, s3: FakeS3) -> None:
    s3.client.create_bucket(Bucket="daily")
    s3.client.put_bucket_versioning(Bucket="daily", VersioningConfiguration={"Status": "Enabled"})
    s3.put(
        "daily",
        {
            f"acme/standup/{ANN_KEY}": b"ann",
            f"acme/standup/{BEN_KEY}": b"ben",
            f"acme/standup/{VIDEO_KEY}": b"v",
            f"acme/standup/{START}.event.json": EVENTS,
            "acme/standup-2/other.webm": b"another room",
        },
    )
    run = job.get("s3://daily/acme/standup", environment=s3.environment)
    recording = recording_of(run)
    assert copies(run) == [b"ben", b"ann"]
    assert (recording.kind, recording.name, recording.room_name) == (
        SourceKind.S3,
        "standup",
        "standup",
    )
    head = s3.client.head_object(Bucket="daily", Key=f"acme/standup/{ANN_KEY}")
    origin = recording.tracks[1].origin
    assert (origin.bucket, origin.key) == ("daily", f"acme/standup/{ANN_KEY}")
    assert (origin.version, origin.etag) == (head["VersionId"], head["ETag"].strip('"'))
    assert recording.tracks[1].timing.event_offset == 8.13
    again = recording_of(
        job.get(f"s3://daily/acme/standup/{START}", environment=s3.environment, name="x")
    )
    assert (again.id, again.name, again.room_name) == (recording.id, "x", "standup")


def test_a_bucket_of_named_files_has_the_id_of_the_same_files_on_disk(
    job: Job, s3: FakeS3, tmp_path: Path
) -> None:
    files = {"Alice.webm": b"alice", "Ben.webm": b"ben", "notes.txt": b"x"}
    s3.put("named", {f"team/{name}": content for name, content in files.items()})
    stored = recording_of(job.get("s3://named/team/", environment=s3.environment))
    on_disk = recording_of(job.get(fill(tmp_path / "team", files)))
    assert (stored.id, stored.name) == (on_disk.id, "team")


def test_one_object_is_a_recording_of_one_track(job: Job, s3: FakeS3) -> None:
    s3.put("single", {"team/Alice.webm": b"alice", "team/Alicia/x.webm": b"x"})
    run = job.get("s3://single/team/Alice.webm", environment=s3.environment)
    assert [track.origin.name for track in recording_of(run).tracks] == ["Alice.webm"]


def test_the_endpoint_can_be_a_parameter(run_step: RunStep, s3: FakeS3, tmp_path: Path) -> None:
    s3.put("param", {"Alice.webm": b"alice"})
    environment = {**s3.environment, "AWS_ENDPOINT_URL_S3": ""}
    run = run_step(
        "get-recording",
        tmp_path,
        tmp_path / "out",
        parameters={"source": '["s3://param"]', "s3-endpoint-url": s3.endpoint_url},
        environment=environment,
    )
    assert recording_of(run).name == "param"


def test_a_prefix_whose_objects_somebody_deleted_says_so(
    run_step: RunStep, s3: FakeS3, tmp_path: Path
) -> None:
    s3.put("kept", {})
    versions = {"Status": "Enabled"}
    s3.client.put_bucket_versioning(Bucket="kept", VersioningConfiguration=versions)  # type: ignore[arg-type]  # a TypedDict
    s3.put("kept", {"standup/Alice.webm": b"alice"})
    s3.client.delete_object(Bucket="kept", Key="standup/Alice.webm")
    run = run_step(
        "get-recording",
        tmp_path,
        tmp_path / "out",
        parameters={"source": '["s3://kept/standup/"]'},
        environment=s3.environment,
    )
    assert (run.exit_code, "what lay there was deleted" in run.sentence) == (2, True)


class Bucket:
    """A bucket of two tracks, and one of jobs, on the same server; both keep versions."""

    SOURCE = "s3://kept/team/"
    JOB = "s3://jobs/jobs/uid/"

    def __init__(self, s3: FakeS3) -> None:
        self._s3 = s3
        self.environment = s3.environment
        for bucket in ("kept", "jobs"):
            s3.client.create_bucket(Bucket=bucket)
            s3.client.put_bucket_versioning(
                Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
            )
        self.write("Alice.webm", b"alice")
        self.write("Ben.webm", b"ben")

    def write(self, name: str, content: bytes) -> None:
        self._s3.client.put_object(Bucket="kept", Key=f"team/{name}", Body=content)

    def in_parts(self, name: str, size: int) -> None:
        client, key = self._s3.client, f"team/{name}"
        upload = client.create_multipart_upload(Bucket="kept", Key=key)["UploadId"]
        parts: list[CompletedPartTypeDef] = [
            {
                "PartNumber": number,
                "ETag": client.upload_part(
                    Bucket="kept",
                    Key=key,
                    UploadId=upload,
                    PartNumber=number,
                    Body=bytes([number]) * size,
                )["ETag"],
            }
            for number in (1, 2)
        ]
        client.complete_multipart_upload(
            Bucket="kept", Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
        )

    def copies(self) -> list[bytes]:
        found = self._s3.client.list_objects_v2(Bucket="jobs", Prefix="jobs/uid/source/")
        keys = [entry["Key"] for entry in found.get("Contents", [])]
        return [self._s3.client.get_object(Bucket="jobs", Key=key)["Body"].read() for key in keys]

    def writes(self) -> int:
        """How often anything was written below the job's prefix."""
        found = self._s3.client.list_object_versions(Bucket="jobs", Prefix="jobs/uid/source/")
        return len(found.get("Versions", []))

    def forget_copy(self, index: int) -> None:
        self._s3.client.delete_object(Bucket="jobs", Key=f"jobs/uid/source/{index}")


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with running_s3() as server:
        yield Bucket(server)


def test_on_the_same_server_tracks_are_copied_without_passing_through_here(
    job: Job, bucket: Bucket
) -> None:
    run = job.get(bucket.SOURCE, environment=bucket.environment, copy_to=bucket.JOB)
    downloaded = job.get(bucket.SOURCE, environment=bucket.environment)
    assert recording_of(run) == recording_of(downloaded)
    assert bucket.copies() == copies(downloaded) == [b"alice", b"ben"]
    assert not (run.outputs / "source").exists()


def test_another_try_copies_only_what_is_missing_or_other(job: Job, bucket: Bucket) -> None:
    def run() -> Recording:
        return recording_of(
            job.get(bucket.SOURCE, environment=bucket.environment, copy_to=bucket.JOB)
        )

    first = run()
    assert (run(), bucket.writes()) == (first, 2)
    bucket.forget_copy(1)
    assert (run(), bucket.writes()) == (first, 3)
    bucket.write("Alice.webm", b"ALICE")
    changed = run()
    assert (bucket.copies(), bucket.writes()) == ([b"ALICE", b"ben"], 4)
    assert changed.tracks[0].origin.version != first.tracks[0].origin.version
    assert changed.id != first.id


def test_a_copy_is_recognised_although_it_was_uploaded_in_other_parts(
    job: Job, bucket: Bucket
) -> None:
    bucket.in_parts("Alice.webm", 5 << 20)
    for _ in range(2):
        recording_of(job.get(bucket.SOURCE, environment=bucket.environment, copy_to=bucket.JOB))
        assert [len(copy) for copy in bucket.copies()] == [10 << 20, 3]
        assert bucket.writes() == 2


def test_where_the_server_refuses_to_copy_tracks_are_downloaded(job: Job, bucket: Bucket) -> None:
    run = job.get(
        bucket.SOURCE, environment=bucket.environment, copy_to="s3://no-such-bucket/jobs/uid/"
    )
    recording_of(run)
    assert copies(run) == [b"alice", b"ben"]


def test_an_earlier_run_on_this_machine_spares_the_download(
    job: Job, bucket: Bucket, tmp_path: Path
) -> None:
    earlier = job.get(bucket.SOURCE, environment=bucket.environment)
    recording_of(earlier)
    kept = [file.stat().st_ino for file in sorted((earlier.outputs / "source").iterdir())]
    bucket.write("Ben.webm", b"BEN")
    bucket.write("Carol.webm", b"carol")
    run = job.get(bucket.SOURCE, environment=bucket.environment, copy_to=earlier.outputs)
    recording_of(run)
    assert copies(run) == [b"alice", b"BEN", b"carol"]
    again = [file.stat().st_ino for file in sorted((run.outputs / "source").iterdir())]
    assert (again[0] == kept[0], again[1] == kept[1]) == (True, False)
    unreadable = fill(tmp_path / "damaged", {"recording.json": b"{"})
    assert copies(job.get(bucket.SOURCE, environment=bucket.environment, copy_to=unreadable))


S3_FAILURES = {
    "an empty prefix": ("s3://room/nothing", {}, 2, "s3://room/nothing: no object there"),
    "only folders": ("s3://room", {}, 2, "name the one with the tracks: acme"),
    "no such bucket": ("s3://nowhere/x", {}, 3, "there is no such bucket"),
    "no credentials": (
        "s3://room/acme",
        {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
        3,
        "no S3 credentials",
    ),
    "a server that is away": (
        "s3://room/acme",
        {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"},
        75,
        "try again later",
    ),
    "no address": ("s3://", {}, 2, "write s3://bucket/prefix"),
}


@pytest.mark.parametrize(
    ("source", "environment", "exit_code", "words"), S3_FAILURES.values(), ids=S3_FAILURES
)
def test_a_bucket_that_fails_says_why(
    job: Job, s3: FakeS3, source: str, environment: dict[str, str], exit_code: int, words: str
) -> None:
    s3.put("room", {"acme/x.webm": b"x"})
    run = job.get(source, environment={**s3.environment, **environment})
    assert run.exit_code == exit_code, run.stderr
    assert words in run.sentence
    assert "Traceback" not in run.stderr


def test_wrong_places_on_disk_say_what_is_wrong(job: Job, tmp_path: Path) -> None:
    folder = fill(tmp_path / "meeting", {"Alice.webm": b"alice", "b.txt": b""})
    (tmp_path / "texts").mkdir()
    fill(tmp_path / "broken", {})
    (tmp_path / "broken" / "Alice.webm").symlink_to("gone.webm")
    cases: list[tuple[list[str | Path], str]] = [
        ([tmp_path / "absent"], "absent: there is no such file or folder"),
        ([tmp_path / "texts"], "texts: no audio file, nothing at all"),
        ([folder / "b.txt"], "b.txt: no audio file, only b.txt"),
        ([folder / "Alice.webm", folder / "Eve.webm"], "Eve.webm: there is no such file"),
        ([folder / "Alice.webm", folder / ".." / "meeting" / "Alice.webm"], "listed twice"),
        ([folder, folder / "Alice.webm"], "a folder among several sources"),
        ([folder, "s3://b/p"], "files and S3 addresses do not mix"),
        ([tmp_path / "broken"], "a link to gone.webm, which does not exist"),
        ([tmp_path / "broken" / "Alice.webm"], "a link to gone.webm, which does not exist"),
        (["/dev/null"], "/dev/null: not a regular file"),
        ([], "source: not a list of places"),
        ([""], "source: every place is a path"),
    ]
    for source, words in cases:
        run = job.get(*source)
        assert run.exit_code == 2, (words, run.stderr)
        assert words in run.sentence
        assert "Traceback" not in run.stderr


def test_a_source_that_is_no_json_is_refused(run_step: RunStep, tmp_path: Path) -> None:
    run = run_step("get-recording", tmp_path, tmp_path / "o", parameters={"source": "/meeting"})
    assert (run.exit_code, run.sentence.startswith("source: not a JSON list")) == (2, True)


def test_a_folder_needs_no_s3_client(sample: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from multitrack_steps.entrypoint import main; "
        "code = main(sys.argv[1:]); "
        "sys.exit(code or ('boto3' in sys.modules) or ('botocore' in sys.modules))"
    )
    argv = ["get-recording", "--inputs", str(tmp_path), "--outputs", str(tmp_path / "out")]
    argv += ["--param", f"source={json.dumps([str(sample)])}"]
    subprocess.run([sys.executable, "-c", program, *argv], check=True, capture_output=True)
