from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import WhisperModel

from multitrack_steps.speech.chunks import Chunk, find_speech
from multitrack_steps.speech.flac import BLOCK, Samples
from multitrack_steps.speech.loading import Workers, load_model
from multitrack_steps.speech.models import resolve_model
from multitrack_steps.speech.segmentation import Stretch
from multitrack_steps.speech.settings import Backend, Decoding, Device, TranscriptionSettings
from multitrack_steps.speech.whisper import BatchedTranscriber, fit_vocabulary, leaves_out_speech
from multitrack_steps.speech.whisper_backend import plan_workers
from multitrack_steps.speech.words import SpokenWord
from tests.unit.speech.recordings import RATE, Pcm, noise, placed

TINY, BASE, TURBO = 78_000_000, 148_000_000, 1_600_000_000


@dataclass(frozen=True)
class Plan:
    threads: int
    want: Workers
    decoding: Decoding = Decoding.BATCHED
    batch_size: int = 8
    device: str = "cpu"
    size: int = TINY


PLANS = {
    "one thread, one chunk at a time": Plan(1, Workers(1, 1)),
    "two threads, two chunks side by side": Plan(2, Workers(2, 1)),
    "no more chunks under way than a batch holds": Plan(16, Workers(8, 2)),
    "batches of one": Plan(4, Workers(1, 4), batch_size=1),
    "sequential with a small model": Plan(4, Workers(1, 1), Decoding.SEQUENTIAL, size=BASE),
    "sequential with a large model": Plan(4, Workers(1, 4), Decoding.SEQUENTIAL, size=TURBO),
    "a GPU decodes one batch after the other": Plan(4, Workers(1, 4), device="cuda"),
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_threads_are_spread(plan: Plan) -> None:
    settings = TranscriptionSettings(
        backend=Backend.FASTER_WHISPER,
        model="auto",
        language="auto",
        vocabulary=(),
        decoding=plan.decoding,
        device=Device.AUTO,
        compute_type="auto",
        threads=plan.threads,
        batch_size=plan.batch_size,
        base_url="",
    )
    assert plan_workers(settings, plan.device, plan.size) == plan.want


@pytest.fixture(scope="module")
def tiny() -> WhisperModel:
    model = resolve_model("tiny.en", on_gpu=False)
    return load_model(model, device="cpu", compute_type="auto", workers=Workers(1, 1))


def as_float(samples: Pcm) -> Samples:
    return samples.astype(np.float32) / np.float32(32_768)


@pytest.mark.models
def test_chunks_in_one_batch_have_the_words_of_each_alone(tiny: WhisperModel, sample: Path) -> None:
    track = as_float(placed(sample / "Alice.webm")[0])
    blocks: Iterator[Samples] = (track[i : i + BLOCK].copy() for i in range(0, len(track), BLOCK))
    chunks = list(find_speech(blocks, (), 20.0))
    assert len(chunks) > 2
    transcriber = BatchedTranscriber(tiny, "en", ())
    together = transcriber.transcribe(chunks)
    alone = [transcriber.transcribe([chunk])[0] for chunk in chunks]
    for ours, theirs in zip(together, alone, strict=True):
        assert [word.text for word in ours] == [word.text for word in theirs]
        differences = [abs(a.start - b.start) for a, b in zip(ours, theirs, strict=True)]
        assert np.median(differences) < 0.02


SOUNDS = {
    "loud noise": noise(10, -15.0),
    "soft noise": noise(10, -35.0),
    "a tone": (8_000 * np.sin(2 * np.pi * 220 * np.arange(10 * RATE) / RATE)).astype(np.int16),
}


@pytest.mark.models
@pytest.mark.parametrize("sound", SOUNDS.values(), ids=SOUNDS)
def test_what_whisper_calls_silence_has_no_words(tiny: WhisperModel, sound: Pcm) -> None:
    whole = Stretch(0, len(sound))
    chunk = Chunk((whole,), (whole,), as_float(sound))
    assert BatchedTranscriber(tiny, "en", ()).transcribe([chunk]) == [[]]


@pytest.mark.models
def test_a_vocabulary_is_cut_to_what_the_prompt_holds(tiny: WhisperModel) -> None:
    names = [f"Name{number}" for number in range(100)]
    fitted = fit_vocabulary(names, tiny)
    assert 20 < len(fitted) < 60
    assert list(fitted) == names[: len(fitted)]
    assert fit_vocabulary(names[:3], tiny) == tuple(names[:3])
    assert fit_vocabulary((), tiny) == ()


@pytest.mark.parametrize(
    ("starts", "duration", "left_out"),
    [
        pytest.param([0.1, 0.6, 3.0, 7.5], 12.0, False, id="words follow one another"),
        pytest.param([0.1, 0.6, 20.0], 21.0, True, id="sentences are missing in the middle"),
        pytest.param([6.0, 6.5], 7.0, True, id="the beginning is missing"),
        pytest.param([0.1, 0.6], 29.0, True, id="the end is missing"),
        pytest.param([], 29.0, False, id="nothing was understood"),
    ],
)
def test_a_chunk_without_words_for_long_was_not_decoded_whole(
    starts: list[float], duration: float, *, left_out: bool
) -> None:
    words = [SpokenWord(" x", start, start + 0.2, 0.9) for start in starts]
    assert leaves_out_speech(words, duration) is left_out
