"""From heard turns to the voices of a track: the part of diarization that needs no model."""

from collections.abc import Sequence

from multitrack_steps.diarization.clustering import voice_centres
from multitrack_steps.diarization.heard import Embedding, HeardTurn
from workflow_templates.contracts.base import Seconds
from workflow_templates.contracts.turns import Turn, Voice

__all__ = ["describe", "margin"]

_TOUCHING: Seconds = 0.1
"""Turns of one voice with no longer pause are one turn."""
_CLEAR_MARGIN = 0.3
"""So much more like its own voice than like any other, a turn is as certain as it gets."""
_DECIMALS = 4


def describe(
    turns: Sequence[HeardTurn], labels: Sequence[int]
) -> tuple[tuple[Turn, ...], tuple[Voice, ...]]:
    """Turns and voices as promised by the contract.

    Args:
        turns: Ordered by start.
        labels: The voice of each.
    """
    centres = voice_centres(turns, labels)
    number = {label: str(place) for place, label in enumerate(dict.fromkeys(labels), 1)}
    joined = _join_touching(turns, labels)
    overlaps = _overlaps(joined)
    described = tuple(
        Turn(
            start=round(turn.start, 3),
            end=round(turn.end, 3),
            label=number[label],
            confidence=_confidence(turn, label, centres),
            overlap=overlap,
        )
        for (turn, label), overlap in zip(joined, overlaps, strict=True)
    )
    voices = tuple(
        Voice(
            label=name,
            speaking=round(sum(t.end - t.start for t in described if t.label == name), 3),
            embedding=_rounded(centres.get(label)),
        )
        for label, name in number.items()
    )
    return described, voices


def margin(embedding: Embedding, label: int, centres: dict[int, Embedding]) -> float | None:
    """How much more like its own voice than like the next one; None with nothing to compare."""
    if label not in centres or len(centres) < 2:  # noqa: PLR2004 - one voice and another
        return None
    others = (float(centres[other] @ embedding) for other in centres if other != label)
    return float(centres[label] @ embedding) - max(others)


def _confidence(turn: HeardTurn, label: int, centres: dict[int, Embedding]) -> float | None:
    if turn.embedding is None:
        return None
    found = margin(turn.embedding, label, centres)
    return None if found is None else round(min(1.0, max(0.0, found / _CLEAR_MARGIN)), 3)


def _join_touching(
    turns: Sequence[HeardTurn], labels: Sequence[int]
) -> list[tuple[HeardTurn, int]]:
    joined: list[tuple[HeardTurn, int]] = []
    latest: dict[int, int] = {}
    for turn, label in zip(turns, labels, strict=True):
        place = latest.get(label)
        if place is not None and turn.start - joined[place][0].end <= _TOUCHING:
            joined[place] = (_joined(joined[place][0], turn), label)
            continue
        latest[label] = len(joined)
        joined.append((turn, label))
    return joined


def _joined(first: HeardTurn, second: HeardTurn) -> HeardTurn:
    longer = first if first.clear >= second.clear else second
    return HeardTurn(
        first.start,
        max(first.end, second.end),
        longer.embedding,
        first.clear + second.clear,
        first.hint,
    )


def _overlaps(turns: Sequence[tuple[HeardTurn, int]]) -> list[float]:
    """For each turn the share in which another voice speaks."""
    covered = [0.0] * len(turns)
    running: list[int] = []
    for place, (turn, label) in enumerate(turns):
        running = [earlier for earlier in running if turns[earlier][0].end > turn.start]
        for earlier in running:
            if turns[earlier][1] != label:
                common = min(turns[earlier][0].end, turn.end) - turn.start
                covered[earlier] += common
                covered[place] += common
        running.append(place)
    return [
        round(min(1.0, seconds / turn.length), 3) if turn.length > 0 else 0.0
        for seconds, (turn, _) in zip(covered, turns, strict=True)
    ]


def _rounded(embedding: Embedding | None) -> tuple[float, ...]:
    if embedding is None:
        return ()
    return tuple(round(value, _DECIMALS) for value in embedding.tolist())
