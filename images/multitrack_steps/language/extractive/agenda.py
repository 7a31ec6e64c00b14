"""How English speakers announce that a new subject begins."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import zip_longest

from multitrack_steps.language.extractive.noun_phrases import leading_phrase
from multitrack_steps.language.extractive.sentences import Sentence
from multitrack_steps.language.extractive.spoken import one_of, spoken

__all__ = ["Cue", "Strength", "find_cues"]


class Strength(IntEnum):
    """How surely a cue begins a subject."""

    MARKER = 0
    """"Okay, so …": chairs say it before a new subject, and elsewhere."""
    HINT = 1
    """"What about …", "by the way": often, with a change of vocabulary."""
    CLEAR = 2
    """"Okay, budget.", "let's talk about …": nearly always."""
    AGENDA = 3
    """"The next topic is …", "moving on": by saying so."""


@dataclass(frozen=True, slots=True)
class Cue:
    """An announcement inside one sentence."""

    sentence: int
    strength: Strength
    phrase: str | None
    """The announced subject, in the speaker's words."""


_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|next|last|final|other|"
    r"another|remaining)"
)
_TOPIC = r"(?:topic|item|subject|agenda item|agenda point|order of business)"
_POINT = r"(?:point|question|issue|thing)"
_ON_LIST = (
    r"(?:\s+(?:up|today|here|now|then|for (?:today|this week|me|us)|"
    r"(?:on|of|from) (?:the|my|our|today's) (?:agenda|list|day|plate|meeting)|"
    r"i (?:have|wanted|want|had)(?: to (?:discuss|raise|cover))?|to (?:discuss|cover)))*"
)
_IS = one_of(
    r"""
    (?:\s*[,:\N{EN DASH}\N{EM DASH}-]\s*|
    \s+(?:is|are|was|would be|will be|being|concerns|about)\s+|'s\s+)
    """
)
_OPENING = one_of(
    r"""
    (?:(?:and|so|okay|ok|all right|alright|right|now|then|great|good|perfect|cool|anyway|well|fine|
    thanks|thank you|next|yeah|yes|excellent)[,.]?\s+)*
    """
)
_TALK = (
    r"(?:talk (?:a (?:bit|little) )?(?:about|through)|discuss|look at|cover|address|tackle|go over|"
    r"go through|start with|begin with|get started with|kick off with|move on to|move to|go on to|"
    r"go on with|continue with|turn to|switch to|jump to|jump into|get to|get into|get back to|"
    r"come to|come back to|go back to|touch on|finish with|close with|end with)"
)


def _announces(strength: Strength, pattern: str) -> tuple[Strength, re.Pattern[str]]:
    return strength, spoken(pattern)


_PATTERNS = (
    _announces(Strength.AGENDA, rf"\b{_ORDINAL}\s+{_TOPIC}{_ON_LIST}{_IS}(?P<subject>.+)"),
    _announces(
        Strength.AGENDA,
        rf"""
        \b{_ORDINAL}\s+(?:{_POINT} |up )?on (?:the|my|our) (?:agenda|list){_IS}(?P<subject>.+)
        """,
    ),
    _announces(Strength.AGENDA, rf"\b(?:first|next|last) up{_IS}(?P<subject>.+)"),
    _announces(
        Strength.AGENDA,
        rf"""
        ^{_OPENING}(?:first|next|last|final) (?:topic|item|point|
        subject)\b\s*[,:.]?\s*(?P<subject>.*)
        """,
    ),
    _announces(
        Strength.AGENDA,
        rf"""
        \b(?:{_TOPIC}|point) (?:number )?(?:one|two|three|four|five|six|seven|eight|nine|ten|
        \d+)\b{_IS}(?P<subject>.+)
        """,
    ),
    _announces(
        Strength.AGENDA,
        r"""
        \b(?:let's|let us|shall we|should we|can we|could we|we should|we can|i'd|we'll|
        i'll)(?: like to| just| now| then| please)* move (?:on|along)\b(?:\s+(?:to|
        with)\s+)?(?P<subject>.*)
        """,
    ),
    _announces(
        Strength.AGENDA,
        rf"""
        ^{_OPENING}(?:moving on|moving along|switching gears|changing (?:the )?(?:subject|
        topic))\b(?:\s+to\b)?[,.]?\s*(?P<subject>.*)
        """,
    ),
    _announces(
        Strength.CLEAR,
        rf"""
        ^{_OPENING}(?:on to|turning to|that (?:brings|takes|leads) us to|
        back to)\s+(?P<subject>.+)
        """,
    ),
    _announces(Strength.AGENDA, r"\b(?P<subject>any other business)\b"),
    _announces(
        Strength.CLEAR,
        rf"""
        \b(?:let's|let us|shall we|can we|could we|we should|we need to|we have to|i'd like to|
        i want to|i wanted to|we wanted to|
        we'll)(?: also| now| quickly| just| then| briefly| first| next)* {_TALK}\s+(?P<subject>.+)
        """,
    ),
    _announces(
        Strength.CLEAR,
        rf"""
        \b(?:{_ORDINAL}|one more|one last|one other) {_POINT}{_ON_LIST}{_IS}(?P<subject>.+)
        """,
    ),
    _announces(
        Strength.CLEAR,
        r"""
        \b(?:i|we) (?:also )?(?:wanted|want|would like|need) to (?:bring up|raise|ask about|
        mention)\s+(?P<subject>.+)
        """,
    ),
    _announces(
        Strength.CLEAR,
        rf"""
        ^{_OPENING}(?:as for|regarding|concerning|with regard to|in terms of|when it comes to|
        about)\s+(?P<subject>.+)
        """,
    ),
    _announces(
        Strength.HINT,
        rf"""
        ^{_OPENING}(?:speaking of|what about|how about|and what of|what's (?:the status|happening|
        going on|new|up) (?:of|with|on)|how (?:is|are|'s) (?:\w+ )?(?:doing|going|looking) (?:on|
        with)|where (?:are|do) we (?:\w+ )?(?:with|on)|(?:any|an|is there an?y?) (?:update|
        updates|news|progress|word) (?:on|about|with|from)|(?:quick|one|another|
        a) question (?:about|on)|did (?:you|we|anyone) (?:\w+ )?(?:hear|get) (?:back )?(?:about|
        on))\s+(?P<subject>.+)
        """,
    ),
)
_UNNAMED = spoken(rf"""
    ^{_OPENING}(?:(?:one |the |and )*(?:last|final|next|other) (?:thing|point|
    one)(?: from me| for me| for today| then)?[.,:]|while we're (?:at it|on (?:it|that|
    the subject))|by the way|on another note|on a (?:different|related) note|speaking of which|
    before (?:i forget|we (?:finish|close|wrap up|end))|(?:did|has|does|do|have) any(?:one|
    body) (?:else )?\w+)
""")
"""Announcements that do not name their subject."""
_MARKER = spoken(r"""
    ^(?:(?:okay|ok|alright|all right|anyway|anyways|right|well)[,.]?(?:\s+(?:so|now|then|um|
    uh)\b[,.]?.*|$)|so[,.]?\s+(?:um|uh|now)\b.*|(?:um|uh|so),? now\b.*|now,? the\b.*)
""")
_BARE = spoken(r"""
    ^(?:okay|ok|alright|all right|right|so|now|next|great|good|cool|perfect|anyway|
    well)[,.]?\s+(?:(?:so|then|now|next|and|okay|um|uh)[,.]?\s+)*(?P<subject>[^,.?!]+)[.?!:]?$
""")
"""A marker and a bare noun phrase: "Okay, so, hiring."."""
_BARE_WORDS = 5
_CUT_OFF = spoken(rf"\b{_ORDINAL}\s+{_TOPIC}{_ON_LIST}[.,:]?$")
"""An announcement whose subject is a sentence of its own: "And now the second topic. Hiring."."""
_GATHERING = spoken(r"""
    \b(?:meeting|call|stand-?up|sync|session|retro|retrospective|review|minutes|check-in)$
""")
"""A phrase that ends so names the gathering itself: "let's start with the weekly meeting"."""


def find_cues(sentences: Sequence[Sentence], names: Collection[str]) -> tuple[Cue, ...]:
    """The strongest cue of each sentence that has one, in order.

    Args:
        sentences: All of the meeting.
        names: Lower-case names of the people present.
    """
    found = []
    for sentence, following in zip_longest(sentences, sentences[1:]):
        cue = _cue_in(sentence, names)
        if cue is None or cue.strength < Strength.AGENDA:
            cue = _cue_cut_in_two(sentence, following, names) or cue
        if cue is not None:
            found.append(cue)
    return tuple(found)


def _cue_cut_in_two(
    sentence: Sentence, following: Sentence | None, names: Collection[str]
) -> Cue | None:
    """A recogniser's full stop can part an announcement from its subject."""
    if following is None or following.speaker != sentence.speaker:
        return None
    if len(following.text.split()) > _BARE_WORDS or not _CUT_OFF.search(sentence.text):
        return None
    phrase = leading_phrase(following.text, names)
    return Cue(sentence.index, Strength.AGENDA, phrase) if phrase else None


def _cue_in(sentence: Sentence, names: Collection[str]) -> Cue | None:
    text = sentence.text
    for strength, pattern in _PATTERNS:
        match = pattern.search(text)
        if match is None:
            continue
        phrase = leading_phrase(match["subject"], names)
        if phrase is not None and _GATHERING.search(phrase):
            continue
        if phrase is None and strength < Strength.AGENDA:
            continue
        return Cue(sentence.index, strength, phrase)
    match = _BARE.match(text)
    if match is not None and len(match["subject"].split()) <= _BARE_WORDS:
        phrase = leading_phrase(match["subject"], names)
        if phrase is not None and phrase.split()[-1] == match["subject"].split()[-1]:
            return Cue(sentence.index, Strength.CLEAR, phrase)
    if _UNNAMED.match(text):
        return Cue(sentence.index, Strength.HINT, None)
    return Cue(sentence.index, Strength.MARKER, None) if _MARKER.match(text) else None
