"""What counts as the same spelling: Whisper's own normalisers."""

from collections.abc import Callable

from workflow_templates.comparison.extra import evaluate_extra

__all__ = ["Normaliser", "normaliser_for"]

Normaliser = Callable[[str], str]
"""Makes spellings comparable: case, punctuation, numbers, contractions."""

_WITHOUT_BLANKS = frozenset({"ja", "km", "lo", "my", "th", "yue", "zh"})
"""Languages written without blanks between words: every letter counts as a word."""


def normaliser_for(language: str | None) -> Normaliser:
    """Whisper's English normaliser for English and where no language is known, its basic one else.

    Raises:
        SettingsError: whisper-normalizer is not installed.
    """
    code = (language or "en").lower().partition("-")[0]
    with evaluate_extra():
        if code == "en":
            from whisper_normalizer.english import EnglishTextNormalizer  # noqa: PLC0415 - an extra

            return EnglishTextNormalizer()  # type: ignore[no-any-return]  # untyped package
        from whisper_normalizer.basic import BasicTextNormalizer  # noqa: PLC0415 - an extra

        return BasicTextNormalizer(split_letters=code in _WITHOUT_BLANKS)  # type: ignore[no-any-return]  # as above
