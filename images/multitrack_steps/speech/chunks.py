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
from multitrack_steps.speech.segmentation import SpeechSegmenter, Stretch
from multitrack_steps.speech.vad import WINDOW, StreamingVad
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.track import Gap

__all__ = ["BLOCK", "Chunk", "find_speech", "outside_gaps"]

BLOCK = 1024 * WINDOW
"""Samples to decode at a time: 33 s."""

_SHORTEST = int(0.05 * SAMPLE_RATE)
"""What is left of a stretch between two gaps and is shorter holds no word."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Speech of one track: pieces of the recording, one after the other."""

    pieces: tuple[Stretch, ...]
    """In order, not overlapping, none touching a gap."""
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
        pause that was cut out.
        """
        ends = list(accumulate(piece.end - piece.start for piece in self.pieces))
        middle = (start + end) / 2 * SAMPLE_RATE
        index = min(bisect_right(ends, middle), len(ends) - 1)
        piece = self.pieces[index]
        shift = (piece.end - ends[index]) / SAMPLE_RATE
        first, last = piece.start / SAMPLE_RATE, piece.end / SAMPLE_RATE
        return _clamp(start + shift, first, last), _clamp(end + shift, first, last)


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
    for stretch, samples in _find_stretches(silence_gaps(blocks, gaps), packing.longest):
        for piece in outside_gaps(stretch, holes):
            offset = piece.start - stretch.start
            yield from packing.add(piece, samples[offset : offset + piece.end - piece.start])
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


def _find_stretches(blocks: Iterable[Samples], longest: int) -> Iterator[tuple[Stretch, Samples]]:
    vad, segmenter = StreamingVad(), SpeechSegmenter(longest)
    kept, origin, length = np.zeros(0, np.float32), 0, 0
    for block in blocks:
        kept = np.concatenate((kept, block))
        length += len(block)
        for stretch in segmenter.feed(vad.probabilities(block)):
            yield stretch, kept[stretch.start - origin : stretch.end - origin]
        done = min(segmenter.needed_from, length) - origin
        kept, origin = kept[done:], origin + done
    for stretch in segmenter.finish(length):
        yield stretch, kept[stretch.start - origin : stretch.end - origin]


class _Packing:
    def __init__(self, longest: int) -> None:
        self.longest = longest
        self._pieces: list[Stretch] = []
        self._samples: list[Samples] = []
        self._length = 0

    def add(self, piece: Stretch, samples: Samples) -> Iterator[Chunk]:
        if self._length + len(samples) > self.longest:
            yield from self.finish()
        if self._pieces and self._pieces[-1].end == piece.start:
            piece = Stretch(self._pieces.pop().start, piece.end)
        self._pieces.append(piece)
        self._samples.append(samples)
        self._length += len(samples)

    def finish(self) -> Iterator[Chunk]:
        if self._pieces:
            yield Chunk(tuple(self._pieces), np.concatenate(self._samples))
        self._pieces, self._samples, self._length = [], [], 0


def _clamp(time: Seconds, first: Seconds, last: Seconds) -> Seconds:
    return min(max(time, first), last)
