"""Cuts segments into cues that can be read as captions, and writes them as WebVTT and SubRip.

Limits follow the usual captioning guides (BBC Subtitle Guidelines; Netflix Timed Text Style Guide):
two lines of 42 characters, at most seven seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.transcript import Word
from workflow_templates.runtime.wording import clock, one_line

__all__ = ["Cue", "cues_of", "to_srt", "to_webvtt"]

LONGEST_TEXT = 84
"""Characters: two lines of 42."""
LONGEST_TIME: Seconds = 7.0
SHORTEST_TIME: Seconds = 1.0
"""A cue stays this long, unless the same person's next one comes sooner: a "Yes." must be seen."""
_MILLISECOND: Seconds = 0.001

_PHRASE_ENDS = (",", ";", ":", "—", "–", "、", "，", "；", "：", "،")  # noqa: RUF001 - other scripts' commas
_PHRASE_BONUS = 14
"""Characters of imbalance that a cut after a phrase is worth."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown at once."""

    start: Seconds
    end: Seconds
    """Later than `start` by a millisecond at least."""
    name: str
    text: str
    """On one line, not empty."""


def cues_of(transcript: PublishedTranscript) -> tuple[Cue, ...]:
    """All segments as cues, by start."""
    cues = [
        Cue(
            start=words[0].start,
            end=max(word.end for word in words),
            name=one_line(segment.speaker_name),
            text=text,
        )
        for segment in transcript.segments
        for words in _split([transcript.words[index] for index in segment.words])
        if (text := _text(words))
    ]
    cues.sort(key=lambda cue: cue.start)
    return _prolong(cues, transcript.recording.duration)


def to_webvtt(cues: Sequence[Cue]) -> str:
    """WebVTT with named voices: `<v Alice>`."""
    blocks = [
        f"{clock(cue.start, '.')} --> {clock(cue.end, '.')}\n"
        f"<v {_escape(cue.name)}>{_escape(cue.text)}\n"
        for cue in cues
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def to_srt(cues: Sequence[Cue]) -> str:
    """SubRip; the name stands before the text. The format has no escapes: text stays as it is."""
    return "\n".join(
        f"{number}\n{clock(cue.start, ',')} --> {clock(cue.end, ',')}\n{cue.name}: {cue.text}\n"
        for number, cue in enumerate(cues, start=1)
    )


def _escape(text: str) -> str:
    """Character references for what means something in WebVTT; so "-->" cannot appear either."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text(words: Sequence[Word]) -> str:
    return one_line("".join(word.text for word in words))


def _split(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Halve until each part fits; a single word always does."""
    fits = len(_text(words)) <= LONGEST_TEXT and words[-1].end - words[0].start <= LONGEST_TIME
    if fits or len(words) == 1:
        yield words
        return
    middle = _best_cut(words)
    yield from _split(words[:middle])
    yield from _split(words[middle:])


def _best_cut(words: Sequence[Word]) -> int:
    """Where the halves are most alike, in text or, for slow speech, in time; after a phrase."""
    slow = words[-1].end - words[0].start > LONGEST_TIME and len(_text(words)) <= LONGEST_TEXT
    if slow:
        halfway = (words[0].start + words[-1].end) / 2
        return min(range(1, len(words)), key=lambda cut: abs(words[cut].start - halfway))
    lengths = [len(word.text) for word in words]
    total = sum(lengths)
    before = 0
    costs = {}
    for cut, (word, length) in enumerate(zip(words[:-1], lengths, strict=False), start=1):
        before += length
        ends_phrase = word.text.rstrip().endswith(_PHRASE_ENDS)
        costs[cut] = abs(total - 2 * before) - (_PHRASE_BONUS if ends_phrase else 0)
    return min(costs, key=costs.__getitem__)


def _prolong(cues: Sequence[Cue], duration: Seconds) -> tuple[Cue, ...]:
    """Give short cues time to be read, up to the same person's next cue and the recording's end."""
    next_start: dict[str, Seconds] = {}
    prolonged = []
    for cue in reversed(cues):
        latest = min(next_start.get(cue.name, duration), duration)
        end = max(cue.end, min(cue.start + SHORTEST_TIME, latest), cue.start + _MILLISECOND)
        prolonged.append(replace(cue, end=end))
        next_start[cue.name] = cue.start
    return tuple(reversed(prolonged))
