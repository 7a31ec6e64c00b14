"""Topics of a meeting in a language that is known."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence

from multitrack_steps.language.backend import TopicDraft
from multitrack_steps.language.extractive.agenda import Cue, Strength, find_cues
from multitrack_steps.language.extractive.labels import label_topics
from multitrack_steps.language.extractive.lexis import Lexis
from multitrack_steps.language.extractive.names import Roster
from multitrack_steps.language.extractive.ranking import choose_sentences
from multitrack_steps.language.extractive.segmentation import (
    Stretch,
    find_boundaries,
    pause_gain,
)
from multitrack_steps.language.extractive.sentences import Sentence, split_sentences
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.transcript import Segment, Transcript

__all__ = ["draft_topics"]

_GAIN = {Strength.MARKER: 2.5, Strength.HINT: 4.0, Strength.CLEAR: 9.0, Strength.AGENDA: 0.0}
"""Nats for a cue; what is on the agenda needs none, it is forced."""
_TOGETHER: Seconds = 15.0
"""Cues closer than this announce one subject: "Moving on. The next topic is hiring."."""
_OPENING: Seconds = 25.0
"""Greetings before the first announced subject belong to it, up to so many seconds."""
_BREATH: Seconds = 1.0
"""A shorter pause of one speaker is no place for a topic to begin."""
_SUMMARY_SENTENCES = 2


def draft_topics(transcript: Transcript, lexis: Lexis) -> tuple[TopicDraft, ...]:
    """Divide all segments into topics, named in the meeting's words."""
    sentences = split_sentences(transcript)
    roster = Roster.of(transcript)
    cues = _cues_by_segment(sentences, roster) if lexis.is_english else {}
    boundaries = _boundaries(transcript, lexis, cues)
    ends = [*boundaries[1:], len(transcript.segments)]
    spans = _spans(sentences, boundaries)
    labels = label_topics([[s.text for s in span] for span in spans], lexis, roster.words)
    drafts = []
    for first, end, span, label in zip(boundaries, ends, spans, labels, strict=True):
        chosen = choose_sentences(span, lexis, limit=_SUMMARY_SENTENCES)
        drafts.append(
            TopicDraft(
                title=_announced(cues, first, end) or label or "",
                summary=" ".join(sentence.text for sentence in chosen),
                first_segment=first,
                last_segment=end - 1,
            )
        )
    return tuple(drafts)


def _spans(sentences: Sequence[Sentence], boundaries: Sequence[int]) -> list[list[Sentence]]:
    """The sentences of each topic."""
    spans: list[list[Sentence]] = [[] for _ in boundaries]
    for sentence in sentences:
        spans[bisect_right(boundaries, sentence.segment) - 1].append(sentence)
    return spans


def _cues_by_segment(sentences: Sequence[Sentence], roster: Roster) -> dict[int, Cue]:
    """One cue a segment; of cues close together the first place and the last phrase."""
    merged: dict[int, Cue] = {}
    latest: tuple[int, Seconds] | None = None
    for cue in find_cues(sentences, roster.words):
        sentence = sentences[cue.sentence]
        if latest is not None and sentence.start - latest[1] < _TOGETHER:
            segment = latest[0]
            earlier = merged[segment]
            keeps_phrase = cue.phrase is None or (
                cue.strength < earlier.strength and earlier.phrase is not None
            )
            merged[segment] = Cue(
                earlier.sentence,
                max(earlier.strength, cue.strength),
                earlier.phrase if keeps_phrase else cue.phrase,
            )
        else:
            segment = sentence.segment
            merged[segment] = cue
        latest = (segment, sentence.start)
    return merged


def _boundaries(transcript: Transcript, lexis: Lexis, cues: Mapping[int, Cue]) -> list[int]:
    """Segments with which topics begin, the first among them."""
    segments = transcript.segments
    places = [0, *(index for index in range(1, len(segments)) if _may_begin(segments, index, cues))]
    ends = [*places[1:], len(segments)]
    stretches = [
        _stretch(segments, first, end, lexis, cues.get(first))
        for first, end in zip(places, ends, strict=True)
    ]
    return [places[index] for index in find_boundaries(stretches)]


def _may_begin(segments: Sequence[Segment], index: int, cues: Mapping[int, Cue]) -> bool:
    """Nobody changes the subject in the middle of a breath."""
    changes_speaker = segments[index].speaker != segments[index - 1].speaker
    return index in cues or changes_speaker or _pause(segments, index) > _BREATH


def _pause(segments: Sequence[Segment], index: int) -> Seconds:
    return segments[index].start - segments[index - 1].end if index else 0.0


def _stretch(
    segments: Sequence[Segment], first: int, end: int, lexis: Lexis, cue: Cue | None
) -> Stretch:
    """The segments from one possible beginning to the next."""
    inside = segments[first:end]
    terms: Counter[str] = Counter()
    for segment in inside:
        terms.update(lexis.counts(segment.text))
    is_opening = inside[0].start - segments[0].start < _OPENING
    return Stretch(
        start=inside[0].start,
        end=max(segment.end for segment in inside),
        terms=terms,
        gain=pause_gain(_pause(segments, first)) + (_GAIN[cue.strength] if cue else 0.0),
        cued=cue is not None and cue.strength >= Strength.CLEAR,
        forced=cue is not None and cue.strength is Strength.AGENDA and not is_opening,
    )


def _announced(cues: Mapping[int, Cue], first: int, end: int) -> str | None:
    """The phrase of the strongest cue in a topic's beginning."""
    inside = [cues[segment] for segment in range(first, end) if segment in cues]
    named = [cue for cue in inside if cue.phrase is not None]
    if not named:
        return None
    return max(named, key=lambda cue: cue.strength).phrase
