"""What a meeting made, over HTTP."""

from collections.abc import Iterator

import httpx
import pytest

from multitrack.gateway.files.link_key import LINK_KEY
from tests.integration.gateway.running import running_gateway
from tests.integration.gateway.test_jobs import problem
from tests.integration.gateway.world import OWNER, REPORT, SOUND, World


@pytest.fixture
def meeting(olga: httpx.Client, world: World) -> httpx.Client:
    world.finish()
    return olga


def test_the_transcript_comes_in_four_formats(meeting: httpx.Client) -> None:
    def get(name: str) -> httpx.Response:
        return meeting.get("/v1/jobs/standup/transcript", params={"transcript_format": name})

    assert get("text").text == "Alice: Shall we start?\nBen: Yes!\nAlice: I think so."
    assert get("text-timestamped").text.startswith("[00:01] Alice: Shall we start?")
    assert get("webvtt-named").headers["content-type"].startswith("text/vtt")
    assert "<v Ben>Yes!" in get("webvtt-named").text
    assert get("json").json()[1] == {
        "speaker": 1,
        "speaker_name": "Ben",
        "text": "Yes!",
        "start": 2.5,
        "end": 3.0,
    }
    tag = get("text").headers["etag"]
    unchanged = meeting.get("/v1/jobs/standup/transcript", headers={"If-None-Match": tag})
    assert unchanged.status_code == 304
    assert get("subtitles").status_code == 422


def test_a_transcript_that_is_not_there_yet_is_a_problem(olga: httpx.Client, world: World) -> None:
    world.apply("early")
    answer = olga.get("/v1/jobs/early/transcript")
    assert answer.status_code == 404
    assert "early has no transcript.json: not yet" in problem(answer)


def test_files_are_listed_and_read(meeting: httpx.Client) -> None:
    listed = {file["name"]: file for file in meeting.get("/v1/jobs/standup/files").json()["files"]}
    assert set(listed) == {
        "transcript.json",
        "transcript.vtt",
        "report.html",
        "mix.mp3",
        "waveform.json",
        "manifest.json",
    }
    assert listed["mix.mp3"] == {"name": "mix.mp3", "mediaType": "audio/mpeg", "size": len(SOUND)}
    answer = meeting.get("/v1/jobs/standup/files/mix.mp3")
    assert answer.content == SOUND
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_other_objects_of_a_job_are_not_handed_out(meeting: httpx.Client) -> None:
    for name in ("topics.json", "..%2Frecording.json", "recording.json", "%2e%2e"):
        assert meeting.get(f"/v1/jobs/standup/files/{name}").status_code == 404, name


@pytest.mark.parametrize(
    ("asked", "status", "want"),
    [
        ("bytes=0-9", 206, SOUND[:10]),
        ("bytes=100-", 206, SOUND[100:]),
        ("bytes=-7", 206, SOUND[-7:]),
        ("bytes=16380-99999", 206, SOUND[16380:]),
        ("bytes=99999-", 416, b""),
        ("bytes=5-2", 200, SOUND),
        ("bytes=0-1,5-6", 200, SOUND),
        ("seconds=1-2", 200, SOUND),
    ],
)
def test_sound_can_be_sought_in(
    meeting: httpx.Client, asked: str, status: int, want: bytes
) -> None:
    answer = meeting.get("/v1/jobs/standup/files/mix.mp3", headers={"Range": asked})
    assert answer.status_code == status
    if status == 206:
        assert answer.headers["content-range"].endswith(f"/{len(SOUND)}")
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{len(SOUND)}"
    else:
        assert answer.content == want


def test_the_report_runs_without_the_gateways_rights(meeting: httpx.Client) -> None:
    answer = meeting.get("/v1/jobs/standup/report")
    assert answer.content == REPORT
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-same-origin" not in policy


def test_links_open_a_jobs_files_without_a_token(
    meeting: httpx.Client, gateway: str, world: World
) -> None:
    path = meeting.post("/v1/jobs/standup/links").json()["path"]
    assert httpx.get(f"{gateway}{path}report.html").content == REPORT
    part = httpx.get(f"{gateway}{path}mix.mp3", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, SOUND[:4])
    assert httpx.get(f"{gateway}{path}topics.json").status_code == 404
    forged = path[:-3] + ("aa/" if not path.endswith("aa/") else "bb/")
    assert httpx.get(f"{gateway}{forged}report.html").status_code == 403
    world.kubernetes.remove("recordingjobs", "standup", "meetings")
    world.finish()
    assert httpx.get(f"{gateway}{path}report.html").status_code == 403


def test_every_replica_opens_every_replicas_links(meeting: httpx.Client, world: World) -> None:
    path = meeting.post("/v1/jobs/standup/links").json()["path"]
    with running_gateway() as other:
        assert httpx.get(f"{other}{path}report.html").status_code == 200
    assert len(world.objects(LINK_KEY)[LINK_KEY]) == 32


@pytest.fixture
def redirecting(world: World) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {OWNER}"}
    with (
        running_gateway(downloads="redirect") as url,
        httpx.Client(base_url=url, headers=headers) as client,
    ):
        world.finish()
        yield client


def test_files_can_come_straight_from_the_bucket(redirecting: httpx.Client) -> None:
    answer = redirecting.get("/v1/jobs/standup/files/mix.mp3")
    assert answer.status_code == 307
    sound = httpx.get(answer.headers["location"], headers={"Range": "bytes=0-3"})
    assert sound.content == SOUND[:4]
    assert redirecting.get("/v1/jobs/standup/report").status_code == 200


def test_the_legacy_address_has_the_legacy_shape(meeting: httpx.Client, world: World) -> None:
    told = meeting.get(
        "/v1/transcripts/standup", params={"transcript_format": "webvtt-named"}
    ).json()
    assert {
        key: told[key] for key in ("id", "status", "duration", "title", "transcript_format")
    } == {
        "id": "standup",
        "status": "ended",
        "duration": 148500.0,
        "title": "Weekly",
        "transcript_format": "webvtt-named",
    }
    assert told["participants"][1] == {"id": "p1", "speaker": 1, "name": "Ben", "user_id": None}
    assert told["action_items"]["next_steps"][0]["assigned_to_participant_id"] == "p0"
    assert told["transcript"].startswith("WEBVTT")
    world.apply("early", title="Given")
    early = meeting.get("/v1/transcripts/early").json()
    assert (early["status"], early["name"], early["transcript"]) == ("uploaded", "Given", None)


def test_a_comparison_is_handed_out_without_the_gateways_rights(
    olga: httpx.Client, gateway: str, world: World
) -> None:
    job = world.finish(shadow=True)
    for name, body in {"comparison.html": b"<!doctype html>", "comparison.json": b"{}"}.items():
        world.store(job, f"comparison/{name}", body)
    listed = {file["name"] for file in olga.get("/v1/jobs/standup/files").json()["files"]}
    assert {"comparison.html", "comparison.json"} <= listed
    path = olga.post("/v1/jobs/standup/links").json()["path"]
    page = httpx.get(f"{gateway}{path}comparison.html")
    assert (page.status_code, page.text) == (200, "<!doctype html>")
    assert page.headers["content-security-policy"].startswith("sandbox allow-scripts")
