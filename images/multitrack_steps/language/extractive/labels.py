"""What a topic is called: the phrase that announced it, or the phrase that sets it apart."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from multitrack_steps.language.extractive.english import TIME_WORDS
from multitrack_steps.language.extractive.lexis import TOKEN, Lexis
from multitrack_steps.language.extractive.noun_phrases import candidate_phrases

__all__ = ["label_topics"]

_AS_NOUN = 1.6
"""Factor for a phrase that stands where English puts nouns."""
_WORD_BONUS = 0.35
"""How much each further word of a phrase adds: "export button" says more than "button"."""


def label_topics(
    texts: Sequence[Sequence[str]], lexis: Lexis, names: Collection[str] = ()
) -> list[str | None]:
    """A keyphrase for each topic.

    Phrases are scored as in RAKE by their words, and words as in TF-IDF by how much more often they
    occur in their topic than in the others.

    Args:
        texts: The sentences of each topic.
        lexis: The meeting's language.
        names: Lower-case names of the people present: no subjects.

    Returns:
        In the topics' order; None for a topic without content words.
    """
    counts = [Counter(stem for text in sentences for stem in lexis.terms(text)) for sentences in texts]
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    labels: list[str | None] = []
    for sentences, count in zip(texts, counts, strict=True):
        weights = {stem: times * times / total[stem] for stem, times in count.items()}
        labels.append(_best_phrase(sentences, lexis, weights, names))
    return labels


def _best_phrase(
    sentences: Sequence[str], lexis: Lexis, weights: Mapping[str, float], names: Collection[str]
) -> str | None:
    scores: dict[str, float] = defaultdict(float)
    spelling: dict[str, str] = {}
    for sentence in sentences:
        seen: set[str] = set()
        for phrase, is_noun in _phrases(sentence, lexis, names):
            stems = [lexis.stem(word) for word in phrase.lower().split()]
            key = " ".join(stems)
            if key in seen or all(word.lower() in TIME_WORDS for word in phrase.split()):
                continue
            seen.add(key)
            mean = sum(weights.get(stem, 0.0) for stem in stems) / len(stems)
            factor = _AS_NOUN if is_noun else 1.0
            scores[key] += mean * factor * (1 + _WORD_BONUS * (len(stems) - 1))
            spelling.setdefault(key, phrase)
    if not scores:
        return None
    # The earliest of equals: dictionaries keep the order in which phrases were first said.
    return spelling[max(scores, key=lambda key: scores[key])]


def _phrases(
    sentence: str, lexis: Lexis, names: Collection[str]
) -> list[tuple[str, bool]]:
    if lexis.is_english:
        return list(candidate_phrases(sentence, names))
    return [
        (token, False)
        for token in TOKEN.findall(sentence)
        if len(token) > 2  # noqa: PLR2004 - one and two letters are no subject in any of the languages
        and not lexis.is_stop_word(token)
        and token.lower() not in names
        and not token[0].isdigit()
    ]
