"""What speech takes of a GPU: `python -m tests.bench.gpu_speech MODEL DEVICE JOB TRACKS`.

Prints JSON: seconds to load the model, seconds it works on the tracks of a job's folder, and the
audio they hold. One process, so that the model's loading is told apart from the work.
"""

import json
import sys
import time
from pathlib import Path

from multitrack_steps.speech.loading import Workers, load_model
from multitrack_steps.speech.models import resolve_model
from multitrack_steps.speech.transcription import speech_of, transcribe_chunks
from multitrack_steps.speech.whisper import BatchedTranscriber
from workflow_templates.contracts.track import Track

__all__ = ["main"]

_BATCH = 8
"""transcribe-track's default."""


def main() -> None:
    """Load once, transcribe one track after the other, as one GPU does."""
    name, device, folder, count = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    started = time.monotonic()
    model = load_model(
        resolve_model(name, on_gpu=device == "cuda"),
        device=device,
        compute_type="auto",
        workers=Workers(1, 1),
    )
    loaded = time.monotonic()
    audio = 0.0
    for index in range(count):
        track = Track.read(folder / "track" / f"{index}.json")
        audio += track.duration
        transcribe_chunks(
            speech_of(folder / "audio" / f"{index}.flac", track, BatchedTranscriber.longest),
            BatchedTranscriber(model, "en", ()),
            batch_size=_BATCH if device == "cuda" else 1,
            workers=1,
            report=lambda _: None,
        )
    figures = {
        "load_seconds": loaded - started,
        "work_seconds": time.monotonic() - loaded,
        "audio_seconds": audio,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
