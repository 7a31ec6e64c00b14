"""What was said by whom and when: the one shape of references and results."""

from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds

__all__ = ["Spoken", "TimedWord", "Turn", "Utterance"]


@dataclass(frozen=True, slots=True)
class TimedWord:
    """One word as written."""

    text: str
    start: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch in which one speaker speaks."""

    speaker: str
    start: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one speaker said in one go."""

    speaker: str
    text: str
    start: Seconds | None = None
    end: Seconds | None = None
    """None where the format has no times, or only starts."""
    words: tuple[TimedWord, ...] = ()
    """Empty where the format times no words."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A meeting in words, in times, or in both."""

    utterances: tuple[Utterance, ...]
    """In order of their starts where all have one, else as written."""
    language: str | None = None
    """ISO 639-1, where the file says it."""
    has_text: bool = True
    """False for RTTM, which knows only who spoke when."""

    def turns(self) -> tuple[Turn, ...]:
        """The utterances that have both times."""
        return tuple(
            Turn(each.speaker, each.start, each.end)
            for each in self.utterances
            if each.start is not None and each.end is not None
        )

    def word_turns(self) -> tuple[Turn, ...]:
        """Each timed word as a turn of its speaker; utterances where no words are timed."""
        words = tuple(
            Turn(each.speaker, word.start, word.end)
            for each in self.utterances
            for word in each.words
        )
        return words or self.turns()

    def speakers(self) -> tuple[str, ...]:
        """Names, in order of first appearance."""
        return tuple(dict.fromkeys(each.speaker for each in self.utterances))
