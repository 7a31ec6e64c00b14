"""What a topic is called: the phrase that announced it, or the phrase that sets it apart."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from multitrack_steps.language.extractive.lexis import TOKEN, Lexis
from multitrack_steps.language.extractive.noun_phrases import candidate_phrases

__all__ = ["label_topics"]

_AS_NOUN = 1.6
"""Factor for a phrase that stands where English puts nouns."""
_EARLY = 1.3
"""Factor for a phrase that is said in a topic's first third, where subjects are introduced."""
_ENOUGH_WORDS = 3
"""A keyphrase with fewer words gets a second one beside it."""
_SECOND = 0.4
"""The second keyphrase has at least this share of the first one's score."""


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
    counts = [
        Counter(stem for text in sentences for stem in lexis.terms(text)) for sentences in texts
    ]
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    labels: list[str | None] = []
    for sentences, count in zip(texts, counts, strict=True):
        weights = {stem: times * times / total[stem] for stem, times in count.items()}
        labels.append(_best_phrases(sentences, lexis, weights, names))
    return labels


def _best_phrases(
    sentences: Sequence[str], lexis: Lexis, weights: Mapping[str, float], names: Collection[str]
) -> str | None:
    """The best phrase, and another one beside it where one is not telling enough."""
    scores: dict[str, float] = {}
    times: Counter[str] = Counter()
    spelling: dict[str, str] = {}
    for place, sentence in enumerate(sentences):
        early = _EARLY if 3 * place <= len(sentences) else 1.0
        for phrase, is_noun in _phrases(sentence, lexis, names):
            stems = [lexis.stem(word) for word in phrase.lower().split()]
            key = " ".join(stems)
            weight = sum(weights.get(stem, 0.0) for stem in stems)
            score = weight * early * (_AS_NOUN if is_noun else 1.0)
            times[key] += 1
            scores[key] = max(scores.get(key, 0.0), score)
            spelling.setdefault(key, phrase)
    # Of equals the earliest: dictionaries keep the order in which phrases were first said.
    ranked = sorted(scores, key=lambda key: -scores[key] * (1 + math.log(times[key])))
    if not ranked:
        return None
    best = ranked[0]
    others = [
        key
        for key in ranked[1:]
        if not set(key.split()) & set(best.split()) and scores[key] >= _SECOND * scores[best]
    ]
    if len(best.split()) >= _ENOUGH_WORDS or not others:
        return spelling[best]
    joint = " and " if lexis.is_english else ", "
    return spelling[best] + joint + spelling[others[0]]


def _phrases(sentence: str, lexis: Lexis, names: Collection[str]) -> list[tuple[str, bool]]:
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
