"""Topics of a meeting in a language that is known."""

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
    expected_topics,
    find_boundaries,
    pause_gain,
)
from multitrack_steps.language.extractive.sentences import Sentence, split_sentences
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.transcript import Transcript

__all__ = ["draft_topics"]

_GAIN = {Strength.HINT: 4.0, Strength.CLEAR: 9.0, Strength.AGENDA: 0.0}
"""Nats for a cue; what is on the agenda needs none, it is forced."""
_TOGETHER: Seconds = 15.0
"""Cues closer than this announce one subject: "Moving on. The next topic is hiring."."""
_OPENING: Seconds = 25.0
"""Greetings before the first announced subject belong to it, up to so many seconds."""
_SUMMARY_SENTENCES = 2


def draft_topics(transcript: Transcript, lexis: Lexis) -> tuple[TopicDraft, ...]:
    """Divide all segments into topics, named in the meeting's words."""
    sentences = split_sentences(transcript)
    roster = Roster.of(transcript)
    cues = _cues_by_segment(sentences, roster) if lexis.is_english else {}
    boundaries = _boundaries(transcript, lexis, cues)
    ends = [*boundaries[1:], len(transcript.segments)]
    spans = [
        [sentence for sentence in sentences if first <= sentence.segment < end]
        for first, end in zip(boundaries, ends, strict=True)
    ]
    labels = label_topics([[s.text for s in span] for span in spans], lexis, roster.words)
    return tuple(
        TopicDraft(
            title=_announced(cues, first, end) or label or f"Topic {number}",
            summary=" ".join(
                sentence.text
                for sentence in choose_sentences(span, lexis, limit=_SUMMARY_SENTENCES)
            ),
            first_segment=first,
            last_segment=end - 1,
        )
        for number, (first, end, span, label) in enumerate(
            zip(boundaries, ends, spans, labels, strict=True), start=1
        )
    )


def _cues_by_segment(sentences: Sequence[Sentence], roster: Roster) -> dict[int, Cue]:
    """One cue a segment, the strongest; of cues close together the first place and the last phrase."""
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
    began = segments[0].start
    places = [0]
    for index in range(1, len(segments)):
        changes_speaker = segments[index].speaker != segments[index - 1].speaker
        pause = segments[index].start - segments[index - 1].end
        if index in cues or changes_speaker or pause > 1:
            places.append(index)
    stretches = []
    for first, end in zip(places, [*places[1:], len(segments)], strict=True):
        terms: Counter[str] = Counter()
        for segment in segments[first:end]:
            terms.update(lexis.counts(segment.text))
        cue = cues.get(first)
        is_opening = segments[first].start - began < _OPENING
        pause = segments[first].start - segments[first - 1].end if first else 0.0
        stretches.append(
            Stretch(
                start=segments[first].start,
                end=max(segment.end for segment in segments[first:end]),
                terms=terms,
                gain=pause_gain(pause) + (_GAIN[cue.strength] if cue else 0.0),
                forced=cue is not None and cue.strength is Strength.AGENDA and not is_opening,
            )
        )
    spoken = max(segment.end for segment in segments) - began
    found = find_boundaries(stretches, expected_length=spoken / expected_topics(spoken))
    return [places[index] for index in found]


def _announced(cues: Mapping[int, Cue], first: int, end: int) -> str | None:
    """The phrase of the strongest cue in a topic's beginning."""
    inside = [cues[segment] for segment in range(first, end) if segment in cues]
    named = [cue for cue in inside if cue.phrase is not None]
    if not named:
        return None
    return max(named, key=lambda cue: cue.strength).phrase
