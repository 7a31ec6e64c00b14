"""Finds speech that one microphone picked up from a loudspeaker or from across the table.

The rule: a run of at least three equal words in two tracks, each pair starting within half a second
and at least 6 dB weaker in the one than in the other, is the same speech heard twice. Three words,
because people do say "yes" or "thank you" together; 6 dB (half the amplitude), because two people
at their own microphones are about equally loud.

Where voices were told apart on both tracks, more is known: nobody speaks twice at once. A word of a
voice that is louder throughout on another track, by 2 dB or more, and speaks there at the same
time, is an echo: alone, too, and even where the model heard another word in it. Different voices
are two people, whose equal words stay two unless a run of three and 6 dB say otherwise.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean

from multitrack_steps.transcript.merging import SpokenWord
from workflow_templates.contracts.base import Seconds

__all__ = ["find_echoes", "normalise_word"]

SHORTEST_RUN = 3
"""Equal words in a row, in both tracks."""
LARGEST_DELAY: Seconds = 0.5
"""Between the starts of the two words: sound, network and the model's own uncertainty."""
LEAST_ATTENUATION_DB = 6.0
SAME_VOICE_ATTENUATION_DB = 2.0
"""Nobody speaks twice at once: for one voice it is enough that the levels differ at all."""

_PUNCTUATION = re.compile(r"[\W_]+")


def normalise_word(text: str) -> str:
    """The word without case, blanks and punctuation; empty for punctuation alone."""
    return _PUNCTUATION.sub("", text.casefold())


def find_echoes(words: Sequence[SpokenWord]) -> dict[int, int]:
    """For each echo the word that it repeats: index by index in `words`.

    A repeated word is always an original: an echo of an echo points to where the speech was
    loudest. Costs about words x words spoken within half a second.

    Args:
        words: In the transcript's order, by start.
    """
    texts = [normalise_word(word.text) for word in words]
    previous = _previous_in_track(words, texts)
    run_of = dict.fromkeys(_equal_pairs(words, texts), 0)
    for weak, loud in run_of:  # by the weak word's time, so that a run's earlier pairs come first
        before = run_of.get((previous[weak], previous[loud]), 0)
        run_of[weak, loud] = before + 1

    loudest: dict[int, int] = {}
    for (weak, loud), run in run_of.items():
        if run < SHORTEST_RUN:
            continue
        # The third pair brings the two before it along; later pairs only themselves.
        for _ in range(SHORTEST_RUN if run == SHORTEST_RUN else 1):
            if weak not in loudest or words[loud].level > words[loudest[weak]].level:
                loudest[weak] = loud
            weak, loud = previous[weak], previous[loud]  # noqa: PLW2901 - walks the run backwards
    for weak, loud in _doubled_voices(words, texts):
        loudest.setdefault(weak, loud)
    return {weak: _original(loudest, loud) for weak, loud in loudest.items()}


def _doubled_voices(words: Sequence[SpokenWord], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(weaker, louder) where one voice speaks on two tracks at once, whatever was heard."""
    by_speaker = defaultdict(list)
    for index, word in enumerate(words):
        if word.voice_known and texts[index]:
            by_speaker[word.speaker].append(index)
    for indices in by_speaker.values():
        levels = _levels_by_track(words[index] for index in indices)
        starts = [words[index].start for index in indices]
        for weak in indices:
            word = words[weak]
            first = bisect_left(starts, word.start - LARGEST_DELAY)
            last = bisect_right(starts, word.start + LARGEST_DELAY)
            louder = [
                index
                for index in indices[first:last]
                if levels[words[index].track] - levels[word.track] >= SAME_VOICE_ATTENUATION_DB
            ]
            if louder:
                yield weak, min(louder, key=lambda index: abs(words[index].start - word.start))


def _levels_by_track(words: Iterable[SpokenWord]) -> dict[int, float]:
    """How loud one voice is on each track.

    A single word's level says little: its borders are uncertain, and silence may lie within them.
    """
    levels = defaultdict(list)
    for word in words:
        levels[word.track].append(word.level)
    return {track: fmean(heard) for track, heard in levels.items()}


def _equal_pairs(words: Sequence[SpokenWord], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(weaker, louder) for equal words of different tracks, near in time and far in level."""
    indices = defaultdict(list)
    for index, text in enumerate(texts):
        if text:
            indices[text].append(index)
    starts = {text: [words[index].start for index in found] for text, found in indices.items()}
    for weak, (word, text) in enumerate(zip(words, texts, strict=True)):
        if not text:
            continue
        first = bisect_left(starts[text], word.start - LARGEST_DELAY)
        last = bisect_right(starts[text], word.start + LARGEST_DELAY)
        for loud in indices[text][first:last]:
            other = words[loud]
            if (
                other.track != word.track
                and other.level - word.level >= LEAST_ATTENUATION_DB
                and not _same_voice(word, other)
            ):
                yield weak, loud


def _same_voice(one: SpokenWord, other: SpokenWord) -> bool:
    return one.voice_known and other.voice_known and one.speaker == other.speaker


def _previous_in_track(words: Sequence[SpokenWord], texts: Sequence[str]) -> list[int]:
    """Index of the word before, on the same track; -1 for none. Punctuation alone is no word."""
    latest: dict[int, int] = {}
    previous = []
    for index, (word, text) in enumerate(zip(words, texts, strict=True)):
        previous.append(latest.get(word.track, -1))
        if text:
            latest[word.track] = index
    return previous


def _original(loudest: dict[int, int], word: int) -> int:
    """Follow echoes of echoes; levels rise at every step, so this ends."""
    while word in loudest:
        word = loudest[word]
    return word
