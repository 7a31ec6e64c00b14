"""What somebody is to do, cut out of a sentence: "write a short help article about it"."""

import re
from dataclasses import dataclass

from multitrack_steps.language.extractive.deadlines import find_deadline, without_deadline
from multitrack_steps.language.extractive.english import NO_TASK_VERBS, TASK_VERBS
from multitrack_steps.language.extractive.lexis import Lexis
from multitrack_steps.language.extractive.names import Roster
from multitrack_steps.language.extractive.spoken import spoken

__all__ = ["VerbPhrase", "parse_verb_phrase"]

_ADVERB = spoken(r"""
    ^(?:also|just|then|probably|definitely|quickly|maybe|please|gladly|certainly|personally|
    happily|still|always|actually|simply|perhaps|kindly|try to|try and|go ahead and|go and|
    be happy to|be able to|be the one to|make sure to|volunteer to|plan to|have to|need to|
    start to|at least|uh|um),?\s+
""")
_CLAUSE_END = spoken(r"""
    [.?!;:…](?=\s|$)|\s[-\N{EN DASH}\N{EM DASH}]\s|,?\s+(?:and|but|so|then|or)\s+(?:then\s+)?(?:i|
    i'll|i'd|you|you'll|we|we'll|they|he|she|it|that|if|when|maybe|let's|please|can|could)\b|
    ,\s*(?:i|i'm|i've|i'll|i'd|you|you're|we|we're|we've|he|she|they|it|it's|that's|there's|
    this)\b|,\s*(?:but|so|because|since|which|okay|ok|right|then|if|please|as|and that|
    and (?:\w+ )?(?:will|can))\b|\s+(?:because|since|but|although|though|unless)\s|
    \s+(?:if (?:you|that|nobody|no one|it|i|we|everyone)|when (?:i|you|we) (?:get|have|can))\b
""")
_LEFTOVERS = spoken(r"""
    (?:[,\s]+(?:then|too|okay|ok|please|right|for (?:you|us|me)|anyway|maybe|as well|myself|and|
    or|i guess|i think|probably|hopefully|soon|actually|first|sometime))+$
""")
_IN_MEETING = spoken(r"""
    ^(?:(?:tell|show|give|walk|remind|update|fill|bring|talk|take|let|help) (?:us|me|everyone|
    you)\b(?! (?:the|a) (?:final|copy|draft))|share (?:my|your|the) screen|(?:turn|switch) (?:on|
    off|your|my)|take (?:a look|notes|the floor|over)$|(?:read|speak|talk|move|get|
    give)\b(?: it)?(?: up| louder| slower| again| back)?$|move on|get (?:back )?(?:started|going|
    to (?:that|it|work))|(?:keep|make) (?:it|this) (?:short|quick|brief)|put it (?:this|that) way|
    be |ask (?:you|something|a question)\b|try$|do (?:my|our|your) best)
""")
_REVERSAL = spoken(r"\b(?:but|not|if|unless)\b")
"""What follows is no part of the promise: "…, but not before two o'clock"."""
_POINTING = spoken(r"^do (?:that|it|this|so|both)\b")
_MIN_WORDS = 2


@dataclass(frozen=True, slots=True)
class VerbPhrase:
    """One thing to do."""

    text: str
    """From the infinitive on, without a deadline at its end."""
    objects: frozenset[str]
    """Stems of its content words without the verb; empty for "do that" and "order some"."""
    deadline: str | None
    is_pointing: bool = False
    """ "Do that": something named before is meant."""


def parse_verb_phrase(
    text: str, lexis: Lexis, roster: Roster, *, known_verbs_only: bool = False
) -> VerbPhrase | None:
    """What `text` begins by asking or promising.

    Args:
        text: What follows "I will", "could you" and the like, to the end of the sentence.
        lexis: English.
        roster: Names at the end address somebody and are cut away.
        known_verbs_only: Accept the usual verbs of work alone, where "I can see that" is as likely.

    Returns:
        None for what is done within the meeting ("be honest", "hear you") and for no verb at all.
    """
    rest = text.strip(" ,")
    while _ADVERB.match(rest):
        rest = _ADVERB.sub("", rest)
    ending = _CLAUSE_END.search(rest)
    whole = rest
    if ending is not None:
        rest = rest[: ending.start()]
    rest = _without_vocative(rest, roster)
    deadline = find_deadline(rest)
    if deadline is None and _REVERSAL.search(whole[len(rest) :]) is None:
        deadline = find_deadline(whole[len(rest) :])
    rest = _LEFTOVERS.sub("", without_deadline(_LEFTOVERS.sub("", rest))).rstrip(" ,")
    words = rest.split()
    verb = words[0].lower() if words else ""
    if len(words) < _MIN_WORDS or not verb.isascii() or verb in NO_TASK_VERBS:
        return None
    if _IN_MEETING.match(rest) or (known_verbs_only and verb not in TASK_VERBS):
        return None
    if lexis.is_stop_word(verb) and verb not in TASK_VERBS:
        return None
    named = {lexis.stem(word) for word in roster.words}
    is_pointing = _POINTING.match(rest) is not None
    objects = frozenset() if is_pointing else frozenset(lexis.terms(" ".join(words[1:])))
    return VerbPhrase(rest, objects - named, deadline, is_pointing)


def _without_vocative(text: str, roster: Roster) -> str:
    """Drop the name from "… before the release, Ben"."""
    for mention in reversed(roster.mentions(text)):
        if mention.end == len(text.rstrip(" .,?!")) and re.search(r",\s*$", text[: mention.start]):
            return text[: mention.start].rstrip(" ,")
    return text
