"""Cutting a track's stretches into blocks of one length, so that tracks can be added up in step."""

from collections.abc import Iterable, Iterator

import numpy as np

from multitrack_steps.audio.conversion import Samples
from multitrack_steps.audio.timeline import Stretch

__all__ = ["equal_blocks"]


def equal_blocks(stretches: Iterable[Stretch], size: int) -> Iterator[Samples]:
    """Regroup samples into blocks of `size`; the last one may be shorter."""
    parts: list[Samples] = []
    missing = size
    for stretch in stretches:
        samples = stretch.samples
        while len(samples):
            parts.append(samples[:missing])
            missing -= len(parts[-1])
            samples = samples[len(parts[-1]) :]
            if not missing:
                yield np.concatenate(parts)
                parts, missing = [], size
    if parts:
        yield np.concatenate(parts)
