import time
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.vad import VadOptions, get_speech_timestamps, get_vad_model

from multitrack_steps.speech.flac import BLOCK
from multitrack_steps.speech.segmentation import SpeechSegmenter
from multitrack_steps.speech.vad import WINDOW, StreamingVad
from tests.unit.speech.recordings import RATE, noise, placed, silence


def as_float(samples: np.ndarray) -> np.ndarray:
    return samples.astype(np.float32) / np.float32(32_768)


@pytest.fixture(scope="module")
def carol(sample: Path) -> np.ndarray:
    return as_float(placed(sample / "Carol.webm")[0])


def test_probabilities_do_not_depend_on_blocks(carol: np.ndarray) -> None:
    speech = carol[20 * 16_000 : 50 * 16_000]
    whole = StreamingVad().probabilities(speech)
    vad = StreamingVad()
    blocks = [
        vad.probabilities(speech[i : i + 50 * WINDOW]) for i in range(0, len(speech), 50 * WINDOW)
    ]
    assert np.max(np.abs(np.concatenate(blocks) - whole)) < 0.25
    assert np.mean((np.concatenate(blocks) > 0.5) == (whole > 0.5)) > 0.995


def test_without_a_gate_they_are_those_of_faster_whisper() -> None:
    loud = as_float(noise(8.0, -30.0))[: 200 * WINDOW]
    # faster-whisper's own code overwrites the end of the last window.
    want = get_vad_model()(loud.copy()).ravel()[:-1]
    assert StreamingVad().probabilities(loud)[:-1] == pytest.approx(want, abs=1e-3)


def test_the_same_stretches_as_faster_whisper_finds(carol: np.ndarray) -> None:
    options = VadOptions(max_speech_duration_s=30, min_silence_duration_ms=160)
    want = get_speech_timestamps(carol.copy(), options)
    vad, segmenter = StreamingVad(), SpeechSegmenter(30 * 16_000)
    found = []
    for start in range(0, len(carol), BLOCK):
        found += list(segmenter.feed(vad.probabilities(carol[start : start + BLOCK])))
    found += list(segmenter.finish(len(carol)))
    borders = [border for one in found for border in (one.heard.start, one.heard.end)]
    assert borders == pytest.approx(
        [border for one in want for border in (one["start"], one["end"])], abs=0.1 * RATE
    )


@pytest.mark.parametrize("samples", [silence(60), noise(60, -75.0)], ids=["zeros", "faint noise"])
def test_silence_does_not_reach_the_network(samples: np.ndarray) -> None:
    started = time.process_time()
    assert not StreamingVad().probabilities(np.tile(as_float(samples), 20)).any()
    # 20 minutes take the network 1.7 s.
    assert time.process_time() - started < 1.0
