"""Who is on which track, from files, uuids and lists."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multitrack_steps.sources.participant_rows import parse_rows, row_by_track
from multitrack_steps.sources.speaker_table import assign_speakers
from workflow_templates.contracts.recording import (
    Origin,
    Participants,
    Recording,
    SourceKind,
    SourceTrack,
)
from workflow_templates.runtime.errors import SettingsError

ANN = "0a20567c-9e95-4fa7-aaa3-fb62f5be0449"
BEN = "00000000-9e95-4fa7-aaa3-fb62f5be0449"


def a_recording(*tracks: str | SourceTrack) -> Recording:
    return Recording(
        id="6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        kind=SourceKind.FOLDER,
        name="meeting",
        tracks=tuple(
            (a_track(track) if isinstance(track, str) else track).model_copy(
                update={"index": index}
            )
            for index, track in enumerate(tracks)
        ),
    )


def a_track(name: str, folder: str = "/meeting") -> SourceTrack:
    return SourceTrack(index=0, origin=Origin(name=name, path=f"{folder}/{name}"), size=1)


def a_daily_track(person: str, start: int = 0, name: str | None = None) -> SourceTrack:
    key = f"1692124183000-{person}-cam-audio-{1692124183000 + start}"
    return a_track(key).model_copy(update={"participant_id": person, "display_name": name})


def assign(recording: Recording, *rows: dict[str, Any]) -> Participants:
    return assign_speakers(recording, row_by_track(parse_rows(json.dumps(rows)), recording))


@dataclass(frozen=True, slots=True)
class Case:
    recording: Recording
    want: list[tuple[int, str]]
    """Speaker and name by track."""
    rows: list[dict[str, Any]] = field(default_factory=list)


CASES = {
    "a name a file": Case(a_recording("Alice.webm", "Ben.webm"), [(0, "Alice"), (1, "Ben")]),
    "a reconnect is the same speaker": Case(
        a_recording("Alice (2).webm", "Alice.webm", "Ben.webm"),
        [(0, "Alice"), (0, "Alice"), (1, "Ben")],
    ),
    "numbered tracks are different people": Case(
        a_recording("track1.wav", "track2.wav"), [(0, "Speaker 1"), (1, "Speaker 2")]
    ),
    "an unknown name counts as its speaker": Case(
        a_recording("Alice.webm", "mic-7.wav"), [(0, "Alice"), (1, "Speaker 2")]
    ),
    "equal names from two folders are one person": Case(
        a_recording(a_track("Alice.webm", "/a"), a_track("Alice.webm", "/b")),
        [(0, "Alice"), (0, "Alice")],
    ),
    "equal numbers from two folders are two": Case(
        a_recording(a_track("1.webm", "/a"), a_track("1.webm", "/b")),
        [(0, "Speaker 1"), (1, "Speaker 2")],
    ),
    "a Daily participant rejoins": Case(
        a_recording(a_daily_track(ANN), a_daily_track(BEN), a_daily_track(ANN, 9000)),
        [(0, "Speaker 1"), (1, "Speaker 2"), (0, "Speaker 1")],
    ),
    "Daily's event JSON knows a name": Case(
        a_recording(a_daily_track(ANN, name="Ann"), a_daily_track(BEN)),
        [(0, "Ann"), (1, "Speaker 2")],
    ),
    "equal display names are two people": Case(
        a_recording(a_daily_track(ANN, name="Guest"), a_daily_track(BEN, name="Guest")),
        [(0, "Guest"), (1, "Guest")],
    ),
    "the list names a file": Case(
        a_recording("1.webm", "2.webm"),
        [(0, "Alice"), (1, "Speaker 2")],
        [{"file": "1.webm", "name": "Alice"}],
    ),
    "the list overrules the file's name": Case(
        a_recording("Alice.webm"), [(0, "Dana")], [{"file": "Alice", "name": "Dana"}]
    ),
    "reconnects follow a renamed file": Case(
        a_recording("Alice.webm", "Alice-2.webm"),
        [(0, "Dana"), (0, "Dana")],
        [{"file": "Alice.webm", "name": "Dana"}],
    ),
    "the list splits what looks like a reconnect": Case(
        a_recording("Alice.webm", "Alice-2.webm"),
        [(0, "Alice"), (1, "Alicia")],
        [{"file": "Alice.webm", "name": "Alice"}, {"file": "Alice-2.webm", "name": "Alicia"}],
    ),
    "one name in the list is one person": Case(
        a_recording("1.webm", "2.webm", "3.webm"),
        [(0, "Alice"), (1, "Ben"), (0, "Alice")],
        [
            {"file": "1", "name": "Alice"},
            {"file": "2", "name": "Ben"},
            {"file": "3", "name": " alice "},
        ],
    ),
    "ids tell namesakes apart": Case(
        a_recording("1.webm", "2.webm"),
        [(0, "Ann"), (1, "Ann")],
        [{"file": "1", "name": "Ann", "id": "a"}, {"file": "2", "name": "Ann", "id": "b"}],
    ),
    "a name without id is the person who has it": Case(
        a_recording("1.webm", "2.webm"),
        [(0, "Ann"), (0, "Ann")],
        [{"file": "1", "name": "Ann", "id": "a"}, {"file": "2", "name": "Ann"}],
    ),
    "a Daily uuid is named on all its tracks": Case(
        a_recording(a_daily_track(ANN), a_daily_track(ANN, 9000)),
        [(0, "Ann"), (0, "Ann")],
        [{"file": ANN.upper(), "name": "Ann"}],
    ),
    "a Daily track named by its file names its participant": Case(
        a_recording(a_daily_track(ANN), a_daily_track(ANN, 9000, name="Guest")),
        [(0, "Ann"), (0, "Ann")],
        [{"file": f"1692124183000-{ANN}-cam-audio-1692124183000", "name": "Ann"}],
    ),
    "two Daily participants under one listed name are one person": Case(
        a_recording(a_daily_track(ANN), a_daily_track(BEN)),
        [(0, "Ann"), (0, "Ann")],
        [{"file": ANN, "name": "Ann"}, {"file": BEN, "name": "Ann"}],
    ),
    "a row without a name says only what it says": Case(
        a_recording("Alice.webm"), [(0, "Alice")], [{"file": "alice.WEBM", "offset": 1.5}]
    ),
    "a later row wins": Case(
        a_recording("Alice.webm"),
        [(0, "Dana")],
        [{"file": "Alice", "name": "Al", "offset": 1}, {"file": "Alice.webm", "name": "Dana"}],
    ),
    "a path tells equal names apart": Case(
        a_recording(a_track("1.webm", "/a"), a_track("1.webm", "/b")),
        [(0, "Speaker 1"), (1, "Ben")],
        [{"file": "/b/1.webm", "name": "Ben"}],
    ),
    "a Mac's accents are anybody's": Case(
        a_recording("Zoe\u0308.webm"), [(0, "Zoe")], [{"file": "Zoë", "name": "Zoe"}]
    ),
    "no tracks, no people": Case(a_recording(), []),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_track_has_a_speaker_and_a_name(case: Case) -> None:
    table = assign(case.recording, *case.rows)
    names = {person.speaker: person.name for person in table.participants}
    assert [(row.speaker, names[row.speaker]) for row in table.tracks] == case.want


def test_ids_are_dailys_or_given_or_derived() -> None:
    recording = a_recording(a_daily_track(ANN), "Ben.webm", "Carol.webm")
    first = assign(recording, {"file": "Ben", "id": "ben@acme", "user_id": "u1"})
    assert [person.id for person in first.participants[:2]] == [ANN, "ben@acme"]
    assert first.participants[1].user_id == "u1"
    again = assign(recording, {"file": "Carol", "name": "Caro"})
    assert again.participants[2].id == first.participants[2].id


def test_a_later_row_keeps_what_an_earlier_one_said() -> None:
    rows = parse_rows('[{"file": "Alice", "offset": 2, "shared": true}, {"file": "Alice.webm"}]')
    row = row_by_track(rows, a_recording("Alice.webm"))[0]
    assert (row.offset, row.shared) == (2, True)


def test_unknown_names_are_marked() -> None:
    table = assign(a_recording("Alice.webm", "2.webm"))
    assert [person.name_known for person in table.participants] == [True, False]


def test_a_shared_track_is_marked() -> None:
    table = assign(a_recording("Room.webm", "Ben.webm"), {"file": "Room", "shared": True})
    assert [row.shared for row in table.tracks] == [True, False]


REFUSED: dict[str, tuple[str, str]] = {
    "a file that is not there": (
        '[{"file": "Dana.webm"}]',
        r"no track 'Dana.webm' in the recording; there are: Alice.webm, 1.wav, 1.wav",
    ),
    "an offset for two tracks": (
        '[{"file": "1.wav", "offset": 1}]',
        "name each file: /a/1.wav, /b",
    ),
    "two names for an id": (
        '[{"file": "/a/1.wav", "id": "x", "name": "A"}, {"file": "Alice", "id": "x", "name": "B"}]',
        "the id 'x' has two names, 'B' and 'A'",
    ),
    "a negative offset": ('[{"file": "Alice", "offset": -1}]', "row 1: offset: "),
    "an endless offset": ('[{"file": "Alice", "offset": Infinity}]', "row 1: offset: "),
    "a misspelt field": ('[{"file": "Alice"}, {"file": "1", "ofset": 1}]', "row 2: ofset: "),
    "a row without a file": ('[{"name": "Alice"}]', "row 1: file: "),
    "a blank name": ('[{"file": "Alice", "name": " "}]', "row 1: name: "),
    "no list": ('{"file": "Alice"}', "participants: "),
    "no JSON": ("Alice", "participants: "),
}


@pytest.mark.parametrize(("parameter", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_list_is_refused_with_what_is_wrong(parameter: str, sentence: str) -> None:
    recording = a_recording("Alice.webm", a_track("1.wav", "/a"), a_track("1.wav", "/b"))
    with pytest.raises(SettingsError, match=sentence):
        assign_speakers(recording, row_by_track(parse_rows(parameter), recording))


file_names = st.sampled_from(["Alice.webm", "Alice-2.webm", "1.wav", "Ben.webm", "Guest 1.wav"])
any_tracks = st.one_of(
    file_names, st.builds(a_daily_track, st.sampled_from([ANN, BEN]), st.integers(0, 99))
)


@given(st.lists(any_tracks, max_size=6))
def test_every_track_has_one_row_and_speakers_count_up(tracks: list[str | SourceTrack]) -> None:
    table = assign(a_recording(*tracks))
    assert [row.track for row in table.tracks] == list(range(len(tracks)))
    assert [person.speaker for person in table.participants] == list(range(len(table.participants)))
    assert list(dict.fromkeys(row.speaker for row in table.tracks)) == [
        person.speaker for person in table.participants
    ]
    assert len({person.id for person in table.participants}) == len(table.participants)
    ids = {person.speaker: person.id for person in table.participants}
    assert all(row.participant_id == ids[row.speaker] for row in table.tracks)
