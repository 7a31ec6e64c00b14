from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from multitrack_steps.speech.chunks import Chunk, find_speech, outside_gaps
from multitrack_steps.speech.flac import BLOCK
from multitrack_steps.speech.segmentation import Stretch
from tests.unit.speech.recordings import RATE, placed
from workflow_templates.contracts.track import Gap


@dataclass(frozen=True)
class GapCase:
    gaps: Sequence[tuple[int, int]]
    want: Sequence[tuple[int, int]]


GAP_CASES = {
    "no gap leaves the stretch whole": GapCase([], [(10_000, 30_000)]),
    "gaps elsewhere leave it whole": GapCase([(0, 10_000), (30_000, 99_000)], [(10_000, 30_000)]),
    "a gap inside cuts it": GapCase([(15_000, 20_000)], [(10_000, 15_000), (20_000, 30_000)]),
    "a gap at its beginning shortens it": GapCase([(0, 12_000)], [(12_000, 30_000)]),
    "a gap at its end shortens it": GapCase([(28_000, 40_000)], [(10_000, 28_000)]),
    "a gap over all of it leaves nothing": GapCase([(0, 40_000)], []),
    "crumbs between gaps are dropped": GapCase(
        [(10_100, 20_000), (20_100, 22_000)], [(22_000, 30_000)]
    ),
}


@pytest.mark.parametrize("case", GAP_CASES.values(), ids=GAP_CASES)
def test_gaps_are_cut_out(case: GapCase) -> None:
    gaps = [Stretch(*gap) for gap in case.gaps]
    left = outside_gaps(Stretch(10_000, 30_000), gaps)
    assert [(piece.start, piece.end) for piece in left] == list(case.want)


@dataclass(frozen=True)
class Place:
    given: tuple[float, float]
    want: tuple[float, float]


PLACES = {
    "in the first piece": Place((1.0, 1.5), (11.0, 11.5)),
    "in the second piece": Place((3.0, 3.5), (51.0, 51.5)),
    "across the cut, most of it before": Place((1.2, 2.1), (11.2, 12.0)),
    "across the cut, most of it after": Place((1.9, 2.8), (50.0, 50.8)),
    "past the chunk's end": Place((3.5, 9.0), (51.5, 52.0)),
    "beginning in the silence before speech": Place((0.1, 1.0), (10.3, 11.0)),
    "all of it before speech": Place((0.0, 0.2), (10.0, 10.2)),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_words_return_to_the_recordings_clock(place: Place) -> None:
    second = RATE
    chunk = Chunk(
        pieces=(Stretch(10 * second, 12 * second), Stretch(50 * second, 52 * second)),
        speech=(Stretch(round(10.4 * second), 12 * second), Stretch(50 * second, 52 * second)),
        samples=np.zeros(4 * second, np.float32),
    )
    assert chunk.locate(*place.given) == pytest.approx(place.want)


@pytest.fixture(scope="module")
def alice(sample: Path) -> np.ndarray:
    return placed(sample / "Alice.webm")[0].astype(np.float32) / np.float32(32_768)


def blocks(samples: np.ndarray) -> Iterator[np.ndarray]:
    return (samples[i : i + BLOCK].copy() for i in range(0, len(samples), BLOCK))


@pytest.mark.parametrize("longest", [10.0, 30.0, 300.0])
def test_chunks_are_full_bounded_and_made_of_the_recording(
    alice: np.ndarray, longest: float
) -> None:
    chunks = list(find_speech(blocks(alice), (), longest))
    assert all(chunk.duration <= longest for chunk in chunks)
    assert all(chunk.duration > longest - 8 for chunk in chunks[:-1])
    for chunk in chunks:
        parts = [alice[piece.start : piece.end] for piece in chunk.pieces]
        assert np.array_equal(np.concatenate(parts), chunk.samples)
    assert sum(chunk.duration for chunk in chunks) == pytest.approx(58, abs=2)


def test_no_piece_lies_in_a_gap_even_where_there_is_sound(alice: np.ndarray) -> None:
    gaps = (Gap(start=2.0, end=3.0), Gap(start=9.0, end=60.0), Gap(start=61.5, end=61.6))
    whole = sum(chunk.duration for chunk in find_speech(blocks(alice), (), 30.0))
    chunks = list(find_speech(blocks(alice), gaps, 30.0))
    for piece in (piece for chunk in chunks for piece in chunk.pieces):
        assert all(
            piece.end <= round(gap.start * RATE) or piece.start >= round(gap.end * RATE)
            for gap in gaps
        )
    assert sum(chunk.duration for chunk in chunks) < whole - 15
