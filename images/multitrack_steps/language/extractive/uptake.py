"""Which statements are believed: who took up what, and what "that" means."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from multitrack_steps.language.extractive.commitments import Candidate, Kind, find_candidates
from multitrack_steps.language.extractive.lexis import Lexis
from multitrack_steps.language.extractive.names import Roster
from multitrack_steps.language.extractive.sentences import Sentence
from multitrack_steps.language.extractive.spoken import spoken
from workflow_templates.contracts.base import Seconds

__all__ = ["ANSWERS", "ANSWER_WITHIN", "POINTS_BACK", "SENTENCES_BACK", "Task", "find_tasks"]

ANSWER_WITHIN: Seconds = 15.0
"""An answer comes at most so long after the question."""
ANSWERS = 4
"""Sentences in which an answer is looked for."""
POINTS_BACK: Seconds = 40.0
"""How far back "that" in "I'll do that" may point."""
SENTENCES_BACK = 8
"""The same, in sentences."""
_ACCEPTS = spoken(r"""
    ^(?:(?:oh|um|uh|well|and|so|hm+),? )*(?:sure|yes|yeah|yep|yup|ok|okay|will do|of course|
    no problem|on it|absolutely|happy to|i can|i'll|i will|can do|gladly|definitely|
    consider it done|got it|alright|all right|fine|no worries|right|my pleasure|deal)\b
""")
_DECLINES = spoken(r"""
    \b(?:i can't|i cannot|i'm afraid|i won't|i'd rather not|not really|i don't think i can|
    i don't have time|no way|can't do)\b|^no\b
""")
_TAKES_UP = spoken(r"""
    \b(?:please do|do (?:that|it)|yes,? please|that(?: would|'d) be|that's (?:great|perfect|good)|
    perfect|great|excellent|thank|thanks|sounds (?:good|great)|go ahead|appreciate|brilliant|
    lovely|good idea|wonderful|cool|awesome)\b
""")
_IS_DONE = spoken(r"""
    ^(?:(?:oh|um|well|that's|that is|it's|it is),? )*(?:already )?done\b(?! by)|\b(?:i (?:already|
    just) (?:did|sent|added|fixed|wrote|booked|put|updated))\b
""")
_HYPOTHETICAL = spoken(
    r"\b(?:i would (?!like|love|be (?:happy|glad))|if i (?:were|was|had)|i could have|would have)\b"
)


@dataclass(frozen=True, slots=True)
class Task:
    """A candidate that is believed."""

    stated: Candidate
    deadline: str | None
    said: tuple[Sentence, ...]
    """All sentences that speak of it."""


def find_tasks(sentences: Sequence[Sentence], lexis: Lexis, roster: Roster) -> list[Task]:
    """Statements with their owners, without those declined, done at once or merely imagined."""
    candidates = [
        candidate
        for candidate in find_candidates(sentences, lexis, roster)
        if not _HYPOTHETICAL.search(candidate.sentence.text)
    ]
    believed = (
        _believe(candidate, candidates[:position], sentences)
        for position, candidate in enumerate(candidates)
    )
    return [task for task in believed if task is not None]


def _believe(
    candidate: Candidate, earlier: Sequence[Candidate], sentences: Sequence[Sentence]
) -> Task | None:
    answers = _answers(candidate.sentence, sentences)
    said: tuple[Sentence, ...] = (candidate.sentence,)
    if candidate.phrase.is_pointing:
        pointed_at = _antecedent(earlier, candidate)
        if pointed_at is None:
            return None
        said = (pointed_at.sentence, candidate.sentence)
        candidate = _taken_up(pointed_at, candidate)
    candidate = _with_owner(candidate, answers)
    if _is_void(candidate, answers):
        return None
    return Task(candidate, candidate.phrase.deadline, said)


def _answers(sentence: Sentence, sentences: Sequence[Sentence]) -> list[Sentence]:
    """What others say right after a sentence."""
    following = sentences[sentence.index + 1 : sentence.index + 1 + ANSWERS]
    return [
        answer
        for answer in following
        if answer.speaker != sentence.speaker and answer.start - sentence.end < ANSWER_WITHIN
    ]


def _antecedent(earlier: Sequence[Candidate], candidate: Candidate) -> Candidate | None:
    """What "do that" points at: the last thing to do that was named before."""
    for other in reversed(earlier):
        is_near = (
            candidate.sentence.start - other.sentence.end < POINTS_BACK
            and candidate.sentence.index - other.sentence.index <= SENTENCES_BACK
        )
        if not is_near:
            return None
        if other.phrase.objects and other.sentence.index != candidate.sentence.index:
            return other
    return None


def _taken_up(named: Candidate, pointing: Candidate) -> Candidate:
    """The named task with the owner and the deadline of who said "that"."""
    if named.kind in (Kind.OFFER, Kind.PROMISE) and pointing.kind is Kind.REQUEST:
        owner = named.owner
    else:
        owner = pointing.owner or named.owner
    deadline = pointing.phrase.deadline or named.phrase.deadline
    kind = Kind.PROMISE if pointing.kind is Kind.OFFER else pointing.kind
    return replace(named, kind=kind, owner=owner, phrase=replace(named.phrase, deadline=deadline))


def _with_owner(candidate: Candidate, answers: Sequence[Sentence]) -> Candidate:
    """A request to nobody in particular is whose who accepts it."""
    asks = candidate.kind is Kind.REQUEST or candidate.anyone
    if candidate.owner is None and asks:
        for answer in answers:
            if _DECLINES.search(answer.text):
                break
            if _ACCEPTS.search(answer.text):
                return replace(candidate, kind=Kind.REQUEST, owner=answer.name or None)
    if candidate.kind is Kind.OFFER and any(
        _TAKES_UP.search(answer.text) for answer in answers[:2]
    ):
        return replace(candidate, kind=Kind.PROMISE)
    return candidate


def _is_void(candidate: Candidate, answers: Sequence[Sentence]) -> bool:
    """Refused, or done while everybody listened."""
    if candidate.kind not in (Kind.REQUEST, Kind.ASSIGNMENT) or candidate.owner is None:
        return False
    own = [answer for answer in answers if answer.name == candidate.owner][:1]
    return any(_DECLINES.search(answer.text) or _IS_DONE.search(answer.text) for answer in own)
