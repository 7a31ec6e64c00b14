"""From blocks to turns and voices, with voices made of numbers."""

import tracemalloc
from collections.abc import Callable
from itertools import pairwise

import pytest

from multitrack_steps.diarization.audio import Block, cut_blocks
from multitrack_steps.diarization.diarizer import diarize
from multitrack_steps.diarization.heard import Embedding, HeardTurn
from multitrack_steps.diarization.linking import link_blocks
from multitrack_steps.diarization.settings import VoiceBounds
from multitrack_steps.speech.flac import SAMPLE_RATE, Samples
from tests.unit.diarization.made_voices import MadeEngine, Said, track_of, turn, voice
from workflow_templates.contracts.turns import Turn, Voice

THRESHOLD = 0.68


def listen(
    said: list[Said],
    duration: float,
    *,
    longest: float = 600.0,
    threshold: float | None = THRESHOLD,
    voices: VoiceBounds | None = None,
    engine: MadeEngine | None = None,
) -> tuple[tuple[Turn, ...], tuple[Voice, ...]]:
    done: list[float] = []
    found = diarize(
        cut_blocks([track_of(said, duration)], longest),
        engine or MadeEngine(),
        threshold=threshold,
        voices=voices or VoiceBounds(),
        report=done.append,
    )
    assert done == sorted(done)
    assert done[-1] == pytest.approx(duration)
    return found


def who(turns: tuple[Turn, ...]) -> list[tuple[str, float, float]]:
    return [(turn.label, round(turn.start, 1), round(turn.end, 1)) for turn in turns]


def test_labels_follow_the_order_in_which_voices_are_heard() -> None:
    said = [(7, 1.0, 4.0), (3, 5.0, 8.0), (7, 9.0, 12.0)]
    turns, voices = listen(said, 20.0)
    assert who(turns) == [("1", 1.0, 4.0), ("2", 5.0, 8.0), ("1", 9.0, 12.0)]
    assert [(voice.label, voice.speaking) for voice in voices] == [("1", 6.0), ("2", 3.0)]
    assert all(turn.confidence is not None and turn.confidence > 0.9 for turn in turns)


def test_a_change_of_voice_without_a_pause_is_found() -> None:
    said = [(1, 0.0, 5.0), (2, 6.0, 11.0), (1, 12.0, 16.0), (2, 16.0, 20.0)]
    turns, _ = listen(said, 21.0)
    assert [label for label, _, _ in who(turns)] == ["1", "2", "1", "2"]
    assert turns[2].end == pytest.approx(16.0, abs=0.3)
    assert turns[3].start == turns[2].end


def test_one_voice_is_one_and_no_voice_is_none() -> None:
    turns, voices = listen([(4, 1.0, 3.0), (4, 5.0, 9.0)], 10.0)
    assert (len(voices), {turn.label for turn in turns}) == (1, {"1"})
    assert all(turn.confidence is None for turn in turns), "nothing to compare with"
    assert listen([], 10.0) == ((), ())


def test_silent_blocks_are_not_listened_to() -> None:
    engine = MadeEngine()
    listen([(1, 2.0, 5.0)], 600.0, longest=120.0, engine=engine)
    assert len(engine.asked) == 1


def test_a_voice_keeps_its_label_over_all_blocks() -> None:
    said = [
        (1 + place % 3, 4.0 * place + 1, 4.0 * place + 4) for place in range(150)
    ]  # ten minutes, no block as long as two
    turns, voices = listen(said, 601.0, longest=120.0)
    assert len(voices) == 3
    assert [label for label, _, _ in who(turns)] == [str(1 + place % 3) for place in range(150)]


def test_a_known_number_is_asked_of_a_whole_track_and_not_of_its_parts() -> None:
    whole, parts = MadeEngine(), MadeEngine()
    said = [(1, 1.0, 60.0), (2, 70.0, 130.0), (1, 140.0, 200.0)]
    listen(said, 210.0, voices=VoiceBounds(2, 2), engine=whole)
    assert whole.asked == [VoiceBounds(2, 2)]
    _, voices = listen(said, 210.0, longest=120.0, voices=VoiceBounds(2, 2), engine=parts)
    assert set(parts.asked) == {VoiceBounds(1, 2)}
    assert len(voices) == 2


COUNTS = {
    "an open number finds all": (VoiceBounds(), 5),
    "a known number": (VoiceBounds(3, 3), 3),
    "at most so many": (VoiceBounds(2, 4), 4),
    "at least fewer than there are": (VoiceBounds(2, None), 5),
}


@pytest.mark.parametrize("longest", [600.0, 120.0])
@pytest.mark.parametrize(("voices", "want"), COUNTS.values(), ids=COUNTS)
def test_the_number_of_voices_is_known_bounded_or_open(
    voices: VoiceBounds, want: int, longest: float
) -> None:
    said = [(1 + place % 5, 5.0 * place + 1, 5.0 * place + 5) for place in range(50)]
    _, found = listen(said, 251.0, longest=longest, voices=voices)
    assert len(found) == want


def test_twenty_voices_are_twenty() -> None:
    said = [(1 + place % 20, 6.0 * place + 1, 6.0 * place + 6) for place in range(200)]
    turns, voices = listen(said, 1201.0)
    assert [voice.label for voice in voices] == [str(number) for number in range(1, 21)]
    assert [label for label, _, _ in who(turns)] == [str(1 + place % 20) for place in range(200)]


class Knowing(MadeEngine):
    """Knows who speaks: in each minute the one voice, then the other. Looks at hardly a sample."""

    def turns(
        self,
        block: Block,
        voices: VoiceBounds,  # noqa: ARG002 - asks nobody
        report: Callable[[float], None],  # noqa: ARG002 - done at once
    ) -> list[HeardTurn]:
        starts = [half * 30 + 1.0 for half in range(360)]
        return [
            HeardTurn(start, start + 28)
            for start in starts
            if block.start <= start and start + 28 <= block.end
        ]

    def embed(self, samples: Samples) -> Embedding:
        return voice(int(samples[0]))


def test_three_hours_are_held_a_block_at_a_time() -> None:
    minute = track_of([(1, 1.0, 29.0), (2, 31.0, 59.0)], 60.0)
    tracemalloc.start()
    turns, voices = diarize(
        cut_blocks(minute.copy() for _ in range(180)),
        Knowing(),
        threshold=THRESHOLD,
        voices=VoiceBounds(),
        report=lambda _: None,
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(turns), len(voices)) == (360, 2)
    whole = 180 * minute.nbytes
    assert peak < whole / 3, "a few blocks of ten minutes"


def test_a_models_own_voices_are_kept_within_a_block() -> None:
    turns, voices = listen([(5, 1.0, 4.0), (5, 6.0, 9.0)], 10.0, threshold=None)
    assert len(voices) == 2, "the made engine names every turn anew"
    assert len(turns) == 2


def test_turns_are_ordered_and_overlap_is_said() -> None:
    engine = MadeEngine()
    blocks = [Block(0.0, track_of([(1, 0.0, 4.0), (2, 3.0, 7.0)], 8.0))]
    turns, _ = diarize(
        blocks, engine, threshold=THRESHOLD, voices=VoiceBounds(), report=lambda _: None
    )
    assert all(before.start <= after.start for before, after in pairwise(turns))
    assert all(0 <= turn.overlap <= 1 for turn in turns)


def test_blocks_are_linked_by_voice_and_never_within() -> None:
    first = [turn(1, 0, 3), turn(2, 4, 7)]
    second = [turn(2, 10, 13), turn(1, 14, 17), turn(3, 18, 21)]
    assert link_blocks([first, second], None) == [0, 1, 1, 0, 2]
    assert link_blocks([first, second], 2)[:4] == [0, 1, 1, 0]
    assert max(link_blocks([first, second], 2)) == 1
    twins = [turn(1, 0, 3), turn(1, 4, 7)]
    twins[1] = twins[1].part(4, 7)
    apart = [twins[0], turn(2, 4, 7)]
    assert len(set(link_blocks([apart], None))) == 2


def test_the_rate_of_made_tracks_is_that_of_the_steps() -> None:
    assert len(track_of([], 1.0)) == SAMPLE_RATE
