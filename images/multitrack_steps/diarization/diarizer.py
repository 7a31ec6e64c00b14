"""A track's turns and voices, block by block, with the same labels throughout.

Holds one block's samples and every turn's embedding: 1 kB a turn, 10 MB for three lively hours.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np

from multitrack_steps.diarization.audio import Block
from multitrack_steps.diarization.changes import (
    WINDOW,
    likely_path,
    stretches,
    window_starts,
)
from multitrack_steps.diarization.clustering import cluster_turns, voice_centres
from multitrack_steps.diarization.heard import Embedding, HeardTurn, alone
from multitrack_steps.diarization.linking import link_blocks
from multitrack_steps.diarization.settings import VoiceBounds
from multitrack_steps.diarization.voices import describe, margin
from multitrack_steps.speech.flac import Samples, to_samples
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.turns import Turn, Voice

__all__ = ["Engine", "diarize"]

_DOUBTFUL = 0.4
"""A turn that is so little more like its own voice than like another may hold both."""
_CLEAR_ENOUGH: Seconds = 0.3
"""A turn with less speech of its own is heard as it is, the other voices too."""


class Engine(Protocol):
    """Who speaks when in a block, and what a stretch sounds like."""

    def turns(
        self, block: Block, voices: VoiceBounds, report: Callable[[float], None]
    ) -> list[HeardTurn]:
        """Turns of the block on the recording's clock, ordered by start."""

    def embed(self, samples: Samples) -> Embedding | None:
        """What the samples sound like."""


def diarize(
    blocks: Iterable[Block],
    engine: Engine,
    *,
    threshold: float | None,
    voices: VoiceBounds,
    report: Callable[[Seconds], None],
) -> tuple[tuple[Turn, ...], tuple[Voice, ...]]:
    """Tell the voices of a track apart.

    Args:
        blocks: The track, in order; silent ones are not listened to.
        engine: The model.
        threshold: Cosine from which two turns are of one voice; None keeps the model's own voices.
        voices: How many there are on the whole track.
        report: Told the seconds of the track that are done.
    """
    heard: list[list[HeardTurn]] = []
    for block, is_only in _with_only(blocks):
        if block.samples.any():
            bounds = voices if is_only else VoiceBounds(1, voices.most)
            turns = engine.turns(block, bounds, _share_of(block, report))
            turns = _listen(turns, block, engine)
            if threshold is not None:
                turns = _divide(turns, block, engine, threshold, bounds)
            heard.append(turns)
        report(block.end)
    turns = [turn for part in heard for turn in part]
    if threshold is None:
        labels = link_blocks(heard, voices.most)
    else:
        labels = cluster_turns(turns, threshold, voices)
    return describe(turns, labels)


def _share_of(block: Block, report: Callable[[Seconds], None]) -> Callable[[float], None]:
    return lambda share: report(block.start + share * (block.end - block.start))


def _with_only(blocks: Iterable[Block]) -> Iterator[tuple[Block, bool]]:
    """Each block, and whether it is the only one."""
    iterator = iter(blocks)
    first = next(iterator, None)
    if first is None:
        return
    second = next(iterator, None)
    yield first, second is None
    if second is not None:
        yield second, False
    for block in iterator:
        yield block, False


def _listen(turns: Sequence[HeardTurn], block: Block, engine: Engine) -> list[HeardTurn]:
    """The turns with what they sound like: each where nobody else speaks, if that is enough."""
    listened = []
    for index, turn in enumerate(turns):
        own = alone(turns, index)
        clear = sum(end - start for start, end in own)
        spans = own if clear >= _CLEAR_ENOUGH else [(turn.start, turn.end)]
        embedding = engine.embed(_samples(block, spans))
        listened.append(
            HeardTurn(
                turn.start,
                turn.end,
                embedding,
                max(clear, 1e-3) if embedding is not None else 0.0,
                turn.hint,
            )
        )
    return listened


def _divide(
    turns: list[HeardTurn], block: Block, engine: Engine, threshold: float, voices: VoiceBounds
) -> list[HeardTurn]:
    """Cut turns where the voice changes within them."""
    labels = cluster_turns(turns, threshold, voices)
    centres = voice_centres(turns, labels)
    divided = [
        part
        for turn, label in zip(turns, labels, strict=True)
        for part in _parts(turn, label, centres, block, engine)
    ]
    if len(divided) == len(turns):
        return turns
    divided.sort(key=lambda turn: (turn.start, turn.end))
    fresh = _listen(divided, block, engine)
    return [
        old if old.embedding is not None else new for old, new in zip(divided, fresh, strict=True)
    ]


def _parts(
    turn: HeardTurn, label: int, centres: dict[int, Embedding], block: Block, engine: Engine
) -> list[HeardTurn]:
    starts = window_starts(turn.start, turn.end)
    if turn.embedding is None or len(starts) < 2:  # noqa: PLR2004 - a change is between two
        return [turn]
    found = margin(turn.embedding, label, centres)
    if found is None or found > _DOUBTFUL:
        return [turn]
    windows = [engine.embed(_samples(block, [(start, start + WINDOW)])) for start in starts]
    known = [(start, each) for start, each in zip(starts, windows, strict=True) if each is not None]
    if not known:
        return [turn]
    names = sorted(centres)
    voices = np.array([centres[name] for name in names])
    path = likely_path(np.array([each for _, each in known]) @ voices.T)
    spans = list(stretches(turn.start, turn.end, [start for start, _ in known], path))
    return [turn] if len(spans) == 1 else [turn.part(*span) for span in spans]


def _samples(block: Block, spans: Sequence[tuple[Seconds, Seconds]]) -> Samples:
    first = to_samples(block.start)
    parts = [
        block.samples[max(0, to_samples(start) - first) : max(0, to_samples(end) - first)]
        for start, end in spans
    ]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)
