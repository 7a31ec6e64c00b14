"""Speech packed into chunks, and the way back from a chunk's clock to the recording's.

Whisper always computes 30 s, however little it is given. Pauses and gaps are therefore cut out and
what is left is packed as full as it goes, in order.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from multitrack_steps.speech.flac import SAMPLE_RATE, Samples, silence_gaps, to_samples
from multitrack_steps.speech.segmentation import PaddedSpeech, SpeechSegmenter, Stretch
from multitrack_steps.speech.vad import StreamingVad
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.track import Gap

__all__ = ["Chunk", "find_speech", "outside_gaps"]

_MARGIN: Seconds = 0.1
"""Soft onsets and endings that the VAD calls silence."""
_TOUCH: Seconds = 0.04
"""A word that overlaps speech less than this does not lie in it."""
_SHORTEST = int(0.05 * SAMPLE_RATE)
"""What is left of a stretch between two gaps and is shorter holds no word."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Speech of one track: pieces of the recording, one after the other."""

    pieces: tuple[Stretch, ...]
    """In order, not overlapping, none touching a gap."""
    speech: tuple[Stretch, ...]
    """Where in them the VAD hears speech: without the padding."""
    samples: Samples
    """The pieces' audio, joined."""

    @property
    def duration(self) -> Seconds:
        """Seconds of audio in it."""
        return len(self.samples) / SAMPLE_RATE

    @property
    def end(self) -> Seconds:
        """Where its last piece ends, on the recording's clock."""
        return self.pieces[-1].end / SAMPLE_RATE

    def locate(self, start: Seconds, end: Seconds) -> tuple[Seconds, Seconds]:
        """Bring a stretch of the chunk to the recording's clock.

        It lies in the piece that holds its middle, and is clamped to it: no word reaches into a
        pause that was cut out. Whisper lets words after a pause begin with the chunk's silence; the
        VAD knows better, so that they begin and end with speech (± 0.1 s).
        """
        ends = list(accumulate(piece.end - piece.start for piece in self.pieces))
        middle = (start + end) / 2 * SAMPLE_RATE
        index = min(bisect_right(ends, middle), len(ends) - 1)
        piece = self.pieces[index]
        shift = (piece.end - ends[index]) / SAMPLE_RATE
        first, last = piece.start / SAMPLE_RATE, piece.end / SAMPLE_RATE
        return self._snap(_clamp(start + shift, first, last), _clamp(end + shift, first, last))

    def _snap(self, start: Seconds, end: Seconds) -> tuple[Seconds, Seconds]:
        """Leave the silence before and after the speech that a word lies in."""
        under = [
            speech
            for speech in self.speech
            if min(end, speech.end / SAMPLE_RATE) - max(start, speech.start / SAMPLE_RATE) > _TOUCH
        ]
        if not under:
            return start, end
        return (
            max(start, under[0].start / SAMPLE_RATE - _MARGIN),
            min(end, under[-1].end / SAMPLE_RATE + _MARGIN),
        )


def find_speech(
    blocks: Iterable[Samples], gaps: Sequence[Gap], longest: Seconds
) -> Iterator[Chunk]:
    """Pack the speech of a track into chunks, while it is being decoded.

    Holds at most one block, one stretch and one chunk: their length is bounded, the track's is not.

    Args:
        blocks: The track from the recording's start, `BLOCK` samples each but the last.
        gaps: Ordered, on the recording's clock; heard as silence whatever the samples say.
        longest: No chunk is longer.
    """
    packing = _Packing(int(longest * SAMPLE_RATE))
    holes = [Stretch(to_samples(gap.start), to_samples(gap.end)) for gap in gaps]
    for found, samples in _find_stretches(silence_gaps(blocks, gaps), packing.longest):
        for piece in outside_gaps(found.heard, holes):
            offset = piece.start - found.heard.start
            audio = samples[offset : offset + piece.end - piece.start]
            yield from packing.add(piece, audio, found.speech)
    yield from packing.finish()


def outside_gaps(stretch: Stretch, gaps: Sequence[Stretch]) -> Iterator[Stretch]:
    """What is left of a stretch when the gaps (ordered) are cut out of it."""
    start = stretch.start
    for gap in gaps:
        if gap.end <= start:
            continue
        if gap.start >= stretch.end:
            break
        if gap.start - start >= _SHORTEST:
            yield Stretch(start, gap.start)
        start = gap.end
    if stretch.end - start >= _SHORTEST:
        yield Stretch(start, stretch.end)


def _find_stretches(
    blocks: Iterable[Samples], longest: int
) -> Iterator[tuple[PaddedSpeech, Samples]]:
    vad, segmenter = StreamingVad(), SpeechSegmenter(longest)
    kept, origin, length = np.zeros(0, np.float32), 0, 0
    for block in blocks:
        kept = np.concatenate((kept, block))
        length += len(block)
        for found in segmenter.feed(vad.probabilities(block)):
            yield found, kept[found.heard.start - origin : found.heard.end - origin]
        done = min(segmenter.needed_from, length) - origin
        kept, origin = kept[done:], origin + done
    for found in segmenter.finish(length):
        yield found, kept[found.heard.start - origin : found.heard.end - origin]


class _Packing:
    def __init__(self, longest: int) -> None:
        self.longest = longest
        self._pieces: list[Stretch] = []
        self._speech: list[Stretch] = []
        self._samples: list[Samples] = []
        self._length = 0

    def add(self, piece: Stretch, samples: Samples, speech: Stretch) -> Iterator[Chunk]:
        if self._length + len(samples) > self.longest:
            yield from self.finish()
        if self._pieces and self._pieces[-1].end == piece.start:
            piece = Stretch(self._pieces.pop().start, piece.end)
        self._pieces.append(piece)
        self._samples.append(samples)
        if self._speech[-1:] != [speech]:
            self._speech.append(speech)
        self._length += len(samples)

    def finish(self) -> Iterator[Chunk]:
        if self._pieces:
            audio = np.concatenate(self._samples)
            yield Chunk(tuple(self._pieces), tuple(self._speech), audio)
        self._pieces, self._speech, self._samples, self._length = [], [], [], 0


def _clamp(time: Seconds, first: Seconds, last: Seconds) -> Seconds:
    return min(max(time, first), last)
