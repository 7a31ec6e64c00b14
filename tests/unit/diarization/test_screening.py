"""Whether a sample of a track holds one voice, several, or none."""

from collections.abc import Sequence

import numpy as np
import pytest

from multitrack_steps.diarization.heard import Embedding
from multitrack_steps.diarization.screening import voices_in
from multitrack_steps.speech.flac import SAMPLE_RATE, Samples
from tests.unit.diarization.made_voices import MadeEngine, track_of

Spoken = Sequence[tuple[int, float]]
"""Voice and seconds, one after the other in one stretch."""


class MadeEar(MadeEngine):
    """Hears each voice of `made_voices` for itself."""

    def alone(self, samples: Samples) -> list[Samples]:
        return [samples[samples == number] for number in np.unique(samples) if number > 0]

    def embed(self, samples: Samples) -> Embedding:
        found = super().embed(samples)
        assert found is not None
        return found


def stretch(spoken: Spoken) -> Samples:
    said, end = [], 0.0
    for number, seconds in spoken:
        said.append((number, end, end + seconds))
        end += seconds
    return track_of(said, 4.0)


HEARD: dict[str, tuple[Sequence[Spoken], list[float]]] = {
    "nobody": ([[], []], []),
    "one voice": ([[(1, 4.0)], [(1, 3.0)]], [7.0]),
    "a guest in two stretches": ([[(1, 4.0)]] * 9 + [[(2, 2.0)]] * 2, [36.0, 4.0]),
    "two who talk to each other": ([[(1, 2.0), (2, 2.0)]] * 3, [6.0, 6.0]),
    "a passer-by in one stretch": ([[(1, 4.0)]] * 9 + [[(2, 4.0)]], [36.0]),
    "two short words of a passer-by": ([[(1, 4.0)]] * 9 + [[(2, 1.2)]] * 2, [36.0]),
    "coughs that are too short for a voice": ([[(1, 4.0)]] * 5 + [[(2, 0.6)]] * 9, [20.0]),
    "too little to know a voice by": ([[(1, 4.0)]], []),
    "five": ([[(number, 3.0)] for number in (1, 2, 3, 4, 5) for _ in range(2)], [6.0] * 5),
}


@pytest.mark.parametrize(("stretches", "want"), HEARD.values(), ids=HEARD)
def test_voices(stretches: Sequence[Spoken], want: list[float]) -> None:
    voices = voices_in(map(stretch, stretches), MadeEar())
    assert [voice.speaking for voice in voices] == pytest.approx(want, abs=0.01)
    assert [voice.label for voice in voices] == [str(place + 1) for place in range(len(want))]


def test_what_a_voice_sounds_like_has_length_one() -> None:
    (voice,) = voices_in(map(stretch, [[(1, 4.0)]] * 3), MadeEar())
    assert np.linalg.norm(voice.embedding) == pytest.approx(1.0, abs=0.001)


def test_a_stretch_of_less_than_a_second_is_not_listened_to() -> None:
    class Deaf(MadeEar):
        def alone(self, samples: Samples) -> list[Samples]:
            raise AssertionError(len(samples) / SAMPLE_RATE)

    assert voices_in([np.zeros(64_000, np.float32), stretch([(1, 0.5)])], Deaf()) == ()
