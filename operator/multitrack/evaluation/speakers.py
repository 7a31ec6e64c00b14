"""Who spoke when: the share of speech that carries the right name, and diarization errors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from multitrack.evaluation.extra import evaluate_extra
from multitrack.evaluation.spoken import Turn
from workflow_templates.contracts.base import Seconds

__all__ = [
    "DiarizationErrors",
    "SpeakerAccuracy",
    "measure_diarization",
    "measure_speaker_accuracy",
]


@dataclass(frozen=True, slots=True)
class SpeakerAccuracy:
    """How much of the result's speech carries the right name."""

    right: Seconds
    """Time of words while the speaker they are given to speaks, after the best mapping."""
    compared: Seconds
    """Time of words while anybody speaks in the reference."""

    @property
    def share(self) -> float | None:
        """0 to 1; None where no word falls on speech of the reference."""
        return self.right / self.compared if self.compared else None


@dataclass(frozen=True, slots=True)
class DiarizationErrors:
    """The parts of the diarization error rate, without collar, overlapping speech included."""

    speech: Seconds
    """Of the reference, each speaker's time counted."""
    missed: Seconds
    false_alarm: Seconds
    confusion: Seconds

    @property
    def rate(self) -> float | None:
        """DER; None for a reference without speech."""
        errors = self.missed + self.false_alarm + self.confusion
        return errors / self.speech if self.speech else None


@dataclass(frozen=True, slots=True)
class _Moment:
    """A stretch in which nobody starts or stops."""

    length: Seconds
    reference: frozenset[str]
    hypothesis: frozenset[str]


def measure_speaker_accuracy(reference: Sequence[Turn], words: Sequence[Turn]) -> SpeakerAccuracy:
    """Weigh each word by its length, as far as it falls on speech of the reference.

    Args:
        reference: Who really spoke when.
        words: One turn a word, as attributed by the result.

    Raises:
        SettingsError: scipy is not installed.
    """
    moments = [each for each in _moments(reference, words) if each.reference]
    mapping = _best_mapping(moments)
    right = compared = 0.0
    for moment in moments:
        for speaker in moment.hypothesis:
            compared += moment.length
            right += moment.length if mapping.get(speaker) in moment.reference else 0.0
    return SpeakerAccuracy(right, compared)


def measure_diarization(reference: Sequence[Turn], hypothesis: Sequence[Turn]) -> DiarizationErrors:
    """Compare two sets of turns moment by moment, as NIST's md-eval does with a collar of 0.

    Raises:
        SettingsError: scipy is not installed.
    """
    moments = list(_moments(reference, hypothesis))
    mapping = _best_mapping(moments)
    speech = missed = false_alarm = confusion = 0.0
    for moment in moments:
        real, found = len(moment.reference), len(moment.hypothesis)
        right = sum(mapping.get(speaker) in moment.reference for speaker in moment.hypothesis)
        speech += moment.length * real
        missed += moment.length * max(0, real - found)
        false_alarm += moment.length * max(0, found - real)
        confusion += moment.length * (min(real, found) - right)
    return DiarizationErrors(speech, missed, false_alarm, confusion)


def _best_mapping(moments: Sequence[_Moment]) -> dict[str, str]:
    with evaluate_extra():
        from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - an extra
    together: dict[tuple[str, str], Seconds] = {}
    for moment in moments:
        for found in moment.hypothesis:
            for real in moment.reference:
                together[found, real] = together.get((found, real), 0.0) + moment.length
    if not together:
        return {}
    rows = sorted({found for found, _ in together})
    columns = sorted({real for _, real in together})
    table = [[together.get((found, real), 0.0) for real in columns] for found in rows]
    chosen = linear_sum_assignment(table, maximize=True)
    pairs = ((rows[row], columns[column]) for row, column in zip(*chosen, strict=True))
    return {found: real for found, real in pairs if (found, real) in together}


def _moments(reference: Iterable[Turn], hypothesis: Iterable[Turn]) -> Iterable[_Moment]:
    """Cut time wherever anybody starts or stops; a speaker's overlapping turns count once."""
    changes: dict[Seconds, list[tuple[int, str, int]]] = {}
    for side, turns in enumerate((reference, hypothesis)):
        for turn in turns:
            if turn.end > turn.start:
                changes.setdefault(turn.start, []).append((side, turn.speaker, 1))
                changes.setdefault(turn.end, []).append((side, turn.speaker, -1))
    active: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for start, end in pairwise(sorted(changes)):
        for side, speaker, change in changes[start]:
            active[side][speaker] = active[side].get(speaker, 0) + change
        speaking = [_speaking(counts) for counts in active]
        if any(speaking):
            yield _Moment(end - start, speaking[0], speaking[1])


def _speaking(counts: Mapping[str, int]) -> frozenset[str]:
    return frozenset(speaker for speaker, count in counts.items() if count)
