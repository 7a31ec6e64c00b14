"""The one table track → participant → speaker, which everything later reads.

Who is on a track, by the first rule that applies:
1. a row of the participants list with an id: the person of that id;
2. a row with a name: the person of that name (of its id, if another row gives one);
3. a Daily participant's uuid: that participant, or whoever a row says they are; participants of
   one user id are one person, who came back;
4. a name in the file's name: the person of that name; where a row renamed another file of that
   name ("Alice.webm" is Dana), its reconnects ("Alice-2.webm") follow;
5. otherwise somebody unknown, one a track.

Two Daily participants with equal display names stay two people: only a uuid, an id or a person's
own list says who is the same. A person's speaker index is the order of their first track. A name
comes from the list, else from Daily's event JSON, else from what Daily's API says of the
participant, else from the file's name, else it is "Speaker N", N being the speaker's index plus 1.
Nothing that is unknown here is an error.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from multitrack_steps.sources.participant_rows import ParticipantRow
from multitrack_steps.sources.profiles import Profile
from multitrack_steps.sources.speaker_names import name_from_file
from workflow_templates.contracts.recording import (
    Participant,
    Participants,
    ParticipantTrack,
    Recording,
    SourceTrack,
)
from workflow_templates.runtime.errors import SettingsError

__all__ = ["assign_speakers", "is_shared"]

_Person = tuple[str, str]
"""What makes two tracks one person's: a rule and its value."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What is known about who is on a track."""

    track: SourceTrack
    row: ParticipantRow | None
    said_by_file: str | None
    profile: Profile

    @property
    def name(self) -> str | None:
        """The best name that anybody gave."""
        listed = self.row.name if self.row else None
        return listed or self.track.display_name or self.profile.name or self.said_by_file


def assign_speakers(
    recording: Recording,
    rows: Mapping[int, ParticipantRow],
    profiles: Mapping[str, Profile] | None = None,
) -> Participants:
    """Build the table.

    Args:
        recording: Its tracks, in the order of their indices.
        rows: What people say, by track index.
        profiles: What the platform knows, by participant uuid.

    Raises:
        SettingsError: Two rows give one id two names.
    """
    known = profiles or {}
    evidence = [_evidence(track, rows.get(track.index), known) for track in recording.tracks]
    persons = _persons(evidence)
    speaker_of = {person: speaker for speaker, person in enumerate(dict.fromkeys(persons))}
    people = tuple(
        _participant(
            recording,
            person,
            speaker,
            [each for each, of in zip(evidence, persons, strict=True) if of == person],
        )
        for person, speaker in speaker_of.items()
    )
    table = tuple(
        ParticipantTrack(
            track=each.track.index,
            participant_id=people[speaker_of[person]].id,
            speaker=speaker_of[person],
            shared=is_shared(each.track, each.row),
        )
        for each, person in zip(evidence, persons, strict=True)
    )
    return Participants(recording_id=recording.id, participants=people, tracks=table)


def is_shared(track: SourceTrack, row: ParticipantRow | None) -> bool:
    """Whether several people speak on the track, as the list or the source says."""
    return track.shared or (row is not None and row.shared)


def _evidence(
    track: SourceTrack, row: ParticipantRow | None, profiles: Mapping[str, Profile]
) -> _Evidence:
    # A Daily key is no name that a person gave.
    said_by_file = None if track.participant_id else name_from_file(track.origin.name)
    profile = profiles.get(track.participant_id or "", Profile())
    return _Evidence(track, row, said_by_file, profile)


def _persons(evidence: list[_Evidence]) -> list[_Person]:
    """Who is on each track: first those that rows speak of, then those that follow them."""
    id_by_name = _ids_by_name(evidence)
    listed: dict[int, _Person] = {}
    followers: dict[_Person, set[_Person]] = {}
    for each in evidence:
        if each.row and (person := _listed_person(each.row, id_by_name)):
            listed[each.track.index] = person
            followers.setdefault(_own_person(each), set()).add(person)
    return [listed.get(each.track.index) or _followed(each, followers) for each in evidence]


def _listed_person(row: ParticipantRow, id_by_name: Mapping[str, str]) -> _Person | None:
    if row.id:
        return ("id", row.id)
    if row.name:
        name = row.name.casefold()
        return ("id", id_by_name[name]) if name in id_by_name else ("name", name)
    return None


def _own_person(each: _Evidence) -> _Person:
    if each.profile.user_id:
        return ("user", each.profile.user_id)
    if each.track.participant_id:
        return ("daily", each.track.participant_id)
    if each.said_by_file:
        return ("name", each.said_by_file.casefold())
    return ("track", str(each.track.index))


def _followed(each: _Evidence, followers: Mapping[_Person, set[_Person]]) -> _Person:
    own = _own_person(each)
    listed = followers.get(own, set())
    # Where the list splits a name between people, a file that it leaves out is none of theirs.
    return next(iter(listed)) if len(listed) == 1 else own


def _ids_by_name(evidence: list[_Evidence]) -> dict[str, str]:
    """The id that goes with a listed name, where it is only one."""
    ids: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for each in evidence:
        if each.row and each.row.id and each.row.name:
            ids.setdefault(each.row.name.casefold(), set()).add(each.row.id)
            if names.setdefault(each.row.id, each.row.name) != each.row.name:
                raise SettingsError(
                    f"participants: the id {each.row.id!r} has two names, "
                    f"{names[each.row.id]!r} and {each.row.name!r}; keep one"
                )
    return {name: found.pop() for name, found in ids.items() if len(found) == 1}


def _participant(
    recording: Recording, person: _Person, speaker: int, theirs: list[_Evidence]
) -> Participant:
    rows = [each.row for each in theirs if each.row]
    listed = next((row.name for row in rows if row.name), None)
    name = listed or next((each.name for each in theirs if each.name), None)
    return Participant(
        id=_participant_id(recording, person, theirs),
        name=name or f"Speaker {speaker + 1}",
        user_id=next(
            (
                user_id
                for user_id in (
                    *(row.user_id for row in rows),
                    *(each.profile.user_id for each in theirs),
                )
                if user_id
            ),
            None,
        ),
        speaker=speaker,
        name_known=name is not None,
    )


def _participant_id(recording: Recording, person: _Person, theirs: list[_Evidence]) -> str:
    """The given id, else Daily's, else one that follows from the recording and the first track."""
    rule, value = person
    daily = next((each.track.participant_id for each in theirs if each.track.participant_id), None)
    if rule == "id":
        return value
    if daily:
        return daily
    return str(uuid.uuid5(uuid.UUID(recording.id), str(theirs[0].track.index)))
