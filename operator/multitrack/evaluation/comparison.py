"""Everything that can be measured between a result and a reference, as one value."""

from dataclasses import asdict, dataclass
from typing import Any

from multitrack.evaluation.speakers import (
    DiarizationErrors,
    SpeakerAccuracy,
    measure_diarization,
    measure_speaker_accuracy,
)
from multitrack.evaluation.spoken import Spoken
from multitrack.evaluation.word_errors import (
    CpWordErrors,
    WordErrors,
    concatenated_minimum_permutation,
    count_word_errors,
    normaliser_for,
    text_by_speaker,
    text_in_order,
)
from multitrack.evaluation.word_starts import WordStarts, measure_word_starts
from workflow_templates.runtime.errors import BadInputError

__all__ = ["Evaluation", "compare"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured; None where a side lacks words or times for it."""

    language: str
    """Whose spelling rules were applied."""
    wer: WordErrors | None = None
    cpwer: CpWordErrors | None = None
    speaker_accuracy: SpeakerAccuracy | None = None
    diarization: DiarizationErrors | None = None
    word_starts: WordStarts | None = None

    def to_dict(self) -> dict[str, Any]:
        """For `--json`: rates and shares as fractions, times in seconds."""
        accuracy, diarization = self.speaker_accuracy, self.diarization
        return {
            "language": self.language,
            "wer": _counted(self.wer) if self.wer else None,
            "cpwer": _counted_by_speaker(self.cpwer) if self.cpwer else None,
            "speaker_accuracy": {"share": accuracy.share, **asdict(accuracy)} if accuracy else None,
            "diarization": {"rate": diarization.rate, **asdict(diarization)}
            if diarization
            else None,
            "word_starts": asdict(self.word_starts) if self.word_starts else None,
        }


def compare(result: Spoken, reference: Spoken, *, language: str = "") -> Evaluation:
    """Measure everything that both sides allow.

    Args:
        result: What is to be judged.
        reference: What is true.
        language: ISO 639-1; empty: the result's, else the reference's, else English.

    Raises:
        BadInputError: The reference says nothing at all.
        SettingsError: A package of the extra `evaluate` is not installed.
    """
    if not reference.utterances:
        raise BadInputError("the reference is empty; nothing can be measured against it")
    language = language or result.language or reference.language or "en"
    turns, words = reference.turns(), result.word_turns()
    measured = Evaluation(
        language,
        speaker_accuracy=measure_speaker_accuracy(turns, words) if turns and words else None,
        diarization=measure_diarization(turns, result.turns()) if turns else None,
    )
    if not (reference.has_text and result.has_text):
        return measured
    normalise = normaliser_for(language)
    wer = count_word_errors(text_in_order(reference, normalise), text_in_order(result, normalise))
    if not wer.words:
        raise BadInputError("the reference has no words; nothing can be measured against it")
    cpwer = concatenated_minimum_permutation(
        text_by_speaker(reference, normalise), text_by_speaker(result, normalise)
    )
    return Evaluation(
        language,
        wer,
        cpwer,
        measured.speaker_accuracy,
        measured.diarization,
        measure_word_starts(reference, result, cpwer.pairs, normalise),
    )


def _counted(errors: WordErrors) -> dict[str, Any]:
    return {"rate": errors.rate, "errors": errors.errors, **asdict(errors)}


def _counted_by_speaker(cpwer: CpWordErrors) -> dict[str, Any]:
    speakers = [
        {"reference": pair.reference, "result": pair.hypothesis, **_counted(pair.errors)}
        for pair in cpwer.pairs
    ]
    return {**_counted(cpwer.total), "speakers": speakers}
