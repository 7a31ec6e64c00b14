"""Lines about a GPU: what loading the production model and transcribing with it takes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ctranslate2

from tests.bench.bench import Bench, Row
from tests.bench.bench_legacy import make_tracks
from tests.bench.bench_media import step_argv
from tests.bench.measure import measure
from tests.bench.sizes import Size
from tests.media.steps import an_item

__all__ = ["GpuFigures", "gpu_figures", "rows_gpu"]

_MODEL = "large-v3-turbo"


@dataclass(frozen=True, slots=True)
class GpuFigures:
    """Of one recording's tracks, one after the other on one device."""

    load_seconds: float
    work_seconds: float
    audio_seconds: float
    """Of all tracks, silence too."""


def gpu_figures(job: Path, tracks: int, *, model: str, device: str) -> GpuFigures:
    """Transcribe a job's padded tracks on the device.

    Args:
        job: Where pad-track has left them.
        tracks: How many.
        model: As transcribe-track takes it.
        device: cuda; cpu to try this out.
    """
    argv = [sys.executable, "-m", "tests.bench.gpu_speech", model, device, str(job), str(tracks)]
    told = subprocess.run(argv, check=True, capture_output=True, text=True)
    return GpuFigures(**json.loads(told.stdout))


def rows_gpu(bench: Bench) -> Iterator[Row]:
    """`large-v3-turbo` with 1 and 10 tracks; where there is no GPU, a line that says so."""
    if not ctranslate2.get_cuda_device_count():
        yield Row(f"{_MODEL} on a GPU", None, "measured", "not measured: no CUDA device here")
        return
    job = _padded_job(bench.fresh("gpu"), Size(10, bench.minutes))
    for tracks in (1, 10):
        found = gpu_figures(job, tracks, model=_MODEL, device="cuda")
        yield Row(
            f"{_MODEL} on a GPU, {Size(tracks, bench.minutes)}",
            None,
            "measured",
            f"loaded in {found.load_seconds:.1f} s; {found.work_seconds:.1f} GPU s, "
            f"{found.audio_seconds / found.work_seconds:.0f} s of audio a GPU second",
        )


def _padded_job(folder: Path, size: Size) -> Path:
    tracks = make_tracks(folder, size)
    job = folder / "job"
    (job / "source").mkdir(parents=True)
    for index, track in enumerate(tracks):
        (job / "source" / str(index)).symlink_to(track)
        measure(step_argv("pad-track", job, an_item(index)))
    return job
