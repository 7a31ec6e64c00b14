"""What was settled: sentences with which English speakers decide."""

from collections.abc import Iterator, Sequence

from multitrack_steps.language.extractive.english import TASK_VERBS, TIME_WORDS, spoken_words
from multitrack_steps.language.extractive.lexis import Lexis
from multitrack_steps.language.extractive.sentences import Sentence
from multitrack_steps.language.extractive.spoken import spoken
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.minutes import Decision

__all__ = ["find_decisions", "without_interjections"]

_DECIDES = spoken(r"""
    \b(?:(?:it|that)(?:'s| is| was)(?: then| now| all)? (?:decided|settled|agreed|approved|
    a deal)|(?:we|we've|we have|i|i've|i have)(?: all| just| now| already| both)? (?:decided|
    agreed|settled) (?:to|that|on|not|against)\b|(?:the|our|my|final) (?:final )?decision (?:is|
    was)\b|decision:|agreed:|let's (?:all )?(?:go (?:with|for|ahead with)|settle on|agree on|
    agree to|agree that|stick (?:with|to)|make it|say (?=(?:on |at |the |next )?[\w' -]*(?:day|
    o'clock|noon|\d|first|second|third|th|next)\b)|do (?=(?:the|a|both|it (?:on|that|this|like)|
    [A-Z])))|(?:so |then |okay,? |ok,? )*(?:we'll|we will|we are going to|we're going to|we are|
    we're) (?:go(?:ing)? (?:with|for|ahead with)|stick(?:ing)? (?:with|to)|tak(?:e|ing) (?:the|a|
    an|both|that|this)|settl(?:e|ing) on|drop(?:ping)?|postpon(?:e|ing)|cancel(?:ling|ing)?)\b|
    i (?:hereby )?approve|(?:is|are|that's|it's) approved|you have my (?:approval|okay|go-ahead)|
    (?:so|then) (?:it's|it is) (?=\w+[^?]*$))
""")
_IT_IS = spoken(r"""
    ^(?!.*\b(?:what|how|as|than|where|when|if|whatever|think|sure|
    because)\b).*\w,? it is(?: then)?[.!]$
""")
""" "The second Wednesday it is."."""
_LETS = spoken(r"""
    (?:\blet's (?:just |all |then )*|
    ^(?:(?:okay|ok|good|great|fine|so|well|alright)[,.]? )*then we(?:'ll| will)? (?:just |all )*)
    (?P<verb>[a-z]+)\s+(?!(?:me|us)\b)\w
""")
_WITHIN_MEETING = spoken_words(
    "ask check close discuss do explore find get give hear look make measure move open put review "
    "run see "
    "show sort speak start take talk test try turn visit wrap finish go keep message share split "
    "end"
)
"""Verbs with which people steer the meeting itself: "let's look at the figures"."""
_ENDORSES = spoken(r"""
    ^(?:(?:okay|ok|great|yes|yeah|yep|good|fine|perfect|right|alright|all right|cool|
    sure)[,.]? )*(?:let's do (?:that|it|this)|let's go with (?:that|it)|we'll do (?:that|it)|
    we'll go with (?:that|it)|(?:that's |it's )?(?:agreed|settled|decided|a plan|a deal|
    sold)(?: then)?|so (?:agreed|decided)|then (?:that's|it is|it's) (?:decided|settled|agreed)|
    done deal|motion carried|approved)(?: then)?[,.!]?(?: everyone| everybody| all)?[.!]?$
""")
_PROPOSES = spoken(r"""
    \b(?:we (?:could|should|can|might|ought to)|why don't we|how about|what if we|what about|
    i (?:would )?(?:suggest|propose|vote|recommend)|i'd (?:suggest|propose|vote|recommend|rather|
    go)|i think we|let's|shall we|should we|the new)\b
""")
_UNDECIDED = spoken(r"""
    \b(?:not|haven't|hasn't|didn't|don't|if|whether|once|until|unless|before|when|have to|need to|
    should|could|can|must|who|what) (?:\w+ ){0,2}?(?:decided?|agreed?|settled?|approved?)\b
""")
_REASON = spoken(r"""
    \b(?:because|since|so that|otherwise|the reason|rather than|would rather|that way|which means|
    given that|due to)\b
""")
_INTERJECTION = spoken(r"""
    ^(?:(?:okay|ok|alright|all right|right|so|then|well|yes|yeah|yep|yup|fine|great|good|perfect|
    sure|um|uh|and|but|now|oh|ah|cool|exactly|good point|agreed|true|fair enough|no problem|
    of course|absolutely|excellent|got it|actually|anyway)(?:[,.!]\s*|\s+(?=(?:so|then|well|let's|
    we|i|it)\b)))+
""")
_NAMES_TIME = spoken(r"\b(?:let's (?:say|make it)|(?:it's|it is)[.!]?$)")
"""Decisions that may consist of nothing but a date or a number."""
_MEASURES = TIME_WORDS | spoken_words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth thirty-first one two three "
    "four five six seven "
    "eight nine ten eleven twelve twenty thirty forty fifty hundred thousand noon"
)
_REACH: Seconds = 25.0
"""How far back a proposal or a reason may lie."""


def find_decisions(sentences: Sequence[Sentence], lexis: Lexis) -> tuple[Decision, ...]:
    """Decisions in the order in which they were taken, each once."""
    decisions: list[Decision] = []
    stems: list[frozenset[str]] = []
    for decision in _all_decisions(sentences, lexis):
        words = _content(decision.decision, lexis)
        if not words or any(_repeats(words, earlier) for earlier in stems):
            continue
        decisions.append(decision)
        stems.append(words)
    return tuple(decisions)


def without_interjections(text: str) -> str:
    """The sentence without "Okay, so …" before it."""
    rest = _INTERJECTION.sub("", text)
    return rest[:1].upper() + rest[1:]


def _all_decisions(sentences: Sequence[Sentence], lexis: Lexis) -> Iterator[Decision]:
    for sentence in sentences:
        text = sentence.text
        if sentence.is_question or _UNDECIDED.search(text):
            continue
        said = _settled_by(sentences, sentence, lexis, text)
        if said is None:
            continue
        more = said is not sentence and _measures(_DECIDES.sub(" ", text))
        yield Decision(
            decision=" ".join(
                without_interjections(part.text) for part in ([said, sentence] if more else [said])
            ),
            rationale=_rationale(sentences, said, sentence),
            decided_by=sentence.name or None,
            start=round(min(said.start, sentence.start), 3),
        )


def _settled_by(
    sentences: Sequence[Sentence], sentence: Sentence, lexis: Lexis, text: str
) -> Sentence | None:
    """What is decided: this sentence, one beside it of the same speaker, or a proposal."""
    endorses = _ENDORSES.search(text) is not None
    if not endorses and not _decides(text):
        return None
    is_whole = bool(lexis.terms(_DECIDES.sub(" ", text))) or _NAMES_TIME.search(text) is not None
    if not endorses and is_whole:
        return sentence
    return _said_beside(sentences, sentence, lexis)


def _decides(text: str) -> bool:
    lets = _LETS.search(text)
    if lets is not None and lets["verb"].lower() in TASK_VERBS - _WITHIN_MEETING:
        return True
    return _DECIDES.search(text) is not None or _IT_IS.search(text) is not None


def _content(text: str, lexis: Lexis) -> frozenset[str]:
    """What a decision is about: content words, else numbers and dates."""
    words = frozenset(lexis.terms(text))
    return words or frozenset(_measures(text))


def _measures(text: str) -> list[str]:
    """Numbers, days and months."""
    return [word for word in text.lower().split() if word.strip(".,") in _MEASURES]


def _said_beside(
    sentences: Sequence[Sentence], sentence: Sentence, lexis: Lexis
) -> Sentence | None:
    """The next sentence of the same breath, the one before, or the last proposal."""
    for following in sentences[sentence.index + 1 : sentence.index + 3]:
        says_more = following.speaker == sentence.speaker and not following.is_question
        if says_more and following.start - sentence.end < 3 and lexis.terms(following.text):  # noqa: PLR2004 - the same breath
            if _ANSWERABLE.search(following.text) is None:
                return following
            break
    for earlier in reversed(sentences[max(0, sentence.index - 3) : sentence.index]):
        if earlier.speaker != sentence.speaker:
            break
        if not earlier.is_question and lexis.terms(earlier.text):
            return earlier
    for earlier in reversed(sentences[max(0, sentence.index - 6) : sentence.index]):
        if sentence.start - earlier.end > _REACH:
            break
        if _PROPOSES.search(earlier.text) and lexis.terms(earlier.text):
            return earlier
    return sentence if _DECIDES.search(sentence.text) and lexis.terms(sentence.text) else None


_ANSWERABLE = spoken(r"""
    ^(?:thank|next|moving|the (?:next|last|second|third)|let's (?:move|talk)|can|could|who|what)\b
""")
"""What follows a decision without being it."""


def _rationale(sentences: Sequence[Sentence], said: Sentence, decided: Sentence) -> str | None:
    """A reason given in the decision itself, just before or right after it."""
    own = _REASON.search(said.text)
    if own is not None and own.group().lower() in {"because", "since", "so that", "due to"}:
        return said.text[own.start() :].rstrip(" .")
    near = sentences[max(0, decided.index - 4) : decided.index + 2]
    for other in reversed(near):
        is_close = abs(other.start - decided.start) < _REACH
        if (
            other.index not in (said.index, decided.index)
            and is_close
            and _REASON.search(other.text)
        ):
            return without_interjections(other.text)
    return None


def _repeats(words: frozenset[str], earlier: frozenset[str]) -> bool:
    """Most of the shorter one's words are in the other."""
    return len(words & earlier) > 0.7 * min(len(words), len(earlier))
