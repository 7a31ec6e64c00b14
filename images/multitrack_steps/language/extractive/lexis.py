"""What must be known of a language to compare what is said in it: stop words and stems."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["TOKEN", "Lexis", "lexis_for", "straight_apostrophes"]

TOKEN = re.compile(r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}\-][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
"""A word, with inner apostrophes and hyphens, or a number."""

_SNOWBALL = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
"""Snowball's algorithm by ISO 639-1 code, where `stopwordsiso` has stop words too."""


@dataclass(frozen=True, slots=True)
class Lexis:
    """Stop words and stemmer of one language."""

    code: str
    """ISO 639-1."""
    stop_words: frozenset[str]
    stem: Callable[[str], str]

    @property
    def is_english(self) -> bool:
        """Cue words ("the next topic is …") are known in English alone."""
        return self.code == "en"

    def is_stop_word(self, token: str) -> bool:
        """Whether a token carries no subject: function words, also contracted ones ("we've")."""
        word = straight_apostrophes(token.lower())
        return word in self.stop_words or word.split("'")[0] in self.stop_words

    def terms(self, text: str) -> list[str]:
        """Stems of the content words, in order; numbers are none."""
        return [
            self.stem(straight_apostrophes(token.lower()))
            for token in TOKEN.findall(text)
            if len(token) > 1 and not token[0].isdigit() and not self.is_stop_word(token)
        ]

    def counts(self, text: str) -> Counter[str]:
        """How often each stem occurs."""
        return Counter(self.terms(text))


def straight_apostrophes(text: str) -> str:
    """The text with "don't" always spelt in the same way."""
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def lexis_for(language: str | None) -> Lexis | None:
    """What is known of a language.

    Args:
        language: ISO 639-1 code, with or without a region.

    Returns:
        None for a language without a stemmer or a stop word list, and for one that is not named.
    """
    import snowballstemmer  # noqa: PLC0415 - generate-title needs none of this

    code = (language or "").lower().replace("_", "-").split("-")[0]
    code = {"nb": "no", "nn": "no"}.get(code, code)
    algorithm = _SNOWBALL.get(code)
    if algorithm is None or algorithm not in snowballstemmer.algorithms():
        return None
    stemmer = snowballstemmer.stemmer(algorithm)
    return Lexis(code, _stop_words(code), lru_cache(maxsize=None)(stemmer.stemWord))


def _stop_words(code: str) -> frozenset[str]:
    if code == "en":
        # The ISO collection counts "page", "system" or "test" among English stop words: too many.
        from multitrack_steps.language.extractive.english import STOP_WORDS  # noqa: PLC0415

        return STOP_WORDS
    import stopwordsiso  # noqa: PLC0415 - 0.2 MB of lists, for other languages than English

    return frozenset(stopwordsiso.stopwords(code))
