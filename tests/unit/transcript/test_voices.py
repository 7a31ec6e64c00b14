"""Who the voices on shared tracks are."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from multitrack_steps.transcript.voices import CERTAIN, LIKELY, assign_voices
from workflow_templates.contracts.recording import Participant, Participants, ParticipantTrack
from workflow_templates.contracts.turns import TrackTurns, Turn, Voice


def sounds_like(number: int, other: int = 0, share: float = 0.0) -> tuple[float, ...]:
    """Voices are orthogonal; a mixture has the cosine `share` to the other one."""
    vector = np.zeros(16)
    vector[number] = (1 - share**2) ** 0.5
    vector[other] += share
    return tuple(vector.tolist())


def turns_of(
    track: int, *voices: tuple[float, ...], speaking: float = 20.0, failed: str | None = None
) -> TrackTurns:
    """Voices take turns in the order of their labels; the first speaks longest."""
    labels = [str(place) for place in range(1, len(voices) + 1)]
    return TrackTurns(
        index=track,
        model="made",
        embedding_model="made",
        turns=tuple(
            Turn(start=10.0 * place, end=10.0 * place + 9, label=label)
            for place, label in enumerate(labels)
        ),
        voices=tuple(
            Voice(label=label, speaking=speaking - place, embedding=voice)
            for place, (label, voice) in enumerate(zip(labels, voices, strict=True))
        ),
        failed=failed,
    )


def people(*tracks: tuple[str, bool]) -> Participants:
    """One row a track: the name of its participant, and whether it is shared."""
    names = list(dict.fromkeys(name for name, _ in tracks))
    return Participants(
        recording_id="r",
        participants=tuple(
            Participant(id=name.lower(), name=name, speaker=place)
            for place, name in enumerate(names)
        ),
        tracks=tuple(
            ParticipantTrack(
                track=place,
                participant_id=name.lower(),
                speaker=names.index(name),
                shared=shared,
                diarized=True,
            )
            for place, (name, shared) in enumerate(tracks)
        ),
    )


A, B, C = sounds_like(1), sounds_like(2), sounds_like(3)


@dataclass(frozen=True)
class Case:
    participants: Participants
    turns: Sequence[TrackTurns]
    want: list[str]
    """Name (tracks), by speaker index."""
    want_voices: dict[tuple[int, str], int] = field(default_factory=dict)
    want_likely: dict[str, str] = field(default_factory=dict)


CASES = {
    "without turns everybody is their track": Case(
        people(("Ann", False), ("Ben", False), ("Ann", False)), [], ["Ann (0, 2)", "Ben (1,)"]
    ),
    "the voices of a room are speakers of their own": Case(
        people(("Ben", False), ("Room", True)),
        [turns_of(1, A, B)],
        ["Ben (0,)", "Room · Speaker 1 (1,)", "Room · Speaker 2 (1,)"],
        {(1, "1"): 1, (1, "2"): 2},
    ),
    "the only track's voices are plain speakers": Case(
        people(("meeting", False)),
        [turns_of(0, A, B, C)],
        ["Speaker 1 (0,)", "Speaker 2 (0,)", "Speaker 3 (0,)"],
        {(0, "1"): 0, (0, "2"): 1, (0, "3"): 2},
    ),
    "one voice in a room is the room's": Case(
        people(("Ben", False), ("Room", True)), [turns_of(1, A)], ["Ben (0,)", "Room (1,)"]
    ),
    "nobody in a room is nobody": Case(people(("Room", True)), [turns_of(0)], ["Room (0,)"]),
    "what was not told apart stays the room's": Case(
        people(("Room", True)), [turns_of(0, A, B, failed="no model")], ["Room (0,)"]
    ),
    "a room that reconnects keeps its speakers": Case(
        people(("Room", True), ("Room", True)),
        [turns_of(0, A, B), turns_of(1, B, A, C)],
        ["Room · Speaker 1 (0, 1)", "Room · Speaker 2 (0, 1)", "Room · Speaker 3 (1,)"],
        {(0, "1"): 0, (0, "2"): 1, (1, "1"): 1, (1, "2"): 0, (1, "3"): 2},
    ),
    "two rooms number their speakers each": Case(
        people(("Red", True), ("Blue", True)),
        [turns_of(0, A, B), turns_of(1, C, sounds_like(4))],
        ["Red · Speaker 1 (0,)", "Blue · Speaker 1 (1,)", "Red · Speaker 2 (0,)",
         "Blue · Speaker 2 (1,)"],
        {(0, "1"): 0, (0, "2"): 2, (1, "1"): 1, (1, "2"): 3},
    ),
    "a voice in the room that has a track of its own carries that name": Case(
        people(("Ben", False), ("Room", True)),
        [turns_of(0, B), turns_of(1, A, B)],
        ["Ben (0, 1)", "Room · Speaker 1 (1,)"],
        {(1, "1"): 1, (1, "2"): 0},
    ),
    "a voice that is only alike stays a speaker, and it is said": Case(
        people(("Ben", False), ("Room", True)),
        [turns_of(0, B), turns_of(1, A, sounds_like(3, 2, (LIKELY + CERTAIN) / 2))],
        ["Ben (0,)", "Room · Speaker 1 (1,)", "Room · Speaker 2 (1,)"],
        {(1, "1"): 1, (1, "2"): 2},
        {"Room · Speaker 2": "ben"},
    ),
    "what bleeds into one's own track is the other's": Case(
        people(("Ann", False), ("Ben", False)),
        [turns_of(0, A, B), turns_of(1, B)],
        ["Ann (0,)", "Ben (0, 1)"],
        {(0, "1"): 0, (0, "2"): 1},
    ),
    "a visitor at one's own microphone is told from its owner": Case(
        people(("Ann", False), ("Ben", False)),
        [turns_of(0, A, C), turns_of(1, B)],
        ["Ann (0,)", "Ben (1,)", "Ann · Speaker 1 (0,)"],
        {(0, "1"): 0, (0, "2"): 2},
    ),
    "two people whose voices are alike stay two where each has a track": Case(
        people(("Ann", False), ("Ben", False)),
        [turns_of(0, A), turns_of(1, A)],
        ["Ann (0,)", "Ben (1,)"],
    ),
    "a voice heard for a moment is recognised nowhere": Case(
        people(("Room", True), ("Room", True)),
        [turns_of(0, A, B, speaking=4.0), turns_of(1, A, B)],
        ["Room · Speaker 1 (0,)", "Room · Speaker 2 (0,)", "Room · Speaker 3 (1,)",
         "Room · Speaker 4 (1,)"],
        {(0, "1"): 0, (0, "2"): 1, (1, "1"): 2, (1, "2"): 3},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_voices(case: Case) -> None:
    table = assign_voices(case.participants, {found.index: found for found in case.turns})
    assert [f"{row.name} {row.tracks}" for row in table.speakers] == case.want
    assert [row.index for row in table.speakers] == list(range(len(table.speakers)))
    assert table.speaker_of_voice == case.want_voices
    likely = {
        row.name: row.likely_participant_id for row in table.speakers if row.likely_participant_id
    }
    assert likely == case.want_likely


def test_embeddings_of_two_models_are_never_compared() -> None:
    other = turns_of(1, A, B).model_copy(update={"embedding_model": "another"})
    table = assign_voices(people(("Room", True), ("Room", True)), {0: turns_of(0, A, B), 1: other})
    assert len(table.speakers) == 4


def test_a_track_is_its_loudest_voices_however_little_that_says() -> None:
    """Ann talks most, and is heard in Ben's microphone, too: further away."""
    turns = {0: turns_of(0, A, B), 1: turns_of(1, A, B)}
    levels = {(0, "1"): -20.0, (0, "2"): -40.0, (1, "1"): -40.0, (1, "2"): -20.0}
    table = assign_voices(people(("Ann", False), ("Ben", False)), turns, levels)
    assert [f"{row.name} {row.tracks}" for row in table.speakers] == ["Ann (0, 1)", "Ben (0, 1)"]
    assert table.speaker_of_voice == {(0, "1"): 0, (0, "2"): 1, (1, "1"): 0, (1, "2"): 1}
