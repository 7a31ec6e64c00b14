"""Who the voices on shared tracks are: new speakers, people known from elsewhere, or each other.

Two voices are compared by their embeddings. From `CERTAIN` on they are one person: a room that
reconnects keeps its speakers, and a voice in the room that is known from a track of its own carries
that name. Between `LIKELY` and `CERTAIN` the speaker stays one of their own, and it is said whose
voice it may be.

Measured with CAM++ between halves of whole voices: a made voice and itself 0.96 or more, a real one
on the telephone 0.85, two made voices 0.78 or less. Of half-minute excerpts of AMI, in which people
talk across each other, 0.49 to 0.88 and 0.87 or less: there nothing is certain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from workflow_templates.contracts.recording import Participant, Participants
from workflow_templates.contracts.turns import TrackTurns, Voice

__all__ = ["CERTAIN", "LIKELY", "SpeakerRow", "VoiceTable", "assign_voices", "name_voices"]

CERTAIN = 0.82
LIKELY = 0.7
_SHORTEST = 5.0
"""Seconds a voice must have been heard to be recognised elsewhere."""
_MORE_THAN_AN_ASIDE = 0.1
"""Of what the most talkative voice of the track says."""
_UNHEARD = -120.0
"""dBFS."""

_Key = tuple[int, str]
"""Track and label."""


@dataclass(frozen=True, slots=True)
class SpeakerRow:
    """One label of the transcript, before it is known what they said."""

    index: int
    name: str
    participant_id: str
    tracks: tuple[int, ...]
    voice: bool = False
    named: bool = False
    likely_participant_id: str | None = None


@dataclass(frozen=True, slots=True)
class VoiceTable:
    """All speakers, and whose each voice of each track is."""

    speakers: tuple[SpeakerRow, ...]
    """Ordered by index, which is their place."""
    speaker_of_voice: Mapping[_Key, int] = field(default_factory=dict)
    """Only for tracks on which several voices were told apart."""


@dataclass(slots=True)
class _Person:
    """Voices that are taken to be one."""

    members: list[_Key]
    speaker: int | None = None
    likely: int | None = None


def name_voices(table: VoiceTable, names: Mapping[str, str]) -> VoiceTable:
    """The table with the names that a person gives to voices, by their labels."""
    return replace(
        table,
        speakers=tuple(
            replace(row, name=names[row.name], named=True, likely_participant_id=None)
            if row.voice and row.name in names
            else row
            for row in table.speakers
        ),
    )


def assign_voices(
    participants: Participants,
    turns: Mapping[int, TrackTurns],
    levels: Mapping[tuple[int, str], float] | None = None,
) -> VoiceTable:
    """Make the transcript's speakers of participants and voices.

    A track with one voice, or none, is its participant's. On a track of one person's own
    (`always`), the loudest voice that is more than an aside is that person's: whoever else is heard
    there is further away. Otherwise each voice is a speaker:
    "Speaker 2" where the recording is one track, else "Anna's room · Speaker 2".

    Args:
        participants: The table of tracks and people.
        turns: By track; only tracks that were diarized.
        levels: Mean level of the words by track and label, dBFS.
    """
    speaker_of_track = participants.speaker_of_track()
    divided = {
        track: found for track, found in turns.items() if not found.failed and len(found.voices) > 1
    }
    owned = _owned_voices(participants, turns, levels or {})
    people = _link(turns, owned, set(divided))
    table = _Numbering(participants, divided)
    voices: dict[_Key, int] = {}
    for person in people:
        index = person.speaker
        for track, label in person.members:
            if track not in divided:
                continue
            if index is None:
                index = table.add(track, person.likely)
            table.heard_on(index, track)
            voices[track, label] = index
    for track, speaker in speaker_of_track.items():
        if track not in divided:
            table.heard_on(speaker, track)
    return VoiceTable(table.rows(), voices)


def _owned_voices(
    participants: Participants,
    turns: Mapping[int, TrackTurns],
    levels: Mapping[_Key, float],
) -> dict[_Key, int]:
    """Voices that are a participant's because the track is theirs alone."""
    owned = {}
    single = len(participants.tracks) == 1
    for row in participants.tracks:
        found = turns.get(row.track)
        if found is None or not found.voices or row.shared:
            continue
        if single and len(found.voices) > 1:
            continue
        longest = max(voice.speaking for voice in found.voices)
        owner = max(
            (voice for voice in found.voices if voice.speaking >= _MORE_THAN_AN_ASIDE * longest),
            key=lambda voice: (levels.get((row.track, voice.label), _UNHEARD), voice.speaking),
        )
        owned[row.track, owner.label] = row.speaker
    return owned


def _link(
    turns: Mapping[int, TrackTurns], owned: Mapping[_Key, int], divided: set[int]
) -> list[_Person]:
    """Group voices of one person; two voices of one track are never one."""
    voices = {
        (track, voice.label): voice for track, found in turns.items() for voice in found.voices
    }
    people = [_Person([key], owned.get(key)) for key in voices]
    pairs = sorted(_alike(turns, voices), key=lambda pair: -pair[0])
    for alike, first, second in pairs:
        one, other = _holding(people, first), _holding(people, second)
        if one is other or _clash(one, other):
            continue
        if alike >= CERTAIN:
            one.members += other.members
            one.speaker = one.speaker if one.speaker is not None else other.speaker
            people.remove(other)
        else:
            _note_likely(one, other)
            _note_likely(other, one)
    for person in people:
        person.members.sort()
    return sorted(people, key=lambda person: _order(person, divided, turns))


def _order(
    person: _Person, divided: set[int], turns: Mapping[int, TrackTurns]
) -> tuple[int, float, str]:
    """By the first divided track, then by when the voice is first heard there."""
    track, label = next((key for key in person.members if key[0] in divided), person.members[0])
    start = min((turn.start for turn in turns[track].turns if turn.label == label), default=0.0)
    return track, start, label


def _clash(one: _Person, other: _Person) -> bool:
    tracks = {track for track, _ in one.members}
    different_owners = (
        one.speaker is not None and other.speaker is not None and one.speaker != other.speaker
    )
    return different_owners or any(track in tracks for track, _ in other.members)


def _note_likely(person: _Person, other: _Person) -> None:
    if person.speaker is None and person.likely is None and other.speaker is not None:
        person.likely = other.speaker


def _alike(
    turns: Mapping[int, TrackTurns], voices: Mapping[_Key, Voice]
) -> list[tuple[float, _Key, _Key]]:
    """Pairs of voices of different tracks that are at least likely to be one."""
    pairs = []
    known = [
        key for key, voice in voices.items() if voice.embedding and voice.speaking >= _SHORTEST
    ]
    for place, first in enumerate(known):
        for second in known[place + 1 :]:
            same_kind = turns[first[0]].embedding_model == turns[second[0]].embedding_model
            if first[0] != second[0] and same_kind:
                alike = _cosine(voices[first].embedding, voices[second].embedding)
                if alike >= LIKELY:
                    pairs.append((alike, first, second))
    return pairs


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    if len(one) != len(other):
        return 0.0
    return sum(a * b for a, b in zip(one, other, strict=True))


def _holding(people: Sequence[_Person], key: _Key) -> _Person:
    return next(person for person in people if key in person.members)


class _Numbering:
    """Speakers as they come up. A room's first voice takes the place of the room."""

    def __init__(self, participants: Participants, divided: Mapping[int, TrackTurns]) -> None:
        self._people = participants.by_speaker()
        self._of_track = participants.speaker_of_track()
        self._single = len(participants.tracks) == 1
        self._tracks: dict[int, list[int]] = {speaker: [] for speaker in self._people}
        self._free = {
            row.speaker
            for row in participants.tracks
            if row.track in divided and (row.shared or self._single)
        } - {row.speaker for row in participants.tracks if row.track not in divided}
        self._voices: dict[int, tuple[Participant, int, int | None]] = {}
        self._counts: dict[str, int] = {}

    def add(self, track: int, likely: int | None) -> int:
        """A voice of that track that nobody is known to be; returns its speaker index."""
        owner = self._people[self._of_track[track]]
        index = owner.speaker if owner.speaker in self._free else len(self._tracks)
        self._free.discard(index)
        self._tracks.setdefault(index, [])
        number = self._counts[owner.id] = self._counts.get(owner.id, 0) + 1
        self._voices[index] = (owner, number, likely)
        return index

    def heard_on(self, speaker: int, track: int) -> None:
        """The speaker's words are found on that track, too."""
        if track not in self._tracks[speaker]:
            self._tracks[speaker].append(track)

    def rows(self) -> tuple[SpeakerRow, ...]:
        """All of them, ordered by index."""
        return tuple(self._row(index) for index in sorted(self._tracks))

    def _row(self, index: int) -> SpeakerRow:
        tracks = tuple(sorted(self._tracks[index]))
        if index not in self._voices:
            person = self._people[index]
            return SpeakerRow(index, person.name, person.id, tracks)
        owner, number, likely = self._voices[index]
        name = f"Speaker {number}" if self._single else f"{owner.name} · Speaker {number}"
        return SpeakerRow(
            index,
            name,
            owner.id,
            tracks,
            voice=True,
            likely_participant_id=None if likely is None else self._people[likely].id,
        )
