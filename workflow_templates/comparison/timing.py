"""How far equal words start apart, and where a speaker's clock jumps at pauses.

A recorder writes no audio frames while somebody is muted. A pipeline that decodes such a track
without filling the gap has every later word early by the gap's length: the distances between both
sides' words are then constant from pause to pause, and change at pauses. So the words of each
speaker are cut at pauses into stretches, and every stretch has its own shift.
"""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workflow_templates.comparison.alignment import Token
from workflow_templates.comparison.settings import ComparisonSettings
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.comparison import (
    DriftMeasure,
    PauseShift,
    SpeakerDrift,
    TimeMeasure,
)

__all__ = ["Gaps", "measure_times"]

Gaps = Mapping[int, Sequence[tuple[Seconds, Seconds]]]
"""Recorded gaps by speaker of A."""

_LEAST_WORDS = 3
"""A stretch of fewer words says nothing of its own and counts with the one before."""
_PERCENTILE = 95


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Words of one speaker between two pauses."""

    pairs: tuple[tuple[Token, Token], ...]
    pause_a: Seconds
    """Silence before it."""
    pause_b: Seconds

    @property
    def shift(self) -> Seconds:
        """Median distance, B minus A."""
        return statistics.median(_distance(pair) for pair in self.pairs)


def measure_times(
    equal: Iterable[tuple[Token, Token]],
    names: Mapping[int, str],
    gaps: Gaps,
    settings: ComparisonSettings,
) -> tuple[TimeMeasure, DriftMeasure] | None:
    """Measure distances and drift; None where no words are equal.

    Args:
        equal: Equal words of the same speaker, timed on both sides.
        names: Of A's speakers.
        gaps: Of either side, on the recording's clock.
        settings: What a pause and a shift are.
    """
    by_speaker: dict[int, list[tuple[Token, Token]]] = {}
    for pair in equal:
        if pair[0].raw:
            by_speaker.setdefault(pair[0].speaker, []).append(pair)
    if not by_speaker:
        return None
    stretches = {
        speaker: _stretches(sorted(pairs, key=lambda pair: pair[0].place), settings.least_pause)
        for speaker, pairs in by_speaker.items()
    }
    raw = [_distance(pair) for pairs in by_speaker.values() for pair in pairs]
    settled = [
        _distance(pair) - shift
        for own in stretches.values()
        for stretch in own
        for shift in (stretch.shift,)
        for pair in stretch.pairs
    ]
    drifts = [
        _drift_of(names[speaker], own, gaps.get(speaker, ()), settings)
        for speaker, own in sorted(stretches.items())
    ]
    return _times(raw, settled), _drift(drifts, stretches, settings)


def _distance(pair: tuple[Token, Token]) -> Seconds:
    return pair[1].start - pair[0].start


def _stretches(pairs: Sequence[tuple[Token, Token]], least_pause: Seconds) -> list[_Stretch]:
    found: list[_Stretch] = []
    part = [pairs[0]]
    pause = (pairs[0][0].start, pairs[0][1].start)
    for before, after in zip(pairs, [*pairs[1:], None], strict=True):
        if after is not None:
            silence = (after[0].start - before[0].end, after[1].start - before[1].end)
            if max(silence) < least_pause:
                part.append(after)
                continue
        if len(part) < _LEAST_WORDS and found:
            last = found[-1]
            found[-1] = _Stretch((*last.pairs, *part), last.pause_a, last.pause_b)
        else:
            found.append(_Stretch(tuple(part), *pause))
        if after is not None:
            part, pause = [after], silence
    return found


def _times(raw: Sequence[Seconds], settled: Sequence[Seconds]) -> TimeMeasure:
    absolute, fine = (sorted(map(abs, distances)) for distances in (raw, settled))
    return TimeMeasure(
        words=len(raw),
        median=_rounded(statistics.median(absolute)),
        percentile_95=_rounded(_percentile(absolute)),
        bias=_rounded(statistics.median(raw)),
        settled_median=_rounded(statistics.median(fine)),
        settled_percentile_95=_rounded(_percentile(fine)),
    )


def _percentile(ordered: Sequence[Seconds]) -> Seconds:
    return ordered[min(len(ordered) - 1, len(ordered) * _PERCENTILE // 100)]


def _drift_of(
    name: str,
    stretches: Sequence[_Stretch],
    gaps: Sequence[tuple[Seconds, Seconds]],
    settings: ComparisonSettings,
) -> SpeakerDrift:
    pauses = []
    for before, after in pairwise(stretches):
        change = after.shift - before.shift
        if abs(change) >= settings.least_shift:
            pauses.append(
                PauseShift(
                    at=_rounded(after.pairs[0][0].start),
                    pause_a=_rounded(max(0.0, after.pause_a)),
                    pause_b=_rounded(max(0.0, after.pause_b)),
                    shift=_rounded(change),
                    recorded_gap=_gap_within(
                        before.pairs[-1][0].end, after.pairs[0][0].start, gaps
                    ),
                )
            )
    return SpeakerDrift(
        speaker=name,
        words=sum(len(stretch.pairs) for stretch in stretches),
        first_shift=_rounded(stretches[0].shift),
        last_shift=_rounded(stretches[-1].shift),
        pauses=tuple(pauses),
    )


def _gap_within(
    start: Seconds, end: Seconds, gaps: Sequence[tuple[Seconds, Seconds]]
) -> Seconds | None:
    inside = 0.0
    for gap in sorted(gaps):  # of several tracks, a stretch counts once
        start = max(start, gap[0])
        inside += max(0.0, min(end, gap[1]) - start)
        start = max(start, gap[1])
    return _rounded(inside) if inside > 0 else None


def _drift(
    drifts: Sequence[SpeakerDrift],
    stretches: Mapping[int, Sequence[_Stretch]],
    settings: ComparisonSettings,
) -> DriftMeasure:
    changes = [
        (abs(stretch.shift - first), len(stretch.pairs))
        for own in stretches.values()
        for first in (own[0].shift,)
        for stretch in own
    ]
    moved = [(change, words) for change, words in changes if change >= settings.least_shift]
    return DriftMeasure(
        largest=_rounded(max((change for change, _ in changes), default=0.0)),
        words_affected=sum(words for _, words in moved),
        explained=sum(
            _is_explained(pause, settings.least_shift) for each in drifts for pause in each.pauses
        ),
        speakers=tuple(
            each for each in drifts if each.pauses or abs(each.first_shift) >= settings.least_shift
        ),
    )


def _is_explained(pause: PauseShift, tolerance: Seconds) -> bool:
    """The shift is what the pauses' own lengths differ by, or the recorded gap's length."""
    lengths = [pause.pause_b - pause.pause_a]
    if pause.recorded_gap is not None:
        lengths += [pause.recorded_gap, -pause.recorded_gap]
    return any(abs(pause.shift - length) <= 2 * tolerance for length in lengths)


def _rounded(seconds: Seconds) -> Seconds:
    return round(seconds, 3)
