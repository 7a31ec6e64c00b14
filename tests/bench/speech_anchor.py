"""The anchor of transcription: faster-whisper alone on the same files.

`python -m tests.bench.speech_anchor best|defaults MODEL FILE...`. Best: batches of 8, one thread a
worker, as many workers as cores, decoding included. Defaults: what its README shows.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from faster_whisper import BatchedInferencePipeline, WhisperModel


def transcribe_best(model_path: str, files: list[str]) -> None:
    """One model, a worker per core, one thread each, batched."""
    cores = len(os.sched_getaffinity(0))
    model = WhisperModel(
        model_path, device="cpu", compute_type="int8", cpu_threads=1, num_workers=cores
    )
    pipeline = BatchedInferencePipeline(model)

    def transcribe(file: str) -> int:
        segments, _ = pipeline.transcribe(
            file, batch_size=8, word_timestamps=True, vad_filter=True, language="en"
        )
        return sum(len(segment.words or ()) for segment in segments)

    with ThreadPoolExecutor(cores) as pool:
        print(sum(pool.map(transcribe, files)))


def transcribe_defaults(model_path: str, files: list[str]) -> None:
    """One file after the other, sequential decoding, its own number of threads."""
    model = WhisperModel(model_path, device="cpu", compute_type="int8")
    for file in files:
        segments, _ = model.transcribe(file, word_timestamps=True, vad_filter=True, language="en")
        print(sum(len(segment.words or ()) for segment in segments))


if __name__ == "__main__":
    how, model_argument, *paths = sys.argv[1:]
    (transcribe_best if how == "best" else transcribe_defaults)(model_argument, paths)
