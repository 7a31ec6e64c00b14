"""Names of people out of names of files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.sources.speaker_names import name_from_file

NAMES = {
    "a plain name": ("Alice.webm", "Alice"),
    "lower case": ("alice.webm", "Alice"),
    "separators are blanks": ("alice_smith.wav", "Alice Smith"),
    "dots are separators in lower case": ("alice.smith.wav", "Alice Smith"),
    "an initial keeps its dot": ("J. Smith.webm", "J. Smith"),
    "a double name keeps its hyphen": ("Anna-Lena.wav", "Anna-Lena"),
    "a hyphen in lower case is a blank": ("anna-lena.wav", "Anna Lena"),
    "capitals inside stay": ("Ronald McDonald.wav", "Ronald McDonald"),
    "letters beyond ASCII": ("Zoë.ogg", "Zoë"),
    "a decomposed accent": ("Zoe\u0308.ogg", "Zoë"),
    "a script without case": ("山田.m4a", "山田"),
    "a digit within a name stays": ("Alice2.webm", "Alice2"),
    "no extension": ("alice", "Alice"),
    "reconnect in brackets": ("Alice (2).webm", "Alice"),
    "reconnect with a hyphen": ("Alice-2.webm", "Alice"),
    "reconnect with a hash": ("Alice #2.webm", "Alice"),
    "reconnect as a part": ("Alice_part2.webm", "Alice"),
    "reconnect of a reconnect": ("Alice (2) (3).webm", "Alice"),
    "reconnect in words": ("alice_rejoined.webm", "Alice"),
    "a date": ("Alice_2024-05-01.wav", "Alice"),
    "a date and time": ("Alice 2024-05-01 10-00.m4a", "Alice"),
    "Craig": ("1-alice_0.flac", "Alice"),
    "Craig with an old discriminator": ("2-bob_1234.flac", "Bob"),
    "Zoom": ("audioAliceSmith21234567890.m4a", "Alice Smith"),
    "Zoom, one word": ("audioAlice12345.m4a", "Alice"),
    "Zoom, capitals inside": ("audioRonaldMcDonald1234567.m4a", "Ronald McDonald"),
    "a counted track": ("track3-bob.wav", "Bob"),
    "a number first": ("01 - Alice.wav", "Alice"),
    "a role": ("guest-1.wav", "Guest 1"),
    "another of the role": ("guest-2.wav", "Guest 2"),
    "a room": ("Room 12.wav", "Room 12"),
    "Zoom's mix": ("audio_only.m4a", None),
    "Zoom, nameless": ("audio1234567.m4a", None),
    "Speaker 1": ("Speaker 1.wav", None),
    "speaker2": ("speaker2.wav", None),
    "track1": ("track1.wav", None),
    "mic-1": ("mic-1.wav", None),
    "a field recorder": ("ZOOM0001_Tr3.WAV", None),
    "a number": ("03.wav", None),
    "brackets alone": ("(2).wav", None),
    "a uuid": ("6f9619ff-8b86-d011-b42d-00cf4fc964ff.webm", None),
    "a voice memo": ("New Recording 5.m4a", None),
}


@pytest.mark.parametrize(("file_name", "want"), NAMES.values(), ids=NAMES)
def test_a_file_names_a_person(file_name: str, want: str | None) -> None:
    assert name_from_file(file_name) == want


@given(
    st.sampled_from(["Alice", "bo_li", "Anna-Lena", "J. Smith", "Zoë", "山田", "1-carol"]),
    st.sampled_from([" ({})", "({})", "-{}", "_{}", " {}", " part {}", "_pt{}", "-rejoined-{}"]),
    st.integers(2, 99),
)
def test_every_reconnect_has_the_name_of_the_first(name: str, suffix: str, number: int) -> None:
    assert name_from_file(f"{name}{suffix.format(number)}.webm") == name_from_file(f"{name}.webm")


@given(st.text(max_size=30))
def test_any_file_name_is_read_and_no_name_is_blank(file_name: str) -> None:
    name = name_from_file(file_name)
    assert name is None or name.strip() == name != ""
