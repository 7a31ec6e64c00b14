"""The legacy pipeline's transcription service, re-created by us from its described behaviour.

No code of the legacy pipeline. ffmpeg to 16 kHz mono, silero VAD over the whole track (the padding
too), speech joined to stretches of at most 30 s, each given to faster-whisper by itself: beam 5,
words with times, its own VAD with 500 ms, an end never after the next start.

`python -m tests.bench.legacy.speech MODEL DEVICE TARGET_FOLDER FILE...`
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.vad import VadOptions, get_speech_timestamps
from numpy.typing import NDArray

from multitrack_steps.audio.ffmpeg import find_ffmpeg

__all__ = ["transcribe"]

RATE = 16_000
_LONGEST = 30.0
_SHORTEST = 0.5
_SILENCE_MS = 500


def transcribe(model: WhisperModel, track: Path) -> list[dict[str, Any]]:
    """Words of one track: word, start, end in seconds at two decimals."""
    samples = _decode(track)
    words: list[dict[str, Any]] = []
    for start, stretch in _stretches(samples):
        segments, _ = model.transcribe(
            stretch,
            language="en",
            beam_size=5,
            word_timestamps=True,
            vad_filter=True,
            vad_parameters={"min_silence_duration_ms": _SILENCE_MS},
        )
        words += [
            {
                "word": word.word,
                "start": round(start + word.start, 2),
                "end": round(start + word.end, 2),
            }
            for segment in segments
            for word in segment.words or ()
        ]
    for word, following in pairwise(words):
        word["end"] = min(word["end"], following["start"])
    return words


def _decode(track: Path) -> NDArray[np.float32]:
    argv = [find_ffmpeg(), "-nostdin", "-v", "error", "-i", str(track)]
    raw = subprocess.run(
        [*argv, "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-"], check=True, capture_output=True
    )
    return np.frombuffer(raw.stdout, np.float32)


def _stretches(samples: NDArray[np.float32]) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Speech joined up to 30 s, with where it starts; at least half a second each."""
    options = VadOptions(min_silence_duration_ms=_SILENCE_MS)
    joined: list[list[int]] = []
    for speech in get_speech_timestamps(samples, options):
        if joined and speech["end"] - joined[-1][0] <= _LONGEST * RATE:
            joined[-1][1] = speech["end"]
        else:
            joined.append([speech["start"], speech["end"]])
    for start, end in joined:
        stretch = samples[start:end]
        lacking = max(0, round(_SHORTEST * RATE) - len(stretch))
        yield start / RATE, np.pad(stretch, (0, lacking))


def main() -> None:
    """Transcribe files with one loaded model, as many at once as there are cores, a thread each."""
    model_path, device, target, *files = sys.argv[1:]
    cores = len(os.sched_getaffinity(0))
    kind = "float16" if device == "cuda" else "int8"
    model = WhisperModel(
        model_path, device=device, compute_type=kind, cpu_threads=1, num_workers=cores
    )
    with ThreadPoolExecutor(cores) as pool:
        heard = pool.map(lambda file: transcribe(model, Path(file)), files)
        for index, words in enumerate(heard):
            content = {"text": "".join(word["word"] for word in words), "words": words}
            (Path(target) / f"{index}.json").write_text(json.dumps(content))


if __name__ == "__main__":
    main()
