"""Who is meant by a name in a decision or a next step."""

from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.minutes import Decision, NextStep
from workflow_templates.contracts.recording import Participant, Participants
from workflow_templates.contracts.transcript import Speaker, Transcript

__all__ = ["Attribution"]

_FIRST_PERSON = frozenset({"i", "me", "myself"})


@dataclass(frozen=True, slots=True)
class Attribution:
    """Finds the participant behind a name as it was said or written."""

    transcript: Transcript
    participants: Participants

    def of_decision(self, decision: Decision) -> Decision:
        """The decision with its participant, where the name means exactly one."""
        person = self.person(decision.decided_by, said_at=decision.start)
        return decision.model_copy(
            update={
                "decided_by": person.name
                if person
                else self._spoken_name(decision.decided_by, decision.start),
                "decided_by_participant_id": person.id if person else None,
            }
        )

    def of_next_step(self, step: NextStep) -> NextStep:
        """The next step with its participant, where the name means exactly one."""
        person = self.person(step.assigned_to, said_at=step.start)
        return step.model_copy(
            update={
                "assigned_to": person.name
                if person
                else self._spoken_name(step.assigned_to, step.start),
                "assigned_to_participant_id": person.id if person else None,
            }
        )

    def person(self, name: str | None, *, said_at: Seconds | None = None) -> Participant | None:
        """The one participant whom `name` means.

        Exact name first, then regardless of case, then first name; "I" is whoever was speaking.

        Returns:
            None for nobody, for an unknown name and for one that several people share.
        """
        if not name or not name.strip():
            return None
        wanted = " ".join(name.split())
        if wanted.lower() in _FIRST_PERSON:
            return self._speaking(said_at)
        people = self.participants.participants
        folded = wanted.casefold()
        for matching in (
            [person for person in people if person.name == wanted],
            [person for person in people if person.name.casefold() == folded],
            [person for person in people if _first_name(person.name) == folded],
            [person for person in people if person.name.casefold() == _first_name(wanted)],
        ):
            if matching:
                return matching[0] if len(matching) == 1 else None
        return None

    def _speaking(self, at: Seconds | None) -> Participant | None:
        """The participant who speaks at that time; None for a voice without a name."""
        speaker = self._speaker(at)
        if speaker is None or speaker.voice:
            return None
        return self.participants.by_speaker().get(speaker.index)

    def _spoken_name(self, name: str | None, at: Seconds | None) -> str | None:
        """A name as it was said, "I" as the label of the voice that said it."""
        if name is None or name.strip().lower() not in _FIRST_PERSON:
            return name
        speaker = self._speaker(at)
        return speaker.name if speaker is not None else name

    def _speaker(self, at: Seconds | None) -> Speaker | None:
        if at is None:
            return None
        heard = [segment for segment in self.transcript.segments if segment.start <= at]
        if not heard:
            return None
        speakers = {speaker.index: speaker for speaker in self.transcript.speakers}
        return speakers.get(heard[-1].speaker)


def _first_name(name: str) -> str:
    return name.split(maxsplit=1)[0].casefold() if name.split() else ""
