"""Reading Daily's keys."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.sources.daily_key import (
    DailyKey,
    DailyTrackKind,
    parse_daily_key,
    room_of,
)

PERSON = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"
START = 1692124183000

keys = st.builds(
    DailyKey,
    recording_start_ms=st.integers(10**11, 10**14 - 1),
    participant_id=st.uuids().map(str),
    kind=st.sampled_from(DailyTrackKind),
    track_start_ms=st.integers(10**11, 10**14 - 1),
)


@given(keys, st.sampled_from(["", ".webm", ".WAV", ".mp4"]))
def test_a_written_key_is_read_back_with_or_without_extension(
    key: DailyKey, extension: str
) -> None:
    assert parse_daily_key(f"{key}{extension}") == key


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing(text: str) -> None:
    key = parse_daily_key(text)
    assert key is None or uuid.UUID(key.participant_id)


def test_a_key_says_offset_and_start() -> None:
    key = DailyKey(START, PERSON, DailyTrackKind.CAM_AUDIO, START + 8339)
    assert key.offset == 8.339
    assert key.recording_started_at == "2023-08-15T18:29:43.000+00:00"


NO_KEYS = {
    "a person's file": "Alice.webm",
    "a composed recording": f"{START}",
    "its event file": f"{START}.event.json",
    "an unknown kind": f"{START}-{PERSON}-cam-text-{START}",
    "no uuid": f"{START}-alice-cam-audio-{START}",
    "seconds for milliseconds": f"1692124183-{PERSON}-cam-audio-1692124184",
    "a track's event file": f"{START}-{PERSON}-cam-audio-{START}.event.json",
}


@pytest.mark.parametrize("name", NO_KEYS.values(), ids=NO_KEYS)
def test_other_names_are_no_keys(name: str) -> None:
    assert parse_daily_key(name) is None


ROOMS = {
    "as Daily stores it": ("acme/standup-2023/1692", "acme/standup-2023"),
    "in somebody's archive": ("backup/2023/acme/standup/1692", "acme/standup"),
    "without a folder": ("1692", None),
}


@pytest.mark.parametrize(("key", "want"), ROOMS.values(), ids=ROOMS)
def test_the_room_is_the_last_two_folders(key: str, want: str | None) -> None:
    assert room_of(key) == want
