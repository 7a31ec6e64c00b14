"""Promises and requests: English patterns of who said that somebody will do something."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import zip_longest

from multitrack_steps.language.extractive.english import TASK_VERBS, base_form
from multitrack_steps.language.extractive.lexis import Lexis
from multitrack_steps.language.extractive.names import Mention, Roster
from multitrack_steps.language.extractive.sentences import Sentence
from multitrack_steps.language.extractive.spoken import spoken
from multitrack_steps.language.extractive.verb_phrases import VerbPhrase, parse_verb_phrase

__all__ = ["Candidate", "Kind", "find_candidates"]


class Kind(IntEnum):
    """How a task was stated; of several statements of one task the greatest is quoted."""

    WISH = 0
    """ "We should …": nobody's yet, unless somebody says "I'll do that"."""
    OFFER = 1
    """ "I can …": a task if somebody takes it up."""
    PROMISE = 2
    """ "I will …"."""
    REQUEST = 3
    """ "Could you …", "Ben, add …"."""
    ASSIGNMENT = 4
    """ "Carol will …"."""
    RECAP = 5
    """ "Carol fixes X, Ben moves Y": the cleanest statement."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement that may be a task."""

    kind: Kind
    sentence: Sentence
    owner: str | None
    phrase: VerbPhrase
    anyone: bool = False
    """ "Somebody needs to …": worth listing without an owner."""


_PROMISE = spoken(r"""
    \bi(?:'ll| will|'m going to| am going to|'m gonna| plan to| promise to|
    've got to| have to| need to|'ll have to)\s+(?P<rest>.+)
""")
_OFFER = spoken(r"""
    (?<!what )(?<!how )(?<!where )\b(?:i (?:can|could|should|might)|let me|i'd be happy to|
    i'm happy to|i'd like to|i would be happy to|happy to|i don't mind)\s+(?P<rest>.+)
""")
_ASKED = spoken(r"""
    \b(?:(?:could|can|would|will) you|i(?:'d| would) like you to|i need you to|i want you to|
    you (?:should|could|can|need to|have to)|you(?:'ll| will|'re going to| are going to)|
    do you want to|don't forget to|remember to|if you (?:could|can)|are you able to|
    you(?= (?:take|do|handle|own|write|prepare|send|book|call|check|bring|ask)\b))(?: (?:please|
    also|maybe|then|just|perhaps|guys))*\s+(?P<rest>.+)
""")
_PLEASE = spoken(r"(?:^|[,.]\s+|\bso\s+|\band\s+)please(?: also)?\s+(?P<rest>.+)")
_SOMEBODY = spoken(r"""
    \b(?:someone|somebody|one of us|anyone|anybody)(?: here)?(?:'s got to| (?:needs to|has to|
    should|must|will have to|ought to|could|can|please|want to))\s+(?P<rest>.+)|\b(?:can|could|
    would|will) (?:someone|somebody|anyone|anybody|one of you)\s+(?P<asked>.+)|\bwho (?:can|could|
    will|wants to|is going to|would like to)\s+(?P<who>.+)
""")
_WE = spoken(r"""
    \bwe(?:'ll| will| should| need to| have to| must|
    've got to| could| can| still need to| also need to| really need to|'d better)\s+(?P<rest>.+)|
    \b(?:why don't|should|shall|can|could) we\s+(?P<asked>.+)|\bhow about (?:we )?(?P<about>.+)
""")
_OTHER_WILL = spoken(r"""
    ^(?:,? (?:and|you))?(?:'s going to| is going to|
    'll| will| is gonna| needs to| has to| must| should|,? you'll|,? you will)\s+(?P<rest>.+)
""")
_RECAPS = spoken(r"""
    \b(?:to (?:summari[sz]e|sum up|recap|wrap up|confirm|be clear)|summary|recap|action items|
    next steps|let's go over (?:who|what)|who does what|so we have|to-?dos)\b
""")
_RECAP_REACH = 4
"""Sentences of the same speaker after "to summarise" that belong to the recap."""
_ADDRESS = spoken(r"""
    ^(?:(?:and|so|okay|ok|then|great|good|thanks|thank you|right|alright|yes|hey|maybe|now|also|
    perfect|but|fine|sure|cool|um|uh|oh)[,.]?\s+)*$
""")


def find_candidates(sentences: Sequence[Sentence], lexis: Lexis, roster: Roster) -> list[Candidate]:
    """Everything in a meeting that sounds like a task, in order."""
    candidates: list[Candidate] = []
    recap_until = (-1, -1)
    for sentence in sentences:
        if _RECAPS.search(sentence.text):
            recap_until = (sentence.speaker, sentence.index + _RECAP_REACH)
        speaker, last = recap_until
        reader = _Reader(sentence, lexis, roster, previous=_before(sentences, sentence))
        in_recap = sentence.speaker == speaker and sentence.index <= last
        candidates.extend(reader.read(in_recap=in_recap))
    return candidates


def _before(sentences: Sequence[Sentence], sentence: Sentence) -> Sentence | None:
    return sentences[sentence.index - 1] if sentence.index else None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one sentence."""

    sentence: Sentence
    lexis: Lexis
    roster: Roster
    previous: Sentence | None

    @property
    def text(self) -> str:
        return self.sentence.text

    def read(self, *, in_recap: bool) -> Iterator[Candidate]:
        mentions = self.roster.mentions(self.text)
        stated = list(self._of_others(mentions, in_recap=in_recap))
        yield from stated
        if any(candidate.kind is Kind.RECAP for candidate in stated):
            return
        request = self._request(mentions)
        if request is not None:
            yield request
            return
        yield from self._own()
        yield from self._nobodys()

    def _phrase(self, text: str, *, known_verbs_only: bool = False) -> VerbPhrase | None:
        return parse_verb_phrase(text, self.lexis, self.roster, known_verbs_only=known_verbs_only)

    def _of_others(self, mentions: Sequence[Mention], *, in_recap: bool) -> Iterator[Candidate]:
        """Assignments, and lists of the kind "Carol fixes …, Ben moves …"."""
        recaps = []
        for mention, following in zip_longest(mentions, mentions[1:]):
            clause = self.text[mention.end : following.start if following else None]
            will = _OTHER_WILL.match(self.text[mention.end :])
            if will is not None and mention.name != self.sentence.name:
                phrase = self._phrase(will["rest"])
                if phrase is not None and not self.sentence.is_question:
                    yield Candidate(Kind.ASSIGNMENT, self.sentence, mention.name, phrase)
            phrase = self._present_tense(clause, in_recap=in_recap)
            if phrase is not None:
                recaps.append(Candidate(Kind.RECAP, self.sentence, mention.name, phrase))
        if (in_recap or len(recaps) > 1) and not self.sentence.is_question:
            yield from recaps

    def _present_tense(self, clause: str, *, in_recap: bool) -> VerbPhrase | None:
        words = re.sub(r"(?:,?\s+and)?[,\s]*$", "", clause).strip(" ,:").split()
        if not words:
            return None
        verb = words[0].lower().strip(",")
        if verb == "to" and len(words) > 1:
            return self._phrase(" ".join(words[1:]), known_verbs_only=True)
        base = base_form(verb)
        if base == verb or (base not in TASK_VERBS and not in_recap):
            return None
        return self._phrase(" ".join([base, *words[1:]]))

    def _request(self, mentions: Sequence[Mention]) -> Candidate | None:
        addressed = self._addressed(mentions)
        asked = _ASKED.search(self.text) or _PLEASE.search(self.text)
        if asked is not None:
            phrase = self._phrase(asked["rest"], known_verbs_only=asked.re is _PLEASE)
        elif addressed is not None:
            phrase = self._order(mentions, addressed)
        else:
            return None
        if phrase is None:
            return None
        return Candidate(Kind.REQUEST, self.sentence, addressed, phrase)

    def _order(self, mentions: Sequence[Mention], addressed: str) -> VerbPhrase | None:
        """Read "Ben, add that question", or, after "Ben.", "Add that question"."""
        if self.sentence.is_question:
            return None
        named = [mention for mention in mentions if mention.name == addressed]
        if not named:
            return self._phrase(self.text, known_verbs_only=True)
        order = self.text[named[0].end :]
        return self._phrase(order, known_verbs_only=True) if order.startswith(",") else None

    def _addressed(self, mentions: Sequence[Mention]) -> str | None:
        """Whom the sentence speaks to: named first, last, or alone in the sentence before."""
        others = [mention for mention in mentions if mention.name != self.sentence.name]
        for mention in others:
            is_first = _ADDRESS.match(self.text[: mention.start]) is not None
            is_last = not self.text[mention.end :].strip(" .,?!")
            if (is_first and self.text[mention.end :][:1] in {",", "?", "."}) or is_last:
                return mention.name
            if re.match(r",? (?:could|can|would|will) you\b", self.text[mention.end :]):
                return mention.name
        if self.previous is not None and self.previous.speaker == self.sentence.speaker:
            called = self.roster.mentions(self.previous.text)
            if len(called) == 1 and len(self.previous.text.split()) <= 2:  # noqa: PLR2004 - "Ben?", "And Ben."
                return called[0].name
        return None

    def _own(self) -> Iterator[Candidate]:
        owner = self.sentence.name or None
        promise = _PROMISE.search(self.text)
        if promise is not None:
            phrase = self._phrase(promise["rest"])
            if phrase is not None:
                yield Candidate(Kind.PROMISE, self.sentence, owner, phrase)
            return
        offer = _OFFER.search(self.text)
        if offer is not None:
            phrase = self._phrase(offer["rest"], known_verbs_only=True)
            if phrase is not None:
                yield Candidate(Kind.OFFER, self.sentence, owner, phrase)

    def _nobodys(self) -> Iterator[Candidate]:
        for pattern in (_SOMEBODY, _WE):
            match = pattern.search(self.text)
            if match is None:
                continue
            rest = next(group for group in match.groups() if group is not None)
            anyone = pattern is _SOMEBODY
            phrase = self._phrase(rest, known_verbs_only=not anyone)
            if phrase is not None:
                yield Candidate(Kind.WISH, self.sentence, None, phrase, anyone=anyone)
            return
