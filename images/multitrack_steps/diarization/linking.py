"""One name per voice over all blocks of a track, for models whose own voices are kept."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from multitrack_steps.diarization.clustering import voice_centres
from multitrack_steps.diarization.heard import Embedding, HeardTurn

__all__ = ["LINKED", "link_blocks"]

LINKED = 0.5
"""Cosine from which a block's voice is one of an earlier block: two means of many seconds of one
voice are much more alike, those of two people mostly less."""


def link_blocks(blocks: Sequence[Sequence[HeardTurn]], most: int | None) -> list[int]:
    """The voice of each turn of all blocks, in order.

    Two voices of one block never become one.

    Args:
        blocks: Turns by block; `hint` says which are of one voice within it.
        most: So many voices at most: then a block's voice joins the one that it is most like.
    """
    known: dict[int, Embedding] = {}
    weight: dict[int, float] = {}
    labels: list[int] = []
    total = 0
    for turns in blocks:
        hints = list(dict.fromkeys(turn.hint for turn in turns))
        centres = voice_centres(turns, [hints.index(turn.hint) for turn in turns])
        chosen = _match(centres, known, full=most is not None and total >= most)
        for place in range(len(hints)):
            if place not in chosen:
                chosen[place] = total if most is None or total < most else most - 1
                total = max(total, chosen[place] + 1)
            if place in centres:
                _learn(known, weight, chosen[place], centres[place])
        labels += [chosen[hints.index(turn.hint)] for turn in turns]
    return labels


def _match(
    found: dict[int, Embedding], known: dict[int, Embedding], *, full: bool
) -> dict[int, int]:
    if not found or not known:
        return {}
    rows, columns = list(found), list(known)
    alike = np.array([[float(found[row] @ known[column]) for column in columns] for row in rows])
    pairs = zip(*linear_sum_assignment(alike, maximize=True), strict=True)
    return {
        rows[row]: columns[column] for row, column in pairs if full or alike[row, column] >= LINKED
    }


def _learn(
    known: dict[int, Embedding], weight: dict[int, float], label: int, centre: Embedding
) -> None:
    before = weight.get(label, 0.0)
    mixed = centre if label not in known else known[label] * before + centre
    known[label] = (mixed / max(float(np.linalg.norm(mixed)), 1e-9)).astype(np.float32)
    weight[label] = before + 1.0
