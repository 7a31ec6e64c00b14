"""Recap and subjects from sentences of the transcript, each with who said it."""

from collections.abc import Mapping, Sequence

from multitrack_steps.language.backend import SummaryDraft
from multitrack_steps.language.extractive.decisions import without_interjections
from multitrack_steps.language.extractive.lexis import Lexis
from multitrack_steps.language.extractive.ranking import choose_sentences
from multitrack_steps.language.extractive.sentences import Sentence, split_sentences
from multitrack_steps.language.summary_document import escape_markdown
from workflow_templates.contracts.minutes import Subject, Topic, Topics
from workflow_templates.contracts.transcript import Transcript

__all__ = ["draft_plain_summary", "draft_summary"]

_RECAPPED = 8
"""Topics with a sentence of their own in the recap; further ones are only named."""
_FEW = 4
"""Up to so many topics, the recap gives two sentences to each."""
_SECONDS_PER_SENTENCE = 20.0
_SENTENCES = range(2, 7)
"""Sentences a subject gets in the long summary, by the length of its topic."""


def draft_summary(transcript: Transcript, topics: Topics, lexis: Lexis) -> SummaryDraft:
    """The most telling sentences of each topic."""
    sentences = split_sentences(transcript)
    spans = {topic.id: _span(sentences, topic) for topic in topics.topics}
    return SummaryDraft(
        short=_draft_recap(topics, spans, lexis),
        subjects=tuple(
            Subject(heading=topic.title, text=_paragraph(_fitting(topic, spans[topic.id], lexis)))
            for topic in topics.topics
        ),
    )


def draft_plain_summary(topics: Topics) -> SummaryDraft:
    """Where nothing is known of the language: how each part begins."""
    return SummaryDraft(
        short=" ".join(topic.summary for topic in topics.topics[:_RECAPPED]),
        subjects=tuple(
            Subject(heading=topic.title, text=escape_markdown(topic.summary))
            for topic in topics.topics
        ),
    )


def _draft_recap(topics: Topics, spans: Mapping[str, Sequence[Sentence]], lexis: Lexis) -> str:
    """What was talked about several times is recapped once, of all that was said about it."""
    talks = _talks(topics)
    longest = sorted(talks, key=lambda talk: -sum(topic.duration for topic in talk))[:_RECAPPED]
    each = 2 if len(talks) <= _FEW else 1
    recap, unmentioned = [], []
    for talk in talks:
        if talk in longest:
            said = [sentence for topic in talk for sentence in spans[topic.id]]
            recap.append(_recap(talk[0], choose_sentences(said, lexis, limit=each)))
        else:
            unmentioned.append(talk[0].title)
    if unmentioned:
        recap.append(f"{'Also' if lexis.is_english else '+'}: {'; '.join(unmentioned)}.")
    return " ".join(part for part in recap if part)


def _talks(topics: Topics) -> list[list[Topic]]:
    """Topics of one title together, ordered by the first of each."""
    by_title: dict[str, list[Topic]] = {}
    for topic in topics.topics:
        by_title.setdefault(topic.title.casefold(), []).append(topic)
    return list(by_title.values())


def _span(sentences: Sequence[Sentence], topic: Topic) -> list[Sentence]:
    return [s for s in sentences if topic.first_segment <= s.segment <= topic.last_segment]


def _fitting(topic: Topic, span: Sequence[Sentence], lexis: Lexis) -> list[Sentence]:
    limit = round(topic.duration / _SECONDS_PER_SENTENCE)
    limit = max(_SENTENCES[0], min(_SENTENCES[-1], limit))
    return choose_sentences(span, lexis, limit=limit)


def _recap(topic: Topic, chosen: Sequence[Sentence]) -> str:
    """Such as "Hiring: “Twenty five people applied.” (Ben)"."""
    said = " ".join(_attributed(sentence) for sentence in chosen)
    return f"{topic.title}: {said}" if said else ""


def _attributed(sentence: Sentence) -> str:
    text = without_interjections(sentence.text)
    return f"“{text}” ({sentence.name})" if sentence.name else f"“{text}”"


def _paragraph(chosen: Sequence[Sentence]) -> str:
    lines = []
    for sentence in chosen:
        speaker = f"**{escape_markdown(sentence.name)}:** " if sentence.name else ""
        lines.append(f"- {speaker}{escape_markdown(without_interjections(sentence.text))}")
    return "\n".join(lines) or "-"
