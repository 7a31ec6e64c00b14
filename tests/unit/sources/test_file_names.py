"""What a file's name says."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.sources.file_names import has_audio_name, is_sidecar, natural_key, stem


@pytest.mark.parametrize("name", ["a.webm", "a.OPUS", "a.b.m4a", "a.mp4", "a.aiff", "a.wv"])
def test_audio_and_video_extensions_are_audio(name: str) -> None:
    assert has_audio_name(name)


@pytest.mark.parametrize("name", ["a", "webm", "a.json", "a.wavx", "a.", "a.webm.part"])
def test_other_names_are_not_audio(name: str) -> None:
    assert not has_audio_name(name)


@pytest.mark.parametrize("name", ["a.txt", "a.event.json", "a.RTTM", "a.yml", "a.yaml"])
def test_notes_and_tables_are_sidecars(name: str) -> None:
    assert is_sidecar(name)


def test_a_dot_in_a_name_is_no_extension() -> None:
    assert [stem(name) for name in ("J. Smith", "J. Smith.webm")] == ["J. Smith", "J. Smith"]


def test_track_2_comes_before_track_10() -> None:
    names = ["track 10.wav", "Track 2.wav", "track 1.wav", "alice.wav", "7.wav", "track.wav"]
    assert sorted(names, key=natural_key) == [
        "7.wav",
        "alice.wav",
        "track 1.wav",
        "Track 2.wav",
        "track 10.wav",
        "track.wav",
    ]


@given(st.lists(st.text(max_size=8), unique=True, max_size=6), st.randoms())
def test_the_order_does_not_depend_on_the_order_before(names: list[str], chance: Random) -> None:
    shuffled = sorted(names, key=lambda _: chance.random())
    assert sorted(shuffled, key=natural_key) == sorted(names, key=natural_key)
