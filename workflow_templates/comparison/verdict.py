"""The limits held against the measures, and the verdict in a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflow_templates.comparison.settings import ComparisonSettings
from workflow_templates.contracts.comparison import (
    Check,
    DriftMeasure,
    DurationMeasure,
    SegmentMeasure,
    SpeakerMeasure,
    TextMeasure,
    TimeMeasure,
    TopicMeasure,
    Verdict,
    WordMeasure,
)

__all__ = ["Measures", "check_measures", "verdict_of"]

_SHARE, _SECONDS = "share", "s"


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything that was measured; None where a side lacks what it takes."""

    words: WordMeasure | None = None
    times: TimeMeasure | None = None
    drift: DriftMeasure | None = None
    speakers: SpeakerMeasure | None = None
    duration: DurationMeasure | None = None
    segments: SegmentMeasure | None = None
    topics: TopicMeasure | None = None
    title: TextMeasure | None = None
    short_summary: TextMeasure | None = None
    long_summary: TextMeasure | None = None


def check_measures(found: Measures, settings: ComparisonSettings) -> tuple[Check, ...]:
    """Every measure that has a limit, also where there is no value."""
    return tuple(_checks(found, settings))


def verdict_of(checks: Sequence[Check], missing: Sequence[str]) -> tuple[Verdict, str]:
    """The verdict, and what decided it."""
    past = [check for check in checks if check.within is False]
    if past:
        named = "; ".join(_sentence(check) for check in past)
        rest = f"; {len(missing)} of the parts could not be compared" if missing else ""
        return Verdict.DIFFERENT, f"The results differ: {named}{rest}."
    if missing:
        return Verdict.INCOMPLETE, f"Not everything could be compared: {missing[0]}"
    return Verdict.ALIKE, "Everything was compared, and nothing is past its limit."


def _checks(found: Measures, settings: ComparisonSettings) -> Iterator[Check]:
    words, times, drift, speakers = found.words, found.times, found.drift, found.speakers
    rates = (words.rate_against_a, words.rate_against_b) if words else ()
    known = [rate for rate in rates if rate is not None]
    if words and not known:
        known = [0.0]
    yield _most("words", max(known, default=None), settings.most_word_difference, _SHARE)
    yield _most(
        "word times, median",
        times.settled_median if times else None,
        settings.most_word_time_median,
    )
    yield _most(
        "word times, 95 %",
        times.settled_percentile_95 if times else None,
        settings.most_word_time_percentile_95,
    )
    offsets = [abs(each.first_shift) for each in drift.speakers] if drift else []
    yield _most(
        "offset of a speaker",
        max(offsets, default=0.0) if drift else None,
        settings.most_offset,
    )
    yield _most("drift after pauses", drift.largest if drift else None, settings.most_drift)
    agreement = speakers.agreement if speakers else None
    yield _least("speakers", agreement, settings.least_speaker_agreement)
    yield _most(
        "duration",
        abs(found.duration.difference) if found.duration else None,
        settings.most_duration_difference,
    )
    yield _least(
        "segments",
        found.segments.agreement if found.segments else None,
        settings.least_segment_agreement,
    )
    yield _least(
        "topics", found.topics.agreement if found.topics else None, settings.least_topic_agreement
    )
    for measure, text, least in (
        ("title", found.title, settings.least_title_similarity),
        ("short summary", found.short_summary, settings.least_summary_similarity),
        ("long summary", found.long_summary, settings.least_summary_similarity),
    ):
        yield _least(measure, text.similarity if text else None, least)


def _most(measure: str, value: float | None, limit: float, unit: str = _SECONDS) -> Check:
    within = None if value is None else value <= limit
    return Check(
        measure=measure, value=value, limit=limit, unit=unit, at_least=False, within=within
    )


def _least(measure: str, value: float | None, limit: float) -> Check:
    within = None if value is None else value >= limit
    return Check(
        measure=measure, value=value, limit=limit, unit=_SHARE, at_least=True, within=within
    )


def _sentence(check: Check) -> str:
    bound = "at least" if check.at_least else "at most"
    value = 0.0 if check.value is None else check.value
    if check.unit == _SHARE:
        return f"{check.measure} {100 * value:.1f} %, {bound} {100 * check.limit:g} % is allowed"
    return f"{check.measure} {value:.2f} s, {bound} {check.limit:g} s is allowed"
