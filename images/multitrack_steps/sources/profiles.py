"""What Daily knows of the people in a recording: names and user ids, by participant uuid."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflow_templates.contracts.recording import Recording, SourceKind, SourceTrack
from workflow_templates.runtime.daily.models import DailyParticipant
from workflow_templates.runtime.errors import MultitrackError, TemporaryError

__all__ = ["Profile", "find_profiles"]

_UNNAMED = "people without a name of their own are called Speaker N"


@dataclass(frozen=True, slots=True)
class Profile:
    """What the platform says of one participant."""

    name: str | None = None
    user_id: str | None = None
    """The application's id of the person: equal for all their stays."""


def find_profiles(
    recording: Recording, *, api_url: str, is_last_try: bool
) -> tuple[Mapping[str, Profile], tuple[str, ...]]:
    """Ask Daily who took part; nothing is asked for any other recording.

    Returns:
        The profiles, and sentences about what is missing or contradictory.

    Raises:
        TemporaryError: Daily is away, and somebody will try again.
    """
    if recording.kind is not SourceKind.DAILY or not recording.tracks:
        return {}, ()
    if recording.meeting_session_id is None:
        return {}, (f"Daily names no meeting session; {_UNNAMED}",)
    try:
        people = asyncio.run(_ask(api_url, recording.meeting_session_id))
    except MultitrackError as error:
        if isinstance(error, TemporaryError) and not is_last_try:
            raise
        return {}, (f"{error}; {_UNNAMED}",)
    profiles = {each.participant_id.lower(): _profile(each) for each in people}
    return profiles, _contradictions(recording.tracks, profiles)


async def _ask(api_url: str, meeting_session_id: str) -> tuple[DailyParticipant, ...]:
    from workflow_templates.runtime.daily.client import (  # noqa: PLC0415 - only for Daily's
        DailyClient,
    )

    async with DailyClient.connect(api_url) as client:
        return await client.participants(meeting_session_id)


def _profile(person: DailyParticipant) -> Profile:
    # Where the application gives none, Daily takes the participant's own id.
    is_own = (person.user_id or "").lower() == person.participant_id.lower()
    return Profile(person.user_name, None if is_own else person.user_id)


def _contradictions(
    tracks: Iterable[SourceTrack], profiles: Mapping[str, Profile]
) -> tuple[str, ...]:
    sentences: list[str] = []
    shown_names = {track.participant_id: track.display_name for track in tracks}
    absent = [person for person in shown_names if person and person not in profiles]
    if absent:
        sentences.append(
            f"Daily's list of the meeting lacks {len(absent)} of the people on the tracks, "
            f"such as {absent[0]}"
        )
    for person, shown in shown_names.items():
        listed = profiles.get(person or "", Profile()).name
        if listed and shown and listed.casefold() != shown.casefold():
            sentences.append(
                f"participant {person} is {shown!r} in the event JSON, {listed!r} in Daily's list; "
                "the first is taken"
            )
    return tuple(sentences)
