"""Which language a track speaks: given, detected, or detected together with the other tracks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.words import DetectedLanguage
from workflow_templates.runtime.errors import LanguageUnsupportedError

__all__ = [
    "AUTO",
    "ENGLISH",
    "WHISPER_LANGUAGES",
    "WITHOUT_BLANKS",
    "Evidence",
    "code_named",
    "detect_language",
    "refuse_unspoken",
]

AUTO = "auto"
ENGLISH = "en"

SUFFICIENT_SPEECH: Seconds = 5.0
"""A track with less speech does not decide alone: in two seconds `base` errs now and then."""
SUFFICIENT_PROBABILITY = 0.6
"""A track whose best language is less likely, after up to three windows, does not decide alone."""
MOST_WINDOWS = 3
"""Chunks of up to 30 s that are listened to while the language is unsure."""

WHISPER_LANGUAGES: Mapping[str, str] = dict(
    pair.split(":")
    for pair in """
    af:afrikaans am:amharic ar:arabic as:assamese az:azerbaijani ba:bashkir be:belarusian
    bg:bulgarian bn:bengali bo:tibetan br:breton bs:bosnian ca:catalan cs:czech cy:welsh
    da:danish de:german el:greek en:english es:spanish et:estonian eu:basque fa:persian
    fi:finnish fo:faroese fr:french gl:galician gu:gujarati ha:hausa haw:hawaiian he:hebrew
    hi:hindi hr:croatian ht:haitian_creole hu:hungarian hy:armenian id:indonesian
    is:icelandic it:italian ja:japanese jw:javanese ka:georgian kk:kazakh km:khmer
    kn:kannada ko:korean la:latin lb:luxembourgish ln:lingala lo:lao lt:lithuanian
    lv:latvian mg:malagasy mi:maori mk:macedonian ml:malayalam mn:mongolian mr:marathi
    ms:malay mt:maltese my:myanmar ne:nepali nl:dutch nn:nynorsk no:norwegian oc:occitan
    pa:punjabi pl:polish ps:pashto pt:portuguese ro:romanian ru:russian sa:sanskrit
    sd:sindhi si:sinhala sk:slovak sl:slovenian sn:shona so:somali sq:albanian sr:serbian
    su:sundanese sv:swedish sw:swahili ta:tamil te:telugu tg:tajik th:thai tk:turkmen
    tl:tagalog tr:turkish tt:tatar uk:ukrainian ur:urdu uz:uzbek vi:vietnamese yi:yiddish
    yo:yoruba yue:cantonese zh:chinese
    """.split()  # noqa: SIM905 - a hundred lines as a list
)
"""English name by code, both as Whisper spells them (blanks as underscores)."""

WITHOUT_BLANKS = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Written without blanks between words."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a model hears in some speech."""

    speech: Seconds
    probabilities: Mapping[str, float]
    """By language code."""


def refuse_unspoken(language: str, *, model: str, multilingual: bool) -> None:
    """Refuse a language that the model does not speak, before anything is decoded.

    Args:
        language: A code, or `auto`.
        model: Its name, for the sentence.
        multilingual: Whether the model speaks more than English.

    Raises:
        LanguageUnsupportedError: The model speaks English only.
    """
    if language not in (AUTO, ENGLISH) and not multilingual:
        raise LanguageUnsupportedError(
            f"the speech model {model} speaks English only, and the language is set to "
            f"{language!r} ({WHISPER_LANGUAGES[language]}); choose a multilingual model, "
            "such as base or large-v3-turbo"
        )


def detect_language(
    own: Iterable[Evidence], others: Callable[[], Iterable[Evidence]]
) -> DetectedLanguage:
    """Decide by the track's own speech, and by all tracks' where that is too little.

    Evidence is combined as the mean of the probabilities, weighted by seconds of speech.

    Args:
        own: The track's first speech, window by window; at least one, and taken only while needed.
        others: Called only if the track cannot decide alone; may find nothing.
    """
    heard: list[Evidence] = []
    for evidence in own:
        heard.append(evidence)
        code, probability = _best(heard)
        if probability >= SUFFICIENT_PROBABILITY or len(heard) == MOST_WINDOWS:
            break
    speech = sum(evidence.speech for evidence in heard)
    code, probability = _best(heard)
    if speech >= SUFFICIENT_SPEECH and probability >= SUFFICIENT_PROBABILITY:
        return DetectedLanguage(code=code, probability=probability, detected=True)
    code, probability = _best([*heard, *others()])
    return DetectedLanguage(code=code, probability=probability, detected=True, pooled=True)


def code_named(language: str) -> str | None:
    """The code for what a service calls a language: `en`, `English`; None if it is not known."""
    spelled = language.strip().lower().replace(" ", "_")
    if spelled in WHISPER_LANGUAGES:
        return spelled
    return next((code for code, name in WHISPER_LANGUAGES.items() if name == spelled), None)


def _best(heard: Iterable[Evidence]) -> tuple[str, float]:
    weighted: dict[str, float] = {}
    total = 0.0
    for evidence in heard:
        total += evidence.speech
        for code, probability in evidence.probabilities.items():
            weighted[code] = weighted.get(code, 0.0) + evidence.speech * probability
    code = max(weighted, key=weighted.__getitem__)
    return code, round(min(1.0, weighted[code] / total), 3)
