"""Which keys are audio, and how far a deletion may reach."""

import pytest

from multitrack_steps.consent.places import is_text_of_job, job_place, source_places
from workflow_templates.contracts.recording import Origin, Recording, SourceKind, SourceTrack
from workflow_templates.runtime.errors import SettingsError

START = "1700000000000"
ALICE = "0f3a7b52-3c55-4a5e-9a1b-0123456789ab"
BEN = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def a_recording(*keys: str, kind: SourceKind = SourceKind.S3) -> Recording:
    return Recording(
        id="r",
        kind=kind,
        name="room",
        tracks=tuple(
            SourceTrack(index=index, origin=Origin(name=key, bucket="b", key=key), size=1)
            for index, key in enumerate(keys)
        ),
    )


TEXT = [
    "recording.json",
    "participants.json",
    "track/0.json",
    "words/12.json",
    "transcript.json",
    "topics.json",
    "title.json",
    "summary.json",
    "action_items.json",
    "manifest.json",
    "published/transcript.json",
    "published/transcript.vtt",
    "delivery/zulip.json",
    "delivery/webhook.json",
    "consent/audit.json",
    "logs/workflow/pod/main.log",
]
AUDIO = [
    "source/0",
    "audio/0.flac",
    "probe/0.flac",
    "spread/0.flac",
    "mix.mp3",
    "waveform.json",
    "published/report.html",
    "player/mix.m4a",
    "published/mix.mp3",
]


@pytest.mark.parametrize("key", TEXT)
def test_text_stays(key: str) -> None:
    assert is_text_of_job(key)


@pytest.mark.parametrize("key", AUDIO)
def test_audio_goes_and_so_does_what_nobody_declared(key: str) -> None:
    assert not is_text_of_job(key)


@pytest.mark.parametrize(
    "address", ["s3://b", "s3://b/", "s3://b/jobs/", "s3://b/jobs/u", "s3://b/x/u/", "b/jobs/u/"]
)
def test_nothing_wider_than_a_job_is_deleted_from(address: str) -> None:
    with pytest.raises(SettingsError):
        job_place(address)


def test_everything_that_daily_recorded_at_once_goes_and_nothing_else() -> None:
    key = f"domain/room/{START}-{ALICE}-cam-audio-1700000001000"
    places = source_places(a_recording(key))

    def goes(candidate: str) -> bool:
        return any(
            candidate.startswith(place.prefix.key) and place.holds(candidate) for place in places
        )

    for doomed in (
        key,
        f"domain/room/{START}-{ALICE}-cam-video-1700000001000",
        f"domain/room/{START}-{BEN}-screen-audio-1700000009000.webm",
        f"domain/room/{START}-{BEN}-screen-video-1700000009000",
        f"domain/room/{START}",
        f"domain/room/{START}.mp4",
    ):
        assert goes(doomed), doomed
    for kept in (
        f"domain/room/1700000000001-{ALICE}-cam-audio-1700000001000",
        f"domain/room/{START}0",
        f"domain/room2/{START}-{ALICE}-cam-audio-1700000001000",
        f"domain/room/{START}.event.json",
        f"domain/room/{START}/notes.txt",
    ):
        assert not goes(kept), kept


def test_a_track_named_by_a_person_takes_no_neighbour_along() -> None:
    [place] = source_places(a_recording("meetings/Alice.webm"))
    assert place.holds("meetings/Alice.webm")
    assert not place.holds("meetings/Alice.webm.bak")
    assert not place.holds("meetings/AliceXwebm")


def test_daily_tracks_are_deleted_with_dailys_credentials() -> None:
    [place] = source_places(a_recording("x/Alice", kind=SourceKind.DAILY))
    assert place.is_daily


def test_a_track_on_a_disk_is_its_owners() -> None:
    track = SourceTrack(index=0, origin=Origin(name="A.webm", path="/home/a/A.webm"), size=1)
    recording = Recording(id="r", kind=SourceKind.FOLDER, name="a", tracks=(track,))
    with pytest.raises(SettingsError, match=r"/home/a/A\.webm: lies on a disk"):
        source_places(recording)
