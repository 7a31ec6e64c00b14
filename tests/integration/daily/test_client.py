"""The client of Daily's REST API against a server that speaks it."""

import asyncio
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from tests.fakes.daily import FakeDaily, a_participant, a_recording, a_track, running_daily
from workflow_templates.runtime.daily.client import DailyClient
from workflow_templates.runtime.daily.models import RecordingType, WebhookState
from workflow_templates.runtime.errors import RefusedError, SettingsError, TemporaryError

ANN = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"
BEN = "00000000-9e95-4fa7-aaa3-fb62f5be0449"


@pytest.fixture
def daily(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDaily]:
    with running_daily() as server:
        monkeypatch.setenv("MULTITRACK_DAILY_API_KEY", server.api_key)
        yield server


async def test_a_recording_is_read_with_everything_that_daily_says(daily: FakeDaily) -> None:
    track = a_track(ANN, offset_ms=8339)
    daily.put_recording(a_recording("r1", tracks=[track], duration=277.6))
    async with DailyClient.connect(daily.api_url) as client:
        found = await client.recording("r1")
    assert (found.kind, found.duration, found.is_finished) == (
        RecordingType.RAW_TRACKS,
        277.6,
        True,
    )
    assert found.tracks
    assert [each.key for each in found.tracks] == [track["s3Key"]]
    assert (found.place.bucket, found.place.region) == ("daily", "us-east-1")
    assert found.meeting_session_id == "257764e6-c74e-4c30-944a-a887a03173a3"


STRANGE: dict[str, tuple[dict[str, Any], RecordingType, bool]] = {
    "no type, tracks": ({"type": None, "tracks": [a_track(ANN)]}, RecordingType.RAW_TRACKS, True),
    "no type, a file": ({"type": None, "tracks": None}, RecordingType.MIXED, True),
    "neither": (
        {"type": None, "tracks": None, "s3key": None, "s3": None},
        RecordingType.UNKNOWN,
        True,
    ),
    "audio only": ({"type": "cloud-audio-only", "tracks": None}, RecordingType.MIXED, True),
    "one file, with tracks all the same": (
        {"type": "cloud", "tracks": [a_track(ANN)]},
        RecordingType.MIXED,
        True,
    ),
    "a type of tomorrow, with tracks": (
        {"type": "raw-tracks-2", "tracks": [a_track(ANN)]},
        RecordingType.RAW_TRACKS,
        True,
    ),
    "raw, tracks not told": ({"tracks": None}, RecordingType.RAW_TRACKS, True),
    "duration as text": ({"duration": "12.5"}, RecordingType.RAW_TRACKS, True),
    "no duration": ({"duration": None}, RecordingType.RAW_TRACKS, False),
    "a status of tomorrow": ({"status": "archiving"}, RecordingType.RAW_TRACKS, False),
    "a status that is a number": ({"status": 7}, RecordingType.RAW_TRACKS, False),
    "s3 is a list, tracks broken": (
        {"s3": [], "tracks": [None, {"type": "audio"}, a_track(ANN)]},
        RecordingType.RAW_TRACKS,
        True,
    ),
    "fields of tomorrow": ({"layers": [{"a": 1}]}, RecordingType.RAW_TRACKS, True),
}


@pytest.mark.parametrize(("fields", "kind", "finished"), STRANGE.values(), ids=STRANGE)
async def test_what_daily_sends_otherwise_is_read_as_far_as_it_goes(
    daily: FakeDaily, fields: dict[str, Any], kind: RecordingType, *, finished: bool
) -> None:
    daily.put_recording(a_recording("r1", **fields))
    async with DailyClient.connect(daily.api_url) as client:
        found = await client.recording("r1")
    assert (found.kind, found.is_finished) == (kind, finished)


async def test_all_pages_of_recordings_are_read_newest_first(daily: FakeDaily) -> None:
    daily.account.page = 3
    for second in range(8):
        daily.put_recording(a_recording(f"r{second}", start_ts=1_700_000_000 + second))
    async with DailyClient.connect(daily.api_url) as client:
        ids = [each.id async for each in client.recordings()]
    assert ids == [f"r{second}" for second in reversed(range(8))]


async def test_pages_are_asked_for_only_as_they_are_needed(daily: FakeDaily) -> None:
    daily.account.page = 2
    for second in range(6):
        daily.put_recording(a_recording(f"r{second}", start_ts=1_700_000_000 + second))
    async with DailyClient.connect(daily.api_url) as client:
        first = await anext(client.recordings())
    assert (first.id, len(daily.asked("/recordings"))) == ("r5", 1)


async def test_one_entry_that_cannot_be_read_costs_no_page(daily: FakeDaily) -> None:
    page = {"total_count": 3, "data": [a_recording("r1"), {"room_name": "x"}, 7, a_recording("r2")]}
    daily.garble("/recordings", page)
    daily.garble("/recordings", {"total_count": 3, "data": []})
    async with DailyClient.connect(daily.api_url) as client:
        assert [each.id async for each in client.recordings()] == ["r1", "r2"]


@pytest.mark.parametrize("newest_first", [False, True])
async def test_participants_are_read_over_all_pages_in_either_order(
    daily: FakeDaily, *, newest_first: bool
) -> None:
    daily.account.page = 2
    people = [a_participant(f"p{place}", f"Person {place}", joined=place) for place in range(7)]
    daily.put_participants("m1", *people)
    daily.account.newest_participants_first = newest_first
    async with DailyClient.connect(daily.api_url) as client:
        found = await client.participants("m1")
        assert await client.participants("unknown") == ()
    assert {each.user_name for each in found} == {f"Person {place}" for place in range(7)}
    assert len(found) == 7


async def test_a_limit_that_daily_names_is_waited_for(daily: FakeDaily) -> None:
    daily.put_recording(a_recording("r1"))
    daily.throttle("/recordings/r1", retry_after="1")
    started = time.monotonic()
    async with DailyClient.connect(daily.api_url) as client:
        assert (await client.recording("r1")).id == "r1"
    assert time.monotonic() - started >= 1.0
    assert [each.status for each in daily.requests] == [429, 200]


async def test_a_pause_that_is_too_long_is_left_to_the_caller(daily: FakeDaily) -> None:
    daily.throttle("/recordings/r1", retry_after="600")
    async with DailyClient.connect(daily.api_url) as client:
        with pytest.raises(TemporaryError, match="429 rate-limit-error"):
            await client.recording("r1")
    assert len(daily.requests) == 1


async def test_listings_keep_to_two_a_second(daily: FakeDaily) -> None:
    async with DailyClient.connect(daily.api_url) as client:
        for _ in range(4):
            assert [each async for each in client.recordings()] == []
    times = [each.at for each in daily.asked("/recordings")]
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.45


async def test_what_passes_is_bridged_and_what_stays_is_temporary(daily: FakeDaily) -> None:
    daily.put_recording(a_recording("r1"))
    daily.fail("/recordings/r1", status=502)
    daily.hang_up("/recordings/r1")
    async with DailyClient.connect(daily.api_url) as client:
        assert (await client.recording("r1")).id == "r1"
        daily.fail("/recordings/r1", times=9, status=503)
        with pytest.raises(TemporaryError, match="try again later"):
            await client.recording("r1")
    async with DailyClient.connect("http://127.0.0.1:9/v1") as away:
        with pytest.raises(TemporaryError, match="cannot get recording r1 now"):
            await away.recording("r1")


async def test_refusals_say_what_to_do(daily: FakeDaily, monkeypatch: pytest.MonkeyPatch) -> None:
    async with DailyClient.connect(daily.api_url) as client:
        with pytest.raises(RefusedError, match="it knows no recording r/1"):
            await client.recording("r/1")
    monkeypatch.setenv("MULTITRACK_DAILY_API_KEY", "another")
    async with DailyClient.connect(daily.api_url) as client:
        with pytest.raises(RefusedError, match="put the key of the domain into") as refusal:
            await client.webhooks()
    assert "another" not in str(refusal.value)
    with pytest.raises(SettingsError, match="not a URL"):
        async with DailyClient.connect("api.daily.co"):
            pass
    monkeypatch.setenv("MULTITRACK_DAILY_API_KEY", "")
    with pytest.raises(RefusedError, match="there is no API key"):
        async with DailyClient.connect(daily.api_url):
            pass


async def test_a_failed_webhook_is_switched_on_again(daily: FakeDaily) -> None:
    hook = daily.add_hook("http://127.0.0.1:9/hook")
    hook.state = "FAILED"
    async with DailyClient.connect(daily.api_url) as client:
        (found,) = await client.webhooks()
        assert found.state is WebhookState.FAILED
        with pytest.raises(RefusedError, match="non-200 status code"):
            await client.reactivate(found)
        with running_daily() as receiver:  # anything that answers 200 to a POST
            receiver.garble("/hook", None, times=9)
            hook.url = receiver.api_url.removesuffix("/v1") + "/hook"
            (found,) = await client.webhooks()
            await client.reactivate(found)
        (again,) = await client.webhooks()
    assert again.state is WebhookState.ACTIVE


async def test_states_of_older_answers_are_understood(daily: FakeDaily) -> None:
    hooks = [
        {"uuid": str(state), "url": "http://x/", "state": state} for state in (0, 1, 2, "INACTIVE")
    ]
    daily.garble("/webhooks", [*hooks, {"uuid": "no address"}])
    async with DailyClient.connect(daily.api_url) as client:
        states = [each.state for each in await client.webhooks()]
    assert states == [
        WebhookState.FAILED,
        WebhookState.ACTIVE,
        WebhookState.OTHER,
        WebhookState.OTHER,
    ]


async def test_many_at_once_stay_within_the_limits(daily: FakeDaily) -> None:
    daily.put_recording(a_recording("r1"))
    async with DailyClient.connect(daily.api_url) as client:
        await asyncio.gather(*(client.recording("r1") for _ in range(30)))
    assert {each.status for each in daily.requests} == {200}
    assert daily.requests[-1].at - daily.requests[0].at > 1.3
