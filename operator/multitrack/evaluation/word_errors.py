"""Word error rates: WER over all words, and cpWER, which also counts words of the wrong speaker."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from multitrack.evaluation.extra import evaluate_extra
from multitrack.evaluation.spoken import Spoken
from workflow_templates.comparison.spelling import Normaliser, normaliser_for

__all__ = [
    "CpWordErrors",
    "Normaliser",
    "SpeakerPair",
    "WordErrors",
    "concatenated_minimum_permutation",
    "count_word_errors",
    "normaliser_for",
    "text_by_speaker",
    "text_in_order",
]


@dataclass(frozen=True, slots=True)
class WordErrors:
    """How many words of a reference were missed, and how many were made up."""

    words: int = 0
    """Of the reference."""
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0

    def __add__(self, other: "WordErrors") -> "WordErrors":
        return WordErrors(
            self.words + other.words,
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
        )

    @property
    def errors(self) -> int:
        """All three kinds together."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float | None:
        """Errors by words of the reference, above 1 where much is made up; None without words."""
        return self.errors / self.words if self.words else None


@dataclass(frozen=True, slots=True)
class SpeakerPair:
    """A speaker of the reference and the one of the result who is taken to be the same."""

    reference: str | None
    """None: the result's speaker is nobody's, all their words are insertions."""
    hypothesis: str | None
    """None: nobody in the result is this speaker, all their words are deletions."""
    errors: WordErrors


@dataclass(frozen=True, slots=True)
class CpWordErrors:
    """The concatenated minimum-permutation word errors."""

    pairs: tuple[SpeakerPair, ...]

    @property
    def total(self) -> WordErrors:
        """Over all speakers."""
        return sum((pair.errors for pair in self.pairs), WordErrors())


def text_in_order(spoken: Spoken, normalise: Normaliser) -> str:
    """All words, by the start of their utterances."""
    return _joined(normalise(each.text) for each in spoken.utterances)


def text_by_speaker(spoken: Spoken, normalise: Normaliser) -> dict[str, str]:
    """Each speaker's words, concatenated by the start of their utterances."""
    return {
        speaker: _joined(
            normalise(each.text) for each in spoken.utterances if each.speaker == speaker
        )
        for speaker in spoken.speakers()
    }


def count_word_errors(reference: str, hypothesis: str) -> WordErrors:
    """Align two normalised texts with the fewest edits and count them.

    Raises:
        SettingsError: jiwer is not installed.
    """
    with evaluate_extra():
        import jiwer  # noqa: PLC0415 - an extra
    counted = jiwer.process_words(reference, hypothesis)
    return WordErrors(
        counted.hits + counted.substitutions + counted.deletions,
        counted.substitutions,
        counted.deletions,
        counted.insertions,
    )


def concatenated_minimum_permutation(
    reference: Mapping[str, str], hypothesis: Mapping[str, str]
) -> CpWordErrors:
    """Pair speakers so that the word errors of all pairs together are fewest, and count them.

    cpWER as defined for CHiME-6 (Watanabe et al. 2020, arXiv 2004.09249, section 5.3): each
    speaker's words are concatenated; where one side has more speakers, the others get no words.
    The best of all permutations is found by the Hungarian method, as in meeteval.

    Args:
        reference: Normalised text by speaker.
        hypothesis: Likewise; its speakers' names mean nothing.

    Raises:
        SettingsError: jiwer or scipy is not installed.
    """
    with evaluate_extra():
        from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - an extra
    size = max(len(reference), len(hypothesis))
    rows = _padded(reference, size)
    columns = _padded(hypothesis, size)
    if not size:
        return CpWordErrors(())
    table = [[count_word_errors(said, heard) for _, heard in columns] for _, said in rows]
    chosen = linear_sum_assignment([[cell.errors for cell in row] for row in table])
    return CpWordErrors(
        tuple(
            SpeakerPair(rows[row][0], columns[column][0], table[row][column])
            for row, column in zip(*chosen, strict=True)
        )
    )


def _padded(texts: Mapping[str, str], size: int) -> list[tuple[str | None, str]]:
    nobody: list[tuple[str | None, str]] = [(None, "")]
    return [*texts.items(), *(nobody * (size - len(texts)))]


def _joined(texts: Iterable[str]) -> str:
    # Of an utterance "..." the English normaliser leaves a full stop, which is no word.
    words = (word for text in texts for word in text.split())
    return " ".join(word for word in words if any(map(str.isalnum, word)))
