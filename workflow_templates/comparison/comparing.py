"""Two sides in, one comparison out. Neither is taken for truth."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from workflow_templates.comparison.alignment import Alignment, align, tokens_by_speaker
from workflow_templates.comparison.people import pair_speakers
from workflow_templates.comparison.settings import ComparisonSettings
from workflow_templates.comparison.side import Side
from workflow_templates.comparison.spelling import normaliser_for
from workflow_templates.comparison.structure import (
    measure_duration,
    measure_formats,
    measure_segments,
    measure_text,
    measure_topics,
)
from workflow_templates.comparison.timing import measure_times
from workflow_templates.comparison.verdict import Measures, check_measures, verdict_of
from workflow_templates.comparison.words import Sides, measure_speakers, measure_words
from workflow_templates.contracts.comparison import (
    Comparison,
    DriftMeasure,
    ReferenceScore,
    SideOrigin,
    SpeakerMeasure,
    TimeMeasure,
    WordMeasure,
)

__all__ = ["compare_sides"]

_WINDOW_TIMED, _WINDOW_PLACED = 2.0, 5.0
"""Seconds within which a word of another speaker is the same word."""


def compare_sides(
    a: Side,
    b: Side,
    settings: ComparisonSettings | None = None,
    *,
    reference: Sequence[ReferenceScore] = (),
    inputs_sha256: str = "",
) -> Comparison:
    """Measure everything that both sides allow.

    Args:
        a: One result.
        b: The other; the signs of differences are B minus A.
        settings: Limits; None: the defaults.
        reference: Both sides' scores, where somebody has the truth.
        inputs_sha256: For the document.

    Raises:
        SettingsError: A package of the extra `evaluate` is not installed.
    """
    settings = settings or ComparisonSettings()
    measures = _measure(a, b, settings) if _are_both(a, b) else Measures()
    checks = check_measures(measures, settings)
    missing = tuple(_missing(a, b, measures))
    verdict, sentence = verdict_of(checks, missing)
    return Comparison(
        inputs_sha256=inputs_sha256,
        verdict=verdict,
        sentence=sentence,
        recording_id=a.recording_id or b.recording_id,
        started_at=a.started_at or b.started_at,
        a=a.described(),
        b=b.described(),
        missing=missing,
        checks=checks,
        formats=measure_formats(a, b),
        reference=tuple(reference),
        words=measures.words,
        times=measures.times,
        drift=measures.drift,
        speakers=measures.speakers,
        duration=measures.duration,
        segments=measures.segments,
        topics=measures.topics,
        title=measures.title,
        short_summary=measures.short_summary,
        long_summary=measures.long_summary,
    )


def _are_both(a: Side, b: Side) -> bool:
    return SideOrigin.NOTHING not in (a.origin, b.origin)


def _measure(a: Side, b: Side, settings: ComparisonSettings) -> Measures:
    words, speakers, times, drift = _measure_words(a, b, settings)
    return Measures(
        words=words,
        speakers=speakers,
        times=times,
        drift=drift,
        duration=measure_duration(a, b),
        segments=measure_segments(a, b),
        topics=measure_topics(a, b, settings.topic_tolerance),
        title=measure_text(a.title, b.title),
        short_summary=measure_text(a.short_summary, b.short_summary),
        long_summary=measure_text(a.long_summary, b.long_summary),
    )


def _measure_words(
    a: Side, b: Side, settings: ComparisonSettings
) -> tuple[WordMeasure, SpeakerMeasure, TimeMeasure | None, DriftMeasure | None]:
    # Meetings repeat most of their words, on both sides.
    normalise = lru_cache(maxsize=None)(normaliser_for(a.language or b.language))
    tokens_a, tokens_b = tokens_by_speaker(a, normalise), tokens_by_speaker(b, normalise)
    known = pair_speakers(a, b, tokens_a, tokens_b)
    pairs = {left: counterpart.speaker for left, counterpart in known.items()}
    exchanged = frozenset(left for left, other in known.items() if other.contradicts_names)
    timed = a.words_timed and b.words_timed
    alignment: Alignment = align(
        tokens_a, tokens_b, pairs, normalise, window=_WINDOW_TIMED if timed else _WINDOW_PLACED
    )
    words = measure_words(
        Sides(a, b, tokens_a, tokens_b), alignment, exchanged, settings.shown_differences
    )
    speakers = measure_speakers(a, b, known, alignment)
    gaps = {left: a.gaps.get(left) or b.gaps.get(pairs.get(left, -1), ()) for left in tokens_a}
    names = {speaker: a.name_of(speaker) for speaker in tokens_a}
    measured = measure_times(alignment.equal, names, gaps, settings) if timed else None
    return words, speakers, *(measured or (None, None))


def _missing(a: Side, b: Side, measures: Measures) -> Iterator[str]:
    yield from a.missing
    yield from b.missing
    if not _are_both(a, b):
        return
    for label, side in (("A", a), ("B", b)):
        if not side.words_timed:
            yield f"{label} has no times of words: word times and drift were not compared."
        for field, what in _PARTS.items():
            if getattr(side, field) is None:
                yield f"{label} has no {what}."
    if a.words_timed and b.words_timed and measures.times is None and (a.words or b.words):
        yield "No word of one speaker is on both sides: word times and drift were not compared."


_PARTS = {
    "duration": "duration",
    "segments": "segments",
    "topics": "topics",
    "title": "title",
    "short_summary": "short summary",
    "long_summary": "long summary",
}
"""What a side can lack, by its field."""
