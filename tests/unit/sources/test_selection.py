"""Which files are the recording's tracks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.sources.selection import Candidate, Listing, Selection, select_tracks
from workflow_templates.contracts.recording import Origin
from workflow_templates.runtime.errors import NoAudioError, SettingsError

ANN = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"
BEN = "00000000-9e95-4fa7-aaa3-fb62f5be0449"
START = 1692124183000


def a_listing(*names: str, by_hand: bool = False, folders: tuple[str, ...] = ()) -> Listing:
    return Listing(tuple(a_candidate(name) for name in names), folders, by_hand)


def a_candidate(name: str, size: int = 1) -> Candidate:
    return Candidate(Origin(name=name, path=f"/somewhere/{name}"), size)


def daily(person: str, kind: str = "cam-audio", after_ms: int = 0, start: int = START) -> str:
    return f"{start}-{person}-{kind}-{start + after_ms}"


def names(selection: Selection) -> list[str]:
    return [track.name for track in selection.tracks]


CASES = {
    "audio and video files, in natural order": (
        a_listing("track 10.wav", "track 2.wav", "Alice.MP4"),
        ["Alice.MP4", "track 2.wav", "track 10.wav"],
    ),
    "sidecars, hidden files and strangers are passed over": (
        a_listing("Alice.webm", "notes.txt", "ref.rttm", ".Ben.webm", "._x.wav", "a.exe", "README"),
        ["Alice.webm"],
    ),
    "a listed file needs no extension": (
        a_listing("Alice", "Ben.bin", "notes.txt", by_hand=True),
        ["Alice", "Ben.bin"],
    ),
    "Daily's layout: only microphones, the first to join first": (
        a_listing(
            daily(BEN, after_ms=900),
            daily(ANN, after_ms=100),
            daily(ANN, "cam-video"),
            daily(BEN, "screen-audio"),
            daily(BEN, "screen-video"),
        ),
        [daily(ANN, after_ms=100), daily(BEN, after_ms=900)],
    ),
    "participants who join at once are ordered by uuid": (
        a_listing(daily(ANN), daily(BEN)),
        [daily(BEN), daily(ANN)],
    ),
    "Daily's layout: a composed recording would say all words again": (
        a_listing(daily(ANN), "composed.mp4", str(START)),
        [daily(ANN)],
    ),
    "Daily's layout by hand: the same filter": (
        a_listing(daily(ANN), daily(ANN, "cam-video"), by_hand=True),
        [daily(ANN)],
    ),
    "a download beside the original is one track": (
        a_listing(daily(ANN), f"{daily(ANN)}.webm"),
        [f"{daily(ANN)}.webm"],
    ),
    "a Daily recording without audio is a result": (
        a_listing(daily(ANN, "cam-video"), daily(BEN, "screen-video")),
        [],
    ),
}


@pytest.mark.parametrize(("listing", "want"), CASES.values(), ids=CASES)
def test_tracks_are_chosen_and_ordered(listing: Listing, want: list[str]) -> None:
    assert names(select_tracks(listing, "place")) == want


def test_a_file_of_zero_bytes_is_a_track() -> None:
    listing = Listing((a_candidate("Alice.webm", 0), a_candidate("Ben.webm")))
    assert names(select_tracks(listing, "place")) == ["Alice.webm", "Ben.webm"]


def test_event_files_are_found_only_in_dailys_layout() -> None:
    event = f"{START}.event.json"
    chosen = select_tracks(a_listing(daily(ANN), event, "x.json"), "place")
    assert [file.name for file in chosen.event_files] == [event]
    assert select_tracks(a_listing("a.wav", event), "place").event_files == ()


WARNINGS = {
    "what is left out of Daily's layout is named": (
        a_listing(daily(ANN), *(f"{index}.mp4" for index in range(5)), "notes.txt"),
        ("not a participant's microphone, left out: 0.mp4, 1.mp4, 2.mp4 and 2 more",),
    ),
    "sub-folders are named": (
        a_listing("a.wav", folders=("old",)),
        ("sub-folders were not searched: old",),
    ),
    "listed sidecars are named": (
        a_listing("a.wav", "notes.txt", by_hand=True),
        ("not audio, left out: notes.txt",),
    ),
    "sidecars of a folder are no news": (a_listing("a.wav", "notes.txt"), ()),
}


@pytest.mark.parametrize(("listing", "want"), WARNINGS.values(), ids=WARNINGS)
def test_a_reader_is_told_what_was_left_out(listing: Listing, want: tuple[str, ...]) -> None:
    assert select_tracks(listing, "place").warnings == want


NO_AUDIO = {
    "an empty folder": (a_listing(), "place: no audio file, nothing at all"),
    "other files": (a_listing("a.txt", "b.zip"), r"place: no audio file, only a\.txt, b\.zip"),
    "sub-folders": (
        a_listing("a.txt", folders=("tracks",)),
        "name the one with the tracks: tracks",
    ),
}


@pytest.mark.parametrize(("listing", "sentence"), NO_AUDIO.values(), ids=NO_AUDIO)
def test_a_place_without_audio_says_what_is_there(listing: Listing, sentence: str) -> None:
    with pytest.raises(NoAudioError, match=sentence):
        select_tracks(listing, "place")


def test_two_daily_recordings_at_one_place_are_told_apart_by_a_person() -> None:
    listing = a_listing(daily(ANN), daily(BEN, start=START + 60_000))
    with pytest.raises(SettingsError, match=f"holds 2 Daily recordings.*{START}, {START + 60_000}"):
        select_tracks(listing, "place")


@given(st.permutations([daily(ANN, after_ms=5), daily(BEN), daily(ANN), "x.mp4", "n.txt"]))
def test_the_order_of_the_listing_does_not_matter(listed: list[str]) -> None:
    chosen = select_tracks(a_listing(*listed), "place")
    assert names(chosen) == [daily(BEN), daily(ANN), daily(ANN, after_ms=5)]
