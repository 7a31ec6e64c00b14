"""A recording's id is the same for the same recording."""

from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.sources.daily_key import DailyKey, DailyTrackKind
from multitrack_steps.sources.identity import daily_recording_id, recording_id_of_contents

START = 1692124183000
ANN = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"
BEN = "00000000-9e95-4fa7-aaa3-fb62f5be0449"


def a_key(person: str, start: int = START) -> DailyKey:
    return DailyKey(start, person, DailyTrackKind.CAM_AUDIO, start)


def test_a_late_daily_track_does_not_change_the_id_of_its_room() -> None:
    early = daily_recording_id([a_key(ANN)], "acme/standup")
    assert daily_recording_id([a_key(BEN), a_key(ANN)], "acme/standup") == early


def test_daily_ids_differ_between_starts_rooms_and_people() -> None:
    ids = {
        daily_recording_id([a_key(ANN)], "acme/standup"),
        daily_recording_id([a_key(ANN, START + 1)], "acme/standup"),
        daily_recording_id([a_key(ANN)], "acme/retro"),
        daily_recording_id([a_key(ANN)], None),
        daily_recording_id([a_key(BEN)], None),
    }
    assert len(ids) == 5


@given(st.permutations([("a.wav", 1, "00"), ("a.wav", 1, "01"), ("b.wav", 2, "02")]))
def test_the_order_of_files_does_not_change_the_id(files: list[tuple[str, int, str]]) -> None:
    assert recording_id_of_contents(files) == "ff0eec3b-86f1-5fd3-8327-92f05314c220"


def test_ids_of_other_contents_differ() -> None:
    ids = {
        recording_id_of_contents([("a.wav", 1, "00")]),
        recording_id_of_contents([("b.wav", 1, "00")]),
        recording_id_of_contents([("a.wav", 1, "01")]),
        recording_id_of_contents([("a.wav", 1, "00"), ("b.wav", 1, "00")]),
    }
    assert len(ids) == 4
