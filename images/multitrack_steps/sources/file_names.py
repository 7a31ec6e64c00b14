"""What a file's name says: audio or not, hidden or not, before or after another."""

import re
import unicodedata
from pathlib import PurePath

__all__ = ["has_audio_name", "is_hidden", "is_sidecar", "natural_key", "stem"]

_AUDIO = re.compile(
    r"3ga|3gp|aac|ac3|adts|aif|aifc|aiff|alac|amr|au|caf|flac|m2a|m4[abv]|mk[av]|mov|mp[234]|mpga"
    r"|og[ag]|opus|ra|rf64|snd|spx|tta|w64|wave?|weba|webm|wma|wv"
)
"""Extensions of what FFmpeg finds sound in; pad-track looks inside."""
_SIDECAR = re.compile(r"csv|ctm|html|json|lab|md|pdf|rttm|srt|stm|tsv|txt|uem|vtt|xml|ya?ml")
"""Extensions of what lies beside recordings and is none, even where a person lists it."""


def has_audio_name(name: str) -> bool:
    """Whether the extension is one of audio or video files."""
    return _AUDIO.fullmatch(_extension(name)) is not None


def is_sidecar(name: str) -> bool:
    """Whether the extension is one of notes, transcripts and tables."""
    return _SIDECAR.fullmatch(_extension(name)) is not None


def is_hidden(name: str) -> bool:
    """Whether file managers do not show it: `.DS_Store`, `._Alice.wav`."""
    return name.startswith(".")


def stem(name: str) -> str:
    """The name without a known audio extension, composed (NFC): `J. Smith` keeps its dot."""
    composed = unicodedata.normalize("NFC", name)
    return PurePath(composed).stem if has_audio_name(composed) else composed


def natural_key(name: str) -> tuple[tuple[int, int | str], ...]:
    """Sort key under which `track 2` comes before `track 10`, whatever the case.

    Names that differ only in case or in leading zeros are told apart by their plain text.
    """
    folded = unicodedata.normalize("NFC", name).casefold()
    parts = re.findall(r"[0-9]+|[^0-9]+", folded)
    ranked = [(0, int(part)) if part[0] in "0123456789" else (1, part) for part in parts]
    return (*ranked, (2, name))


def _extension(name: str) -> str:
    return PurePath(name).suffix.removeprefix(".").lower()
