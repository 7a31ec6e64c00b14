"""Names of the people present, as they are said."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from workflow_templates.contracts.transcript import Transcript

__all__ = ["Mention", "Roster"]

_NUMBERED = re.compile(r"speaker \d+", re.IGNORECASE)
_FUZZY_LENGTH = 5
"""Letters: shorter names have too many neighbours ("Ben", "been")."""
_FUZZY_RATIO = 0.8
_CAPITALISED = re.compile(r"\b[A-Z][^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text where somebody is named."""

    start: int
    end: int
    """Character positions, the end excluded."""
    name: str
    """As in the transcript's list of speakers."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who can be meant by which spoken name."""

    by_spoken: dict[str, str]
    """Full name by spoken form, in lower case; first names that two people share are absent."""
    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, transcript: Transcript) -> "Roster":
        """The roster of a transcript's speakers; "Speaker 3" is nobody's name."""
        names = [
            speaker.name for speaker in transcript.speakers if not _NUMBERED.fullmatch(speaker.name)
        ]
        first_names = Counter(name.split()[0].lower() for name in names if name.split())
        spoken = {name.lower(): name for name in names if name.strip()}
        for name in names:
            first = name.split()[0].lower() if name.split() else ""
            if len(first) > 1 and first_names[first] == 1:
                spoken.setdefault(first, name)
        forms = sorted(spoken, key=len, reverse=True)
        alternatives = "|".join(re.escape(form) for form in forms)
        pattern = re.compile(rf"\b(?:{alternatives})\b", re.IGNORECASE) if forms else None
        return cls(spoken, pattern)

    @property
    def words(self) -> frozenset[str]:
        """Every single word of a name, in lower case."""
        return frozenset(word for form in self.by_spoken for word in form.split())

    def mentions(self, text: str) -> list[Mention]:
        """Who is named where; near misses of longer names count, recognisers mishear them."""
        found = list(self._exact(text))
        for match in _CAPITALISED.finditer(text):
            if any(mention.start <= match.start() < mention.end for mention in found):
                continue
            name = self._similar(match.group().lower())
            if name is not None:
                found.append(Mention(match.start(), match.end(), name))
        return sorted(found, key=lambda mention: mention.start)

    def _exact(self, text: str) -> Iterator[Mention]:
        if self.pattern is not None:
            for match in self.pattern.finditer(text):
                yield Mention(match.start(), match.end(), self.by_spoken[match.group().lower()])

    def _similar(self, word: str) -> str | None:
        if len(word) < _FUZZY_LENGTH:
            return None
        forms = [form for form in self.by_spoken if len(form) >= _FUZZY_LENGTH]
        close = difflib.get_close_matches(word, forms, n=2, cutoff=_FUZZY_RATIO)
        return self.by_spoken[close[0]] if len(close) == 1 else None
