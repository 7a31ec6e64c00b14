"""How long texts are for a language model, without its tokenizer."""

import math

__all__ = ["estimate_tokens"]

_ASCII_PER_TOKEN = 3.5
"""Characters. English has 4 to 5 a token in the tokenizers in use; names and figures have fewer."""
_LETTERS_PER_TOKEN = 2.0
"""Characters of other alphabets."""
_FIRST_IDEOGRAPH = 0x2E80
"""From here on (kana, hangul, ideographs, emoji) one character costs about one token."""


def estimate_tokens(text: str) -> int:
    """How many tokens a text has at most, roughly: an estimate that rather says too many."""
    ascii_letters = sum(1 for letter in text if letter < "\x80")
    ideographs = sum(1 for letter in text if ord(letter) >= _FIRST_IDEOGRAPH)
    letters = len(text) - ascii_letters - ideographs
    return math.ceil(ascii_letters / _ASCII_PER_TOKEN + letters / _LETTERS_PER_TOKEN + ideographs)
